"""Recording an AIPD or an homologation with its paper; what stands today; the end of an homologation told."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.audit.journal import record
from marketplace.errors import RuleBroken
from marketplace.files.store import store_upload
from marketplace.notifications.outbox import notify
from marketplace.ui.typography import date_text
from procurement.actions.projects import refuse_closed
from procurement.compliance.enums import IN_FORCE, OUTCOMES, ComplianceKind, Outcome
from procurement.enums import OPEN_PROJECTS
from procurement.models import ComplianceAct, Project
from procurement.obligations import project_people
from procurement.order_people import people_holding

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import User

# Days before the end of an homologation on which people are told.
ALERT_DAYS = (90, 60, 30)


@dataclass(frozen=True)
class Standing:
    """What is recorded of one kind today. `act` None: nothing. `over`: its homologation has ended."""

    kind: ComplianceKind
    act: ComplianceAct | None
    over: bool
    to_do: str


def standings_of(project: Project, *, personal_data: bool | None) -> tuple[Standing, ...]:
    """The newest act of each kind; one query. `personal_data` None: not answered yet."""
    newest: dict[str, ComplianceAct] = {}
    for act in project.compliance_acts.for_pages().order_by("dated_on", "pk"):
        newest[act.kind] = act
    return tuple(_standing(kind, newest.get(kind), personal_data=personal_data) for kind in ComplianceKind)


def _standing(kind: ComplianceKind, act: ComplianceAct | None, *, personal_data: bool | None) -> Standing:
    over = act is not None and act.is_over(timezone.localdate())
    return Standing(kind, act, over, _to_do(kind, act, over=over, personal_data=personal_data))


def _to_do(kind: ComplianceKind, act: ComplianceAct | None, *, over: bool, personal_data: bool | None) -> str:
    if kind == ComplianceKind.ACCREDITATION:
        if act is None:
            return "Elle précède la mise en service : l’autorité qualifiée la prononce."
        if over:
            return "Elle est échue : l’autorité qualifiée la renouvelle."
        return "" if act.outcome in IN_FORCE else "Le système n’entre pas en service sans homologation."
    if act is None:
        return "À examiner avec le DPO : le projet traite des données personnelles." if personal_data else ""
    return "Consultez la CNIL avant le traitement." if act.outcome == Outcome.HIGH_RISK else ""


def record_act(
    project: Project,
    *,
    actor: Actor,
    kind: str,
    outcome: str,
    dated_on: dt.date,
    reference: str = "",
    text: str = "",
    valid_until: dt.date | None = None,
    document: UploadedFile | None = None,
) -> ComplianceAct:
    """A row more: the newest by its date counts. Raises MoveRefused on a closed project, RuleBroken."""
    refuse_closed(project)
    _check(kind, outcome=outcome, dated_on=dated_on, valid_until=valid_until, text=text, document=document)
    with transaction.atomic():
        row = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
        refuse_closed(row)
        owner = row.organisation
        stored = store_upload(document, owner=owner, actor=actor, field="document") if document else None
        made = ComplianceAct.objects.create(
            project=row,
            kind=kind,
            outcome=outcome,
            dated_on=dated_on,
            reference=reference,
            text=text,
            valid_until=valid_until,
            document=stored,
            recorded_by=actor.user,
        )
        _journal(made, row, actor=actor)
        notify(
            [person for person in people_of(row) if person != actor.user],
            subject=f"{made.get_kind_display()} : {made.get_outcome_display().lower()} ({row.number})",
            body=text or f"Acte du {date_text(dated_on)}.",
            url=row.get_absolute_url(),
            organisation=owner,
        )
    return made


def _journal(made: ComplianceAct, project: Project, *, actor: Actor) -> None:
    detail = {"project": project.number, "sha256": made.document.sha256 if made.document else None}
    record(made, "record", actor=actor, to_state=made.outcome, detail=detail)


def _check(
    kind: str,
    *,
    outcome: str,
    dated_on: dt.date,
    valid_until: dt.date | None,
    text: str,
    document: UploadedFile | None,
) -> None:
    fields: dict[str, list[str]] = {}
    allowed = OUTCOMES[ComplianceKind(kind)]
    if outcome not in allowed:
        words = ", ".join(f"« {one.label} »" for one in allowed)
        fields["outcome"] = [f"Choisissez parmi : {words}."]
    if dated_on > timezone.localdate():
        fields["dated_on"] = ["Cette date est à venir. Enregistrez l’acte une fois signé."]
    if outcome in IN_FORCE and valid_until is None:
        fields["valid_until"] = ["Une homologation est prononcée pour une durée : donnez son dernier jour."]
    if outcome not in IN_FORCE and valid_until is not None:
        fields["valid_until"] = ["Seule une homologation prononcée a un dernier jour. Laissez vide."]
    if outcome in IN_FORCE and valid_until is not None and valid_until < dated_on:
        fields["valid_until"] = [f"Donnez un jour à partir du {date_text(dated_on)}."]
    if outcome == Outcome.NOT_DUE and not text.strip():
        fields["text"] = ["Dites pourquoi l’analyse d’impact n’est pas requise."]
    if outcome != Outcome.NOT_DUE and document is None:
        fields["document"] = ["Joignez l’acte signé."]
    if fields:
        raise RuleBroken("act_incomplete", "Certaines réponses sont à reprendre.", fields=fields)


def people_of(project: Project) -> set[User]:
    """Authors, RSSI, DPO and the qualified authority."""
    officers = people_holding(
        project.organisation, Role.SECURITY_OFFICER, Role.DATA_OFFICER, Role.QUALIFIED_AUTHORITY
    )
    return {*project_people(project), *officers}


def tell_ends(*, on: dt.date) -> None:
    """Homologations that end soon or ended, once per alert; safe to run twice. One superseded is not told."""
    ending = ComplianceAct.objects.filter(
        kind=ComplianceKind.ACCREDITATION,
        valid_until__lte=on + dt.timedelta(days=ALERT_DAYS[0]),
        valid_until__gte=on - dt.timedelta(days=ALERT_DAYS[-1]),
        project__state__in=OPEN_PROJECTS,
    ).select_related("project__organisation")
    for act in ending.order_by("pk"):
        if not act.is_superseded:
            _tell_end(act, on=on)


def _tell_end(act: ComplianceAct, *, on: dt.date) -> None:
    assert act.valid_until is not None  # of the query
    left, project = (act.valid_until - on).days, act.project
    reached = min((days for days in ALERT_DAYS if left <= days), default=0) if left >= 0 else -1
    said = "échue" if left < 0 else f"dans ses {reached} derniers jours"
    notify(
        people_of(project),
        subject=f"Homologation {said} : {project.number}",
        body=f"Dernier jour : {date_text(act.valid_until)}. L’autorité qualifiée la renouvelle.",
        url=project.get_absolute_url(),
        organisation=project.organisation,
        key=f"accreditation:{act.uuid}:{reached}",
    )
