"""Applying to be invited, before the last instant; the papers are read by nobody else until then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from marketplace.accounts.abilities import require
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.files.sniff import DOCUMENTS
from marketplace.files.store import store_upload
from marketplace.numbering import next_number
from marketplace.ui.typography import datetime_text
from procurement.applications.rules import refuse_unattested
from procurement.candidates.abilities import candidates_abilities
from procurement.candidates.enums import MOST_PAPERS, CandidateState
from procurement.consultations.clock import database_now, lock_shared
from procurement.consultations.enums import ConsultationState
from procurement.consultations.gather import eligibility_of, supplier_of
from procurement.models import Candidate, CandidatePaper, Consultation

if TYPE_CHECKING:
    import datetime as dt

    from marketplace.accounts.actors import Actor

TWICE = "Votre candidature est déjà remise. Joignez-y d’autres pièces, ou retirez-la pour la refaire."


def refuse_late(row: Consultation, received_at: dt.datetime) -> None:
    """Raises MoveRefused: no call, or received at its last instant or after it (article R. 2143-2)."""
    if row.candidatures_until is not None and received_at >= row.candidatures_until:
        message = (
            f"Les candidatures étaient reçues jusqu’au {datetime_text(row.candidatures_until)} "
            "(heure de Paris)."
        )
        raise MoveRefused("candidature_late", message, about=row)
    if row.state != ConsultationState.CANDIDATURES:
        message = (
            f"Cette consultation ne reçoit pas de candidature : l’état est « {row.get_state_display()} »."
        )
        raise MoveRefused("no_candidature", message, about=row)


def apply(
    consultation: Consultation,
    *,
    actor: Actor,
    candidacy: str,
    not_excluded: bool,
    file: UploadedFile,
    statement: str = "",
) -> Candidate:
    """With the DUME or DC1; other papers are joined after. Raises NotAllowed, MoveRefused, RuleBroken."""
    received_at = database_now()
    require(candidates_abilities(actor), "create")
    refuse_late(consultation, received_at)
    result, supplier = eligibility_of(consultation, actor), supplier_of(actor)
    if not result.may_respond or supplier is None:
        raise NotAllowed("not_eligible", result.refusal)
    refuse_unattested(not_excluded)
    if Candidate.objects.living().filter(consultation=consultation, supplier=supplier).exists():
        raise MoveRefused("candidature_exists", TWICE)
    try:
        with transaction.atomic():
            refuse_late(lock_shared(consultation.pk), received_at)
            made = Candidate.objects.create(
                number=next_number("CDT"),
                consultation=consultation,
                supplier=supplier,
                candidacy=candidacy,
                not_excluded=True,
                statement=statement,
                given_by=actor.user,
                given_at=received_at,
            )
            _keep(made, actor=actor, title=made.get_candidacy_display(), file=file)
            made.journal_creation(actor=actor, detail={"consultation": consultation.number})
    except IntegrityError as twice:
        raise MoveRefused("candidature_exists", TWICE) from twice
    return made


def add_paper(
    candidate: Candidate,
    *,
    actor: Actor,
    title: str,
    file: UploadedFile,
    expected_version: int | None = None,
) -> CandidatePaper:
    """Until the last instant. Raises MoveRefused, RuleBroken on the file."""
    received_at, made = database_now(), list[CandidatePaper]()

    def joined(row: Candidate) -> None:
        refuse_not_given(row)
        if row.papers.count() >= MOST_PAPERS:
            raise RuleBroken("too_many_papers", f"{MOST_PAPERS} pièces au plus.", field="file")
        made.append(_keep(row, actor=actor, title=title, file=file))

    with transaction.atomic():
        refuse_late(lock_shared(candidate.consultation_id), received_at)
        candidate.touch(
            "add_paper", actor=actor, apply=joined, expected_version=expected_version, detail={"title": title}
        )
    return made[0]


def refuse_not_given(row: Candidate) -> None:
    if row.state != CandidateState.GIVEN:
        message = f"Aucune pièce ne s’y joint plus : l’état est « {row.get_state_display()} »."
        raise MoveRefused("candidature_closed", message, about=row)


def refuse_papers(candidate: Candidate) -> None:
    """Raises MoveRefused when no paper may be joined now."""
    refuse_late(candidate.consultation, database_now())
    refuse_not_given(candidate)


def withdraw(
    candidate: Candidate, *, actor: Actor, reason: str = "", expected_version: int | None = None
) -> Candidate:
    """By the supplier, until the last instant; another one may be given then. Raises MoveRefused."""
    received_at = database_now()

    def apart(row: Candidate) -> None:
        row.reason = reason

    with transaction.atomic():
        refuse_late(lock_shared(candidate.consultation_id), received_at)
        return candidate.perform(
            "withdraw", actor=actor, reason=reason, apply=apart, expected_version=expected_version
        )


def _keep(row: Candidate, *, actor: Actor, title: str, file: UploadedFile) -> CandidatePaper:
    stored = store_upload(file, owner=row.consultation.organisation, actor=actor, accept=DOCUMENTS)
    return CandidatePaper.objects.create(candidate=row, title=title, file=stored)
