"""Routes of purchase on « Mon bureau »: what waits for the service achats."""

from __future__ import annotations

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.ui.desk import DeskRow, Rows, one_row_each
from procurement.models import RouteChoice
from procurement.routes.enums import RouteChoiceState

MOST = 50


def rows(actor: Actor) -> list[Rows]:
    """One reading for the service achats, none for the others."""
    if not actor.is_buyer or actor.user is None or not actor.has(Role.PURCHASING):
        return []
    waiting = RouteChoice.objects.visible_to(actor).filter(state=RouteChoiceState.PROPOSED)
    found = waiting.exclude(chosen_by=actor.user).select_related("project").order_by("state_since")
    return [
        one_row_each(
            found[:MOST],
            lambda choice: DeskRow(
                object_label=f"Voie d’achat, {choice.project}",
                url=choice.get_absolute_url(),
                expected="Confirmer la voie d’achat",
                since=choice.state_since,
                button="Voir la voie",
            ),
        )
    ]
