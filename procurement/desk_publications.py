"""Publications on « Mon bureau »: what waits for the service achats, with the limit of the law."""

from __future__ import annotations

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.ui.desk import DeskRow, Rows, one_row_each
from procurement.enums_publication import PublicationState
from procurement.models import Publication

MOST = 50


def rows(actor: Actor) -> list[Rows]:
    """For the service achats."""
    if not actor.is_buyer or actor.user is None or not actor.has(Role.PURCHASING):
        return []
    waiting = Publication.objects.visible_to(actor).waiting().order_by("notified_on", "state_since")
    return [one_row_each(waiting[:MOST], _row)]


def _row(publication: Publication) -> DeskRow:
    ready = publication.state == PublicationState.REVIEWED
    act = "Publier les données essentielles" if ready else "Compléter et relire les données essentielles"
    return DeskRow(
        object_label=str(publication),
        url=publication.get_absolute_url(),
        expected=act,
        due_on=publication.due_on,
        since=publication.state_since,
        button="Voir la publication",
    )
