"""The life of a sensitivity analysis: answers, avis, decision. It is frozen when the avis are asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from marketplace.accounts.abilities import require
from marketplace.accounts.enums import Role
from marketplace.errors import MoveRefused
from marketplace.events.bus import emit
from marketplace.notifications.outbox import notify
from procurement.abilities import assessment_abilities
from procurement.actions.opinions import current_opinions
from procurement.actions.projects import refuse_closed
from procurement.doctrine import AssessmentResult, assess
from procurement.doctrine_releases import releases_on
from procurement.enums import OPEN_ASSESSMENTS, AssessmentState, FrozenAt, OpinionKind, ProjectState
from procurement.facts import DATA_FACTS, agreeing, facts_as_json, facts_of_project, sha256_of
from procurement.models import Assessment, Project, SensitivityDecision
from procurement.order_people import people_holding

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


def start_assessment(project: Project, *, actor: Actor) -> Assessment:
    """The open analysis, or a new one that starts from the answers of the last. Safe to run twice."""
    refuse_closed(project)
    with transaction.atomic():
        Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
        last = project.current_assessment()
        if last is not None and last.state in OPEN_ASSESSMENTS:
            return last
        made = Assessment.objects.create(
            project=project,
            number=last.number + 1 if last else 1,
            answers=dict(last.answers) if last else {},
        )
        made.journal_creation(actor=actor)
    return made


def save_answers(
    assessment: Assessment,
    *,
    actor: Actor,
    answers: Mapping[str, Any],
    expected_version: int | None = None,
) -> Assessment:
    """Merge validated answers; None is « je ne sais pas ». Who answers becomes an author.

    Raises TypeError on a name outside DATA_FACTS, MoveRefused once the avis were asked, VersionStale.
    """
    unknown = answers.keys() - set(DATA_FACTS)
    if unknown:
        raise TypeError(f"not answers: {sorted(unknown)}")

    def write(row: Assessment) -> None:
        refuse_frozen(row)
        row.answers = agreeing({**row.answers, **{k: _plain(v) for k, v in answers.items()}})
        if actor.user is not None:
            row.authors.add(actor.user)

    return assessment.touch(
        "answer",
        actor=actor,
        expected_version=expected_version,
        apply=write,
        detail={"answers": sorted(answers)},
    )


def result_now(assessment: Assessment) -> AssessmentResult:
    """The frozen result once the avis were asked, else the doctrine of today on today's answers."""
    if assessment.state != AssessmentState.DRAFT and assessment.result:
        return AssessmentResult.from_dict(assessment.result)
    return result_today(assessment)


def result_today(assessment: Assessment) -> AssessmentResult:
    """Today's doctrine on today's project and answers, whatever was frozen."""
    return assess(facts_of_project(assessment.project, answers=assessment.answers), timezone.localdate())


def request_opinions(
    assessment: Assessment, *, actor: Actor, expected_version: int | None = None
) -> Assessment:
    """Freeze facts, result and texts, then tell the RSSI and the DPO."""
    refuse_closed(assessment.project)
    today = timezone.localdate()

    def freeze(row: Assessment) -> None:
        facts = facts_of_project(row.project, answers=row.answers)
        row.facts = facts_as_json(facts)
        row.result = assess(facts, today).as_dict()
        row.assessed_on, row.requested_by, row.requested_at = today, actor.user, timezone.now()
        row.releases.set(releases_on(today))
        if actor.user is not None:
            row.authors.add(actor.user)

    with transaction.atomic():
        assessment.request_opinions(actor=actor, apply=freeze, expected_version=expected_version)
        _tell(
            assessment,
            Role.SECURITY_OFFICER,
            Role.DATA_OFFICER,
            subject=f"Avis demandé sur {assessment.project.number}",
            body="Donnez votre avis sur l’analyse de sensibilité.",
        )
    return assessment


def resume(assessment: Assessment, *, actor: Actor, expected_version: int | None = None) -> Assessment:
    """Back to the answers; the avis already given stay, on what they read."""
    return assessment.resume(actor=actor, expected_version=expected_version)


def send_back(
    assessment: Assessment, *, actor: Actor, reason: str, expected_version: int | None = None
) -> Assessment:
    with transaction.atomic():
        assessment.send_back(actor=actor, reason=reason, expected_version=expected_version)
        _tell_authors(assessment, subject=f"Analyse renvoyée : {assessment.project.number}", body=reason)
    return assessment


def decide(
    assessment: Assessment, *, actor: Actor, reason: str, expected_version: int | None = None
) -> Assessment:
    """The qualified authority's decision. Raises NotAllowed to who wrote the analysis (asked again under the
    lock), MoveRefused while an avis is missing. The project, still a draft, becomes assessed."""

    def sign(row: Assessment) -> None:
        require(assessment_abilities(actor, row), "decide")
        refuse_without_opinions(row)
        assert actor.user is not None and row.result is not None
        SensitivityDecision.objects.create(
            assessment=row, decided_by=actor.user, reason=reason, result_sha256=sha256_of(row.result)
        )

    with transaction.atomic():
        project = Project.objects.select_for_update(of=("self",)).get(pk=assessment.project_id)
        refuse_closed(project)
        for before in project.assessments.decided():
            before.supersede(actor=actor)
        assessment.decide(actor=actor, reason=reason, apply=sign, expected_version=expected_version)
        if project.state == ProjectState.DRAFT:
            project.assess(actor=actor, reason=reason)
        emit("project.step_taken", {"project": project.pk, "step": FrozenAt.ASSESSMENT.value})
        _tell_authors(
            assessment,
            subject=f"Sensibilité décidée : {project.number}",
            body="Vous pouvez chercher les offres qui respectent les obligations.",
        )
    return assessment


def refuse_frozen(assessment: Assessment) -> None:
    if assessment.state != AssessmentState.DRAFT:
        raise MoveRefused(
            "assessment_frozen",
            "Les réponses sont figées depuis la demande d’avis. Reprenez l’analyse pour les changer.",
        )


def refuse_without_opinions(assessment: Assessment) -> None:
    missing = [kind.label for kind in OpinionKind if kind not in current_opinions(assessment)]
    if missing:
        raise MoveRefused("opinions_missing", f"Il manque l’avis : {', '.join(missing)}.")


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, set | frozenset | list | tuple) else value


def _tell(assessment: Assessment, *roles: str, subject: str, body: str) -> None:
    organisation = assessment.project.organisation
    notify(
        people_holding(organisation, *roles),
        subject=subject,
        body=body,
        url=assessment.get_absolute_url(),
        organisation=organisation,
    )


def _tell_authors(assessment: Assessment, *, subject: str, body: str) -> None:
    notify(
        assessment.project.authors.all(),
        subject=subject,
        body=body,
        url=assessment.get_absolute_url(),
        organisation=assessment.project.organisation,
    )
