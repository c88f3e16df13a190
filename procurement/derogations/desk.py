"""R9 derogations on « Mon bureau »: what waits for those who keep the file, what ends soon."""

from __future__ import annotations

from django.db.models import Q
from django.urls import reverse

from marketplace.accounts.actors import Actor
from marketplace.ui.desk import SOON, DeskRow, Rows, one_row_each
from procurement.derogations.abilities import RECORDERS
from procurement.derogations.enums import DerogationState
from procurement.models import Derogation

MOST = 50
EXPECTED = {
    DerogationState.ASKED: "Enregistrer la signature du ministre",
    DerogationState.MINISTER_SIGNED: "Enregistrer la validation du Premier ministre",
    DerogationState.PRIME_MINISTER_VALIDATED: "Mettre la dérogation en vigueur",
}


def rows(actor: Actor) -> list[Rows]:
    """For a qualified authority or a digital direction."""
    if not actor.is_buyer or actor.user is None or not actor.has(*RECORDERS):
        return []
    waiting = Q(state__in=EXPECTED) & ~Q(asked_by=actor.user)
    bounded = Q(state=DerogationState.ACTIVE, ends_on__isnull=False)
    found = Derogation.objects.visible_to(actor).filter(waiting | bounded).select_related("project")
    return [one_row_each(found.order_by("state_since")[:MOST], _row)]


def _row(derogation: Derogation) -> DeskRow:
    url = reverse("procurement:derogation", args=[derogation.project.number])
    label = f"Dérogation {derogation.number}, {derogation.project.number}"
    if derogation.state == DerogationState.ACTIVE:
        return DeskRow(
            object_label=label,
            url=url,
            expected="Passer à une offre conforme",
            due_on=derogation.ends_on,
            zone=SOON,
        )
    return DeskRow(
        object_label=label,
        url=url,
        expected=EXPECTED[DerogationState(derogation.state)],
        since=derogation.state_since,
        button="Voir la dérogation",
    )
