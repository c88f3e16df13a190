"""Publication, notices to all, extension: what every supplier is told at the same moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db import transaction

from marketplace.accounts.models import Membership
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.events.bus import emit
from marketplace.files.models import ScanState
from marketplace.ui.typography import date_text, datetime_text
from marketplace.working_days import add_working_days
from procurement.actions import releases, tender_releases
from procurement.candidates.rules import lacks_of_call
from procurement.consultations.clock import database_now
from procurement.consultations.content import write_invitations
from procurement.consultations.enums import (
    Access,
    ConsultationKind,
    ConsultationState,
    CriterionKind,
    NoticeKind,
)
from procurement.consultations.notices.recording import lacks_of_notices
from procurement.consultations.schedule import PARIS, faults_of, schedule_from, schedule_to
from procurement.consultations.telling import tell_all, tell_invited
from procurement.consultations.writing import join_document, named_by
from procurement.dynamic.rules import reception_rule_on
from procurement.enums import FrozenAt
from procurement.groups.rule import group_refusal, hold_group
from procurement.models import (
    Consultation,
    ConsultationKey,
    ConsultationLot,
    ConsultationNotice,
    DynamicSystem,
    LotOutcome,
)
from procurement.routes.amounts import Duty, duties_on
from procurement.routes.enums import RouteChoiceState

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from marketplace.accounts.actors import Actor

WHOLE = 100


def environmental_duty(on: dt.date) -> Duty | None:
    """In force that day, with its source; None before it."""
    return next((duty for duty in duties_on(on) if duty.code == "environment"), None)


def lacks_of(row: Consultation, *, on: dt.date) -> list[tuple[str, str]]:
    """(field, sentence) of everything that stands between this draft and its publication. Some queries."""
    return [
        *_lacks_of_text(row),
        *_lacks_of_criteria(row, on=on),
        *_lacks_of_lots(row),
        *_lacks_of_route(row),
        *_lacks_of_key(row),
        *_lacks_of_group(row),
        *(lacks_of_call(row, on=on) if row.is_restricted else ()),
        *(_lacks_of_system(row, on=on) if row.kind == ConsultationKind.SPECIFIC else ()),
        *lacks_of_notices(row, on=on),
    ]


def _lacks_of_text(row: Consultation) -> Iterator[tuple[str, str]]:
    if not row.description.strip():
        yield "description", "Décrivez ce qui est attendu."
    faults = faults_of(
        response_days=row.response_days, question_days=row.question_days, answer_days=row.answer_days
    )
    yield from faults.items()
    if row.documents.filter(file__scan_state=ScanState.INFECTED).exists():
        yield "documents", "Un document est infecté : il n’est donné à personne."
    if row.access == Access.INVITED and not row.invitations.exists():
        yield "invited", "Invitez au moins un fournisseur."


def _lacks_of_criteria(row: Consultation, *, on: dt.date) -> Iterator[tuple[str, str]]:
    criteria = list(row.criteria.all())
    total = sum(criterion.weight for criterion in criteria)
    if total != WHOLE:
        gap = abs(WHOLE - total)
        points = f"{gap} point{'s' if gap > 1 else ''}"
        yield "criteria", f"Total {total} : {'ajoutez' if total < WHOLE else 'retirez'} {points}."
    duty = environmental_duty(on)
    if duty is not None and not any(each.kind == CriterionKind.ENVIRONMENT for each in criteria):
        yield (
            "criteria",
            f"Ajoutez un critère d’environnement : il est dû depuis le {_day(duty)} ({duty.source}).",
        )


def _day(duty: Duty) -> str:
    return f"{duty.first_day:%d/%m/%Y}"


def _lacks_of_lots(row: Consultation) -> Iterator[tuple[str, str]]:
    for lot in row.lots.prefetch_related("price_items"):
        if not lot.price_items.all():
            yield "lots", f"Lot {lot.number} : écrivez au moins un poste de prix."


def _lacks_of_route(row: Consultation) -> Iterator[tuple[str, str]]:
    if row.route_choice.state != RouteChoiceState.CONFIRMED:
        yield (
            "route",
            "La voie d’achat a changé depuis : abandonnez ce brouillon et refaites-le sur la nouvelle voie.",
        )


def _lacks_of_key(row: Consultation) -> Iterator[tuple[str, str]]:
    if not ConsultationKey.objects.current().filter(consultation=row).exists():
        yield "holders", "Faites éprouver la clé par les trois personnes qui la tiennent."
        return
    there = Membership.objects.active().filter(organisation=row.organisation_id).values("user_id")
    gone = row.holders.current().exclude(user__in=there).select_related("user").first()
    if gone is not None:
        yield "holders", f"{gone.user} a quitté l’administration : remplacez cette personne."


def _lacks_of_group(row: Consultation) -> Iterator[tuple[str, str]]:
    refusal = group_refusal(row.project_id)
    if refusal:
        yield "group", refusal


def _refuse_lacks(row: Consultation, *, on: dt.date) -> None:
    fields: dict[str, list[str]] = {}
    for field, sentence in lacks_of(row, on=on):
        fields.setdefault(field, []).append(sentence)
    if fields:
        message = " ".join(sentence for each in fields.values() for sentence in each)
        raise RuleBroken("not_publishable", message, fields=fields)


def _lacks_of_system(row: Consultation, *, on: dt.date) -> Iterator[tuple[str, str]]:
    """Of a marché spécifique: the first applications to its system are received, its category is chosen."""
    system = DynamicSystem.objects.for_pages().filter(vehicle=row.route_choice.vehicle_id).first()
    if system is None:
        return
    if on < system.invites_from:
        rule = reception_rule_on(system.notice_sent_on or system.vehicle.starts_on)
        source = f" {rule.text} ({rule.source}.)" if rule is not None else ""
        yield (
            "route",
            "Le système reçoit encore ses premières candidatures : invitez à partir du "
            f"{date_text(system.invites_from)}.{source}",
        )
    if row.category is None and system.categories.exists():
        yield "category", "Choisissez la catégorie du système : ceux qui y sont admis sont invités."


def publish(
    consultation: Consultation, *, actor: Actor, attested: bool = False, expected_version: int | None = None
) -> Consultation:
    """`attested`: the person read what everybody will read, and says that nothing in it is secret or
    personal; its open data leave at once. A restricted one calls candidates first.

    Raises RuleBroken with every lack by field, MoveRefused, VersionStale.
    """
    now = database_now()

    def apply(row: Consultation) -> None:
        _refuse_lacks(row, on=now.astimezone(PARIS).date())
        tender_releases.refuse_unread(row, attested=attested)
        if row.is_restricted:
            _date_call(row, now=now)
            return
        _invite_admitted(row)
        _date(row, now=now)

    with transaction.atomic():
        releases.one_at_a_time()
        # Nobody makes another key between the reading of this one and the publication.
        held = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
        hold_group(consultation.project_id)
        key = ConsultationKey.objects.current().filter(consultation=consultation).first()
        consultation.perform(
            "call_candidates" if held.is_restricted else "publish",
            actor=actor,
            expected_version=expected_version,
            apply=apply,
            detail={"key_fingerprint": key.fingerprint if key else ""},
        )
        tender_releases.release_tender(consultation, actor=actor)
        emit("project.step_taken", {"project": held.project_id, "step": FrozenAt.CONSULTATION.value})
        _tell_published(consultation)
    return consultation


def _invite_admitted(row: Consultation) -> None:
    """Whoever was admitted to the system since the draft was opened is invited too."""
    if row.kind == ConsultationKind.SPECIFIC:
        write_invitations(row, named_by(row))


def _date(row: Consultation, *, now: dt.datetime) -> None:
    made = schedule_from(
        now.astimezone(PARIS).date(),
        response_days=row.response_days,
        question_days=row.question_days,
        answer_days=row.answer_days,
        at=row.closing_time,
    )
    row.published_at = now
    row.questions_until, row.answers_by = made.questions_until, made.answers_by
    row.closes_at = made.closes_at


def _date_call(row: Consultation, *, now: dt.datetime) -> None:
    until = add_working_days(now.astimezone(PARIS).date(), row.candidature_days)
    row.invitations.all().delete()
    row.published_at = now
    _date_term(row, dt.datetime.combine(until, row.closing_time, PARIS))


def _date_term(row: Consultation, until: dt.datetime) -> None:
    """With its questions, as before a closing; the invitations write those of the responses over them."""
    row.candidatures_until = until
    made = schedule_to(until, question_days=row.question_days, answer_days=row.answer_days)
    row.questions_until = max(made.questions_until, row.questions_until or made.questions_until)
    row.answers_by = made.answers_by


def _tell_published(consultation: Consultation) -> None:
    if consultation.is_restricted:
        return
    assert consultation.closes_at is not None  # written by `publish`
    tell_invited(
        consultation,
        "Vous êtes invité à répondre",
        f"Clôture le {datetime_text(consultation.closes_at)} (heure de Paris).",
    )


def refuse_over(row: Consultation, *, now: dt.datetime) -> None:
    """Raises MoveRefused unless it is published and its deadline is to come."""
    if row.phase_at(now) != ConsultationState.PUBLISHED:
        raise MoveRefused(
            "consultation_not_open",
            f"Cette consultation n’est pas ouverte : l’état est « {row.get_state_display()} »."
            if row.state != ConsultationState.PUBLISHED
            else "La clôture est passée.",
            about=row,
        )


def refuse_lot_ended(lot: ConsultationLot) -> None:
    """Raises MoveRefused: it ended alone, the others go on. One query."""
    outcome = LotOutcome.objects.filter(lot=lot).first()
    if outcome is not None:
        raise MoveRefused(
            "lot_ended",
            f"Le lot {lot.number} n’attend plus de réponse : il est terminé sans suite. "
            f"Motif : {outcome.reason}",
        )


def refuse_unchangeable(row: Consultation, *, now: dt.datetime) -> None:
    """Raises MoveRefused unless suppliers may still answer, or apply: what changes is told to them before."""
    if row.may_change_at(now):
        return
    if row.state == ConsultationState.CANDIDATURES:
        message = (
            f"Le terme des candidatures est passé ({_term(row)}, heure de Paris) : "
            "attendez l’invitation des candidats retenus."
        )
        raise MoveRefused("candidatures_over", message, about=row)
    refuse_over(row, now=now)


def _term(row: Consultation) -> str:
    return datetime_text(row.candidatures_until) if row.candidatures_until is not None else ""


def announce(
    consultation: Consultation,
    *,
    actor: Actor,
    text: str,
    title: str = "",
    file: UploadedFile | None = None,
    expected_version: int | None = None,
) -> ConsultationNotice:
    """A change of what is asked, told to all, with the document it joins if any: no other way adds one.

    Raises MoveRefused once the deadline is past, RuleBroken on the file or on a text that says something
    personal to everybody.
    """
    if bool(file) != bool(title.strip()):
        field, message = (
            ("title", "Donnez un titre au document.") if file else ("file", "Joignez le document.")
        )
        raise RuleBroken("document_incomplete", message, field=field)
    tender_releases.refuse_personal(consultation, text, field="text")
    with transaction.atomic():
        releases.one_at_a_time()
        consultation.touch(
            "announce", actor=actor, apply=_open_now, expected_version=expected_version, reason=text
        )
        notice = ConsultationNotice.objects.create(
            consultation=consultation, kind=NoticeKind.CHANGE, text=text
        )
        said = text
        if file is not None:
            made = join_document(consultation, actor=actor, title=title, file=file, notice=notice)
            said = f"{text}\n\nDocument joint : {made.title}"
        tender_releases.release_change(consultation, actor=actor, rationale=text)
        tell_all(consultation, "Modification d’une consultation", said)
    return notice


def _open_now(row: Consultation) -> None:
    refuse_unchangeable(row, now=database_now())


def _refuse_seconds(closes_at: dt.datetime) -> None:
    if closes_at.second or closes_at.microsecond:
        raise RuleBroken("not_a_minute", "Donnez une clôture à la minute, sans secondes.", field="closes_at")


def extend(
    consultation: Consultation,
    *,
    actor: Actor,
    closes_at: dt.datetime,
    reason: str,
    after_outage: bool = False,
    expected_version: int | None = None,
) -> ConsultationNotice:
    """Later only, and announced before the deadline, also after an outage. Raises MoveRefused, RuleBroken."""
    _refuse_seconds(closes_at)
    tender_releases.refuse_personal(consultation, reason, field="reason")

    def apply(row: Consultation) -> None:
        refuse_unchangeable(row, now=database_now())
        current = row.candidatures_until if row.state == ConsultationState.CANDIDATURES else row.closes_at
        assert current is not None  # published
        if closes_at <= current:
            words = f"donnez un instant après le {datetime_text(current)}."
            raise RuleBroken("closing_sooner", f"Une clôture ne s’avance pas : {words}", field="closes_at")
        if row.state == ConsultationState.CANDIDATURES:
            _date_term(row, closes_at)
            return
        made = schedule_to(closes_at, question_days=row.question_days, answer_days=row.answer_days)
        row.closes_at, row.answers_by = closes_at, made.answers_by
        row.questions_until = max(made.questions_until, row.questions_until or made.questions_until)

    kind = NoticeKind.OUTAGE if after_outage else NoticeKind.EXTENSION
    with transaction.atomic():
        releases.one_at_a_time()
        said: dict[str, Any] = {"reason": reason, "detail": {"to": closes_at.isoformat()}}
        said["detail"]["after_outage"] = after_outage
        consultation.touch("extend", actor=actor, apply=apply, expected_version=expected_version, **said)
        notice = ConsultationNotice.objects.create(
            consultation=consultation, kind=kind, text=reason, closes_at=closes_at
        )
        tender_releases.release_change(consultation, actor=actor, rationale=reason)
        body = f"Nouvelle clôture : {datetime_text(closes_at)} (heure de Paris). Motif : {reason}"
        tell_all(consultation, "Clôture reportée", body)
    return notice
