"""Awards on « Mon bureau »: certificates to give, acts to do now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.ui.desk import DeskRow, Rows, one_row_each
from procurement.awards.enums import AwardState
from procurement.models import Award

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

MOST = 50
EXPECTED = {
    AwardState.PROPOSED: "Vérifier les certificats, puis décider l’attribution",
    AwardState.DECIDED: "Envoyer les lettres de rejet",
    AwardState.LETTERS_SENT: "Enregistrer la signature",
    AwardState.SIGNED: "Notifier le marché",
}


def rows(actor: Actor) -> list[Rows]:
    """One reading for the service achats or for who signs for a supplier."""
    if actor.user is None or not actor.has(Role.PURCHASING, Role.SUPPLIER_MANAGER):
        return []
    seen = Award.objects.visible_to(actor).select_related("consultation")
    if actor.is_supplier:
        found = seen.filter(state=AwardState.PROPOSED)
    else:
        waiting = Q(state=AwardState.LETTERS_SENT, signable_on__gt=timezone.localdate())
        found = seen.filter(state__in=list(EXPECTED)).exclude(waiting)
    return [
        one_row_each(
            found.order_by("state_since")[:MOST],
            lambda one: DeskRow(
                object_label=f"{one}, {one.consultation}",
                url=one.get_absolute_url(),
                expected="Joindre les certificats fiscal et social"
                if actor.is_supplier
                else EXPECTED[AwardState(one.state)],
                since=one.state_since,
                button="Ouvrir",
            ),
        )
    ]
