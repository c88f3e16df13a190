"""Dynamic purchasing systems on « Mon bureau »: applications to answer within their days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.enums import Role
from marketplace.ui.desk import DeskRow, Rows, one_row_each
from procurement.dynamic.enums import AdmissionState
from procurement.models import Admission

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

MOST = 50


def rows(actor: Actor) -> list[Rows]:
    """One reading for the service achats."""
    if actor.user is None or not actor.is_buyer or not actor.has(Role.PURCHASING):
        return []
    found = Admission.objects.visible_to(actor).filter(state=AdmissionState.ASKED)
    return [
        one_row_each(
            found.select_related("supplier", "system__vehicle").order_by("answer_by")[:MOST],
            lambda one: DeskRow(
                object_label=f"{one.supplier.name}, {one.system.vehicle.title}",
                url=one.get_absolute_url(),
                expected="Répondre à une candidature",
                due_on=one.answer_by,
                since=one.asked_at,
                button="Ouvrir",
            ),
        )
    ]
