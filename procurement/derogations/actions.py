"""The R9 derogation: asked for a project already engaged, signed, validated, then bounded by a finding."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.calendar_months import add_months
from marketplace.errors import DomainError, MoveRefused, RuleBroken
from marketplace.files.sniff import PDF
from marketplace.files.store import store_upload
from marketplace.notifications.outbox import notify
from marketplace.numbering import next_number
from marketplace.ui.typography import date_text
from procurement.actions.projects import refuse_closed
from procurement.derogations.enums import ActKind
from procurement.derogations.terms import term_on
from procurement.enums import ProjectKind
from procurement.models import Derogation, DerogationAct, Project
from procurement.obligations import project_people
from procurement.order_people import people_holding

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from catalog.models import Offer
    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import User

# « Projets déjà engagés » (R9), as the project says it: a product that exists, changed or not.
ENGAGED_KINDS = (ProjectKind.EXISTING, ProjectKind.MAJOR_CHANGE)


def refuse_not_derogable(project: Project) -> None:
    """Raises MoveRefused on a closed project or without a decided analysis, RuleBroken when R9 does not
    make SecNumCloud compulsory or when the project was not engaged. One query."""
    refuse_closed(project)
    assessment = project.decided_assessment()
    if assessment is None or not assessment.result:
        raise MoveRefused(
            "not_assessed",
            "La sensibilité n’est pas encore décidée : on ne sait pas si R9 impose SecNumCloud.",
        )
    asked = (
        obligation
        for obligation in assessment.result.get("obligations", ())
        if obligation["code"] == "secnumcloud" and obligation["level"] == "required"
    )
    if not any("R9" in obligation["rules"] for obligation in asked):
        raise RuleBroken(
            "derogation_not_needed",
            "R9 n’impose pas SecNumCloud à ce projet selon l’analyse décidée : il n’y a rien à déroger.",
            field="project",
        )
    if (assessment.facts or {}).get("project_kind") not in ENGAGED_KINDS:
        raise RuleBroken(
            "project_not_engaged",
            "La dérogation est réservée aux projets déjà engagés (R9) : un produit existant, avec ou sans "
            "évolution majeure. L’analyse décidée dit autre chose.",
            field="project",
        )


def may_be_asked(project: Project) -> bool:
    """Whether the rule and the state allow it today. Two queries."""
    try:
        refuse_not_derogable(project)
    except DomainError:
        return False
    return not project.derogations.living().exists()


def ask(
    project: Project,
    *,
    actor: Actor,
    reason: str,
    dated_on: dt.date,
    reference: str,
    document: UploadedFile,
) -> Derogation:
    """Raises MoveRefused (closed, not assessed, one living already), RuleBroken."""
    refuse_not_derogable(project)
    with transaction.atomic():
        row = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
        refuse_not_derogable(row)
        if row.derogations.living().exists():
            raise MoveRefused(
                "derogation_living",
                "Une dérogation est déjà demandée ou en vigueur pour ce projet. Suivez-la.",
            )
        derogation = Derogation.objects.create(
            number=next_number("DER"), project=row, asked_by=actor.user, reason=reason
        )
        _act(
            derogation,
            ActKind.REQUEST,
            actor=actor,
            dated_on=dated_on,
            reference=reference,
            text=reason,
            document=document,
        )
        derogation.journal_creation(actor=actor, detail={"project": row.number})
        _tell(
            derogation,
            people_holding(row.organisation_id, Role.QUALIFIED_AUTHORITY, Role.DNUM),
            subject=f"Dérogation R9 demandée : {row.number}",
            body="Préparez la signature du ministre, puis enregistrez-la avec sa date et son document.",
        )
    return derogation


def sign(
    derogation: Derogation,
    *,
    actor: Actor,
    dated_on: dt.date,
    reference: str,
    document: UploadedFile,
    expected_version: int | None = None,
) -> Derogation:
    """The minister's signature. Raises MoveRefused, RuleBroken, VersionStale."""

    def apply(row: Derogation) -> None:
        _act(row, ActKind.MINISTER, actor=actor, dated_on=dated_on, reference=reference, document=document)

    with transaction.atomic():
        derogation.sign(actor=actor, apply=apply, expected_version=expected_version)
        _tell_all(derogation, "signée par le ministre", "La validation du Premier ministre est attendue.")
    return derogation


def validate(
    derogation: Derogation,
    *,
    actor: Actor,
    dated_on: dt.date,
    reference: str,
    document: UploadedFile,
    expected_version: int | None = None,
) -> Derogation:
    """The Prime Minister's validation. Raises MoveRefused, RuleBroken, VersionStale."""

    def apply(row: Derogation) -> None:
        _act(
            row,
            ActKind.PRIME_MINISTER,
            actor=actor,
            dated_on=dated_on,
            reference=reference,
            document=document,
        )

    with transaction.atomic():
        derogation.validate(actor=actor, apply=apply, expected_version=expected_version)
        _tell_all(derogation, "validée par le Premier ministre", "Elle peut être mise en vigueur.")
    return derogation


def activate(
    derogation: Derogation, *, actor: Actor, starts_on: dt.date, expected_version: int | None = None
) -> Derogation:
    """Raises RuleBroken before the validation's date or once its months are over."""

    def apply(row: Derogation) -> None:
        _refuse_future(starts_on, field="starts_on")
        last = row.acts.filter(kind=ActKind.PRIME_MINISTER).values_list("dated_on", flat=True).first()
        if last is not None and starts_on < last:
            raise RuleBroken(
                "before_validation",
                f"L’entrée en vigueur précède la validation du {date_text(last)}. "
                "Choisissez ce jour ou un jour postérieur.",
                field="starts_on",
            )
        if row.ends_on is not None and row.ends_on < timezone.localdate():
            raise RuleBroken(
                "term_over",
                f"Le délai est passé depuis le {date_text(row.ends_on)} : prenez une offre acceptable.",
                field="starts_on",
            )
        row.starts_on = starts_on

    with transaction.atomic():
        derogation.activate(actor=actor, apply=apply, expected_version=expected_version)
        _tell_all(
            derogation, "en vigueur", "Elle ne rend aucune offre conforme : elle est dite à côté des offres."
        )
    return derogation


def refuse(
    derogation: Derogation,
    *,
    actor: Actor,
    dated_on: dt.date,
    reference: str,
    reason: str,
    document: UploadedFile | None = None,
    expected_version: int | None = None,
) -> Derogation:
    """The minister's or the Prime Minister's refusal."""

    def apply(row: Derogation) -> None:
        _act(
            row,
            ActKind.REFUSAL,
            actor=actor,
            dated_on=dated_on,
            reference=reference,
            text=reason,
            document=document,
        )

    with transaction.atomic():
        derogation.refuse(actor=actor, reason=reason, apply=apply, expected_version=expected_version)
        _tell_all(derogation, "refusée", f"Motif\u00a0: {reason}")
    return derogation


def record_finding(
    derogation: Derogation,
    *,
    actor: Actor,
    available_on: dt.date,
    dated_on: dt.date,
    reference: str,
    reason: str,
    document: UploadedFile,
    offer: Offer | None = None,
    expected_version: int | None = None,
) -> Derogation:
    """An acceptable offer is available in France since `available_on`: the months run from that day, once
    and for all. Raises MoveRefused (closed, already found), RuleBroken, VersionStale."""

    def apply(row: Derogation) -> None:
        refuse_findable(row)
        _begin_months(row, available_on=available_on, dated_on=dated_on)
        _act(
            row,
            ActKind.FINDING,
            actor=actor,
            dated_on=dated_on,
            reference=reference,
            text=reason,
            document=document,
            offer=offer,
        )

    with transaction.atomic():
        detail = {"available_on": available_on, "offer": offer.number if offer else None}
        derogation.touch(
            "record_finding", actor=actor, apply=apply, expected_version=expected_version, detail=detail
        )
        _tell_all(
            derogation,
            "bornée dans le temps",
            f"Une offre acceptable est constatée. Dernier jour\u00a0: {_last_day(derogation)}.",
        )
    return derogation


def _begin_months(row: Derogation, *, available_on: dt.date, dated_on: dt.date) -> None:
    _refuse_future(available_on, field="available_on")
    if dated_on < available_on:
        raise RuleBroken(
            "finding_before_offer",
            "Le constat est daté d’avant la disponibilité de l’offre. Relisez les deux dates.",
            field="dated_on",
        )
    row.available_on, row.months = available_on, _months_on(available_on)
    row.ends_on = add_months(available_on, row.months)


def _last_day(derogation: Derogation) -> str:
    return date_text(derogation.ends_on) if derogation.ends_on else "Inconnu"


def refuse_findable(derogation: Derogation) -> None:
    if not derogation.is_living:
        raise MoveRefused(
            "derogation_over", f"Cette dérogation ne change plus : « {derogation.get_state_display()} »."
        )
    if derogation.available_on is not None:
        raise MoveRefused(
            "finding_recorded",
            "Un constat est déjà enregistré : "
            f"le délai court depuis le {date_text(derogation.available_on)}.",
        )


def _months_on(day: dt.date) -> int:
    try:
        return term_on(day).months
    except LookupError:
        raise RuleBroken(
            "before_the_rule",
            "Cette date précède la circulaire du 31 mai 2023. Indiquez une date à partir de ce jour.",
            field="available_on",
        ) from None


def _act(
    derogation: Derogation,
    kind: ActKind,
    *,
    actor: Actor,
    dated_on: dt.date,
    reference: str,
    text: str = "",
    document: UploadedFile | None = None,
    offer: Offer | None = None,
) -> DerogationAct:
    """Under the derogation's lock. Raises RuleBroken on a date to come or before the act it follows."""
    _refuse_future(dated_on, field="dated_on")
    if kind in _FOLLOWS:
        before = derogation.acts.filter(kind=_FOLLOWS[kind]).first()
        if before is not None and dated_on < before.dated_on:
            raise RuleBroken(
                "acts_out_of_order",
                f"Cet acte est daté d’avant « {before.get_kind_display()} » ({date_text(before.dated_on)}). "
                "Relisez sa date.",
                field="dated_on",
            )
    stored = None
    if document is not None:
        owner = derogation.project.organisation
        stored = store_upload(document, owner=owner, actor=actor, accept=(PDF,), field="document")
    return DerogationAct.objects.create(
        derogation=derogation,
        kind=kind,
        dated_on=dated_on,
        reference=reference,
        text=text,
        document=stored,
        offer=offer,
        recorded_by=actor.user,
    )


_FOLLOWS = {
    ActKind.MINISTER: ActKind.REQUEST,
    ActKind.PRIME_MINISTER: ActKind.MINISTER,
    ActKind.REFUSAL: ActKind.REQUEST,
}


def _refuse_future(day: dt.date, *, field: str) -> None:
    if day > timezone.localdate():
        raise RuleBroken(
            "date_to_come", "Cette date est à venir. Enregistrez l’acte une fois signé.", field=field
        )


def _tell_all(derogation: Derogation, said: str, body: str) -> None:
    _tell(
        derogation,
        people_of(derogation),
        subject=f"Dérogation R9 {said}\u00a0: {derogation.project.number}",
        body=body,
    )


def people_of(derogation: Derogation) -> list[User]:
    """Authors of the project, and those who keep the file."""
    keepers = people_holding(derogation.project.organisation_id, Role.QUALIFIED_AUTHORITY, Role.DNUM)
    return [*project_people(derogation.project), *keepers]


def _tell(derogation: Derogation, people: list[User], *, subject: str, body: str) -> None:
    notify(
        people,
        subject=subject,
        body=body,
        url=derogation.get_absolute_url(),
        organisation=derogation.project.organisation,
    )
