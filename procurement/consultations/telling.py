"""Telling suppliers and the administration, without telling anybody who else is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from marketplace.accounts.enums import Role
from marketplace.accounts.models import Membership, User
from marketplace.notifications.outbox import notify
from procurement.candidates.enums import CandidateState
from procurement.models import (
    Candidate,
    ConsultationInvitation,
    ConsultationQuestion,
    ResponseDraft,
    SealedDeposit,
)
from procurement.order_people import people_holding

if TYPE_CHECKING:
    from catalog.models import Supplier
    from procurement.models import Consultation, ConsultationLot

WRITERS = (Role.SUPPLIER_EDITOR, Role.SUPPLIER_MANAGER)


def tell_all(consultation: Consultation, subject: str, body: str) -> None:
    """Every supplier known to follow it: invited, or who asked, applied, drafted or
    deposited. Each reads its own
    notification alone. Others read the notice on the page."""
    same = {"consultation": consultation}
    rows = (ConsultationInvitation, ConsultationQuestion, ResponseDraft, SealedDeposit)
    standing = [CandidateState.GIVEN, CandidateState.SELECTED]
    candidates = Candidate.objects.filter(state__in=standing, **same)
    following = Q(pk__in=candidates.values("supplier__organisation_id"))
    for model in rows:
        following |= Q(pk__in=model.objects.filter(**same).values("supplier__organisation_id"))
    _tell(consultation, following, subject, body)


def tell_invited(consultation: Consultation, subject: str, body: str) -> None:
    invited = ConsultationInvitation.objects.filter(consultation=consultation)
    _tell(consultation, Q(pk__in=invited.values("supplier__organisation_id")), subject, body)


def tell_bidders(lot: ConsultationLot, subject: str, body: str) -> None:
    """Those who answered this lot; only once names may be known."""
    deposits = SealedDeposit.objects.filter(lot=lot)
    _tell(lot.consultation, Q(pk__in=deposits.values("supplier__organisation_id")), subject, body)


def _tell(consultation: Consultation, organisations: Q, subject: str, body: str) -> None:
    from marketplace.accounts.models import Organisation

    members = (
        Membership.objects.active()
        .filter(pk__in=Membership.objects.holding(*WRITERS).values("pk"))
        .filter(organisation__in=Organisation.objects.filter(organisations))
        .select_related("user", "organisation")
    )
    for member in members:
        notify(
            [member.user],
            subject=f"{subject} : {consultation.number}",
            body=f"{consultation.title}\n\n{body}",
            url=consultation.get_absolute_url(),
            organisation=member.organisation,
        )


def tell_supplier(consultation: Consultation, supplier: Supplier, subject: str, body: str) -> None:
    notify(
        people_holding(supplier.organisation_id, *WRITERS),
        subject=f"{subject} : {consultation.number}",
        body=body,
        url=consultation.get_absolute_url(),
        organisation=supplier.organisation,
    )


def tell_buyers(consultation: Consultation, subject: str, body: str) -> None:
    notify(
        people_holding(consultation.organisation_id, Role.PURCHASING),
        subject=f"{subject} : {consultation.number}",
        body=body,
        url=consultation.get_absolute_url(),
        organisation=consultation.organisation,
    )


def tell_people(consultation: Consultation, people: list[User], subject: str, body: str, *, url: str) -> None:
    notify(
        people,
        subject=f"{subject} : {consultation.number}",
        body=body,
        url=url,
        organisation=consultation.organisation,
    )
