"""The life of a control file: prepared with its papers, sent, acknowledged, answered."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.errors import DomainError, MoveRefused, RuleBroken
from marketplace.files.store import store_upload
from marketplace.notifications.outbox import notify
from marketplace.numbering import next_number
from marketplace.ui.typography import date_text
from procurement.actions.eligibility import result_of
from procurement.actions.projects import refuse_closed
from procurement.controls.enums import ASPECTS, ControlKind, ControlState, PaperKind
from procurement.controls.owed import OwedFile, owed_files
from procurement.models import ControlFile, ControlPaper, Project
from procurement.obligations import project_people
from procurement.order_people import people_holding

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from marketplace.accounts.actors import Actor


def owed_of(project: Project) -> tuple[OwedFile, ...]:
    """Today; empty while the project has no analysis. At most two queries."""
    try:
        result = result_of(project)
    except MoveRefused:
        return ()
    return owed_files(
        result,
        buyer_kind=project.organisation.kind,
        cost=project.full_cost_eur_ht,
        on=timezone.localdate(),
    )


def refuse_unowed(project: Project, kind: str) -> OwedFile:
    """Raises MoveRefused on a closed project, RuleBroken when the rule does not ask for this file today."""
    refuse_closed(project)
    found = next((each for each in owed_of(project) if each.kind == kind), None)
    if found is None:
        raise RuleBroken(
            "file_not_owed",
            "Selon l’analyse et le coût du projet, ce dossier n’est pas dû. Relisez le besoin.",
            field="kind",
        )
    return found


def may_prepare(project: Project, kind: str) -> bool:
    try:
        refuse_unowed(project, kind)
    except DomainError:
        return False
    return not project.control_files.living().filter(kind=kind).exists()


def prepare(
    project: Project, *, actor: Actor, kind: str, title: str, document: UploadedFile, **aspects: str
) -> ControlFile:
    """With its first paper. A study says all four ASPECTS. Raises MoveRefused, RuleBroken by field."""
    _check_aspects(kind, aspects)
    with transaction.atomic():
        row = (
            Project.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=project.pk)
        )
        owed = refuse_unowed(row, kind)
        if row.control_files.living().filter(kind=kind).exists():
            raise MoveRefused("file_living", "Ce dossier est déjà ouvert pour ce projet. Suivez-le.")
        cost = row.full_cost_eur_ht
        made = ControlFile.objects.create(
            number=next_number("CTL"),
            kind=kind,
            project=row,
            owed={**owed.as_dict(), "full_cost_eur_ht": None if cost is None else str(cost)},
            prepared_by=actor.user,
            **aspects,
        )
        made.journal_creation(actor=actor, detail={"project": row.number, "kind": kind})
        _paper(made, PaperKind.FILE, actor=actor, title=title, document=document)
        _tell(made, "à transmettre", f"Transmettez ce dossier à {made.addressee}, puis enregistrez la date.")
    return made


def add_paper(
    file: ControlFile,
    *,
    actor: Actor,
    title: str,
    document: UploadedFile,
    expected_version: int | None = None,
) -> ControlFile:
    """Raises MoveRefused once the file is sent."""

    def apply(row: ControlFile) -> None:
        refuse_sent(row)
        _paper(row, PaperKind.FILE, actor=actor, title=title, document=document)

    return file.touch(
        "add_paper", actor=actor, apply=apply, expected_version=expected_version, detail={"title": title}
    )


def refuse_sent(row: ControlFile) -> None:
    if row.state != ControlState.PREPARED:
        raise MoveRefused("file_sent", "Ce dossier est transmis\u00a0: ses pièces ne changent plus.")


def send(
    file: ControlFile,
    *,
    actor: Actor,
    sent_on: dt.date,
    reference: str,
    expected_version: int | None = None,
) -> ControlFile:
    def apply(row: ControlFile) -> None:
        _refuse_future(sent_on, field="sent_on")
        row.sent_on, row.sent_reference = sent_on, reference

    with transaction.atomic():
        file.perform("send", actor=actor, apply=apply, expected_version=expected_version)
        _tell(file, f"transmis à {file.addressee}", f"Le {date_text(sent_on)}, référence {reference}.")
    return file


def acknowledge(
    file: ControlFile,
    *,
    actor: Actor,
    acknowledged_on: dt.date,
    document: UploadedFile | None = None,
    expected_version: int | None = None,
) -> ControlFile:
    """Raises RuleBroken on a date to come or before the sending."""

    def apply(row: ControlFile) -> None:
        _refuse_before_sending(row, acknowledged_on, field="acknowledged_on")
        row.acknowledged_on = acknowledged_on
        if document is not None:
            _paper(
                row, PaperKind.ACKNOWLEDGEMENT, actor=actor, title="Accusé de réception", document=document
            )

    return file.perform("acknowledge", actor=actor, apply=apply, expected_version=expected_version)


def answer(
    file: ControlFile,
    *,
    actor: Actor,
    answered_on: dt.date,
    verdict: str,
    text: str,
    document: UploadedFile,
    expected_version: int | None = None,
) -> ControlFile:
    """The avis, with its paper. Raises RuleBroken on a date to come or before the sending."""

    def apply(row: ControlFile) -> None:
        _refuse_before_sending(row, answered_on, field="answered_on")
        row.answered_on, row.verdict, row.verdict_text = answered_on, verdict, text
        _paper(row, PaperKind.OPINION, actor=actor, title="Avis", document=document)

    with transaction.atomic():
        file.perform("answer", actor=actor, apply=apply, expected_version=expected_version)
        _tell(file, f"avis {file.get_verdict_display().lower()}", text)
    return file


def withdraw(
    file: ControlFile, *, actor: Actor, reason: str, expected_version: int | None = None
) -> ControlFile:
    def apply(row: ControlFile) -> None:
        row.closing_reason = reason

    return file.perform(
        "withdraw", actor=actor, reason=reason, apply=apply, expected_version=expected_version
    )


def _check_aspects(kind: str, aspects: dict[str, str]) -> None:
    unknown = aspects.keys() - ASPECTS.keys()
    if unknown:
        raise TypeError(f"not aspects: {sorted(unknown)}")
    if kind != ControlKind.STUDY:
        return
    missing = {name: label for name, label in ASPECTS.items() if not aspects.get(name, "").strip()}
    if missing:
        fields = {
            name: [f"{label}\u00a0: dites ce que l’étude compare (R7)."] for name, label in missing.items()
        }
        message = "L’étude compare les scénarios sur quatre aspects (R7). Complétez ceux qui manquent."
        raise RuleBroken("study_incomplete", message, fields=fields)


def _paper(
    file: ControlFile, kind: PaperKind, *, actor: Actor, title: str, document: UploadedFile
) -> ControlPaper:
    owner = file.project.organisation
    stored = store_upload(document, owner=owner, actor=actor, field="document")
    return ControlPaper.objects.create(
        control_file=file, kind=kind, title=title, document=stored, recorded_by=actor.user
    )


def _refuse_before_sending(row: ControlFile, day: dt.date, *, field: str) -> None:
    _refuse_future(day, field=field)
    if row.sent_on is not None and day < row.sent_on:
        message = (
            f"Le dossier est transmis le {date_text(row.sent_on)}. Donnez ce jour ou un jour postérieur."
        )
        raise RuleBroken("before_the_sending", message, field=field)


def _refuse_future(day: dt.date, *, field: str) -> None:
    if day > timezone.localdate():
        raise RuleBroken("date_to_come", "Cette date est à venir. Donnez celle de l’acte.", field=field)


def _tell(file: ControlFile, said: str, body: str) -> None:
    project: Any = file.project
    notify(
        [*project_people(project), *people_holding(project.organisation, Role.DNUM)],
        subject=f"{file} {said}",
        body=body,
        url=file.get_absolute_url(),
        organisation=project.organisation,
    )
