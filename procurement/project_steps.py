"""The steps of a project as its page draws them, and the next thing to do."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from marketplace.ui.drawings import Step
from procurement.enums import AssessmentState, ProjectState
from procurement.models import Assessment, Project

RANK = list(ProjectState.values)
BLOCKED = "Bloqué : analyse non signée"


@dataclass(frozen=True)
class NextStep:
    label: str
    url: str
    why: str = ""


def steps_of(project: Project, *, assessment: Assessment | None, has_list: bool) -> tuple[Step, ...]:
    decided = _past(project, ProjectState.ASSESSED)
    frozen = has_list or _past(project, ProjectState.BUYING)
    bought = _past(project, ProjectState.RUNNING)
    if project.state == ProjectState.ABANDONED:
        return (
            Step("Décrire le besoin", "done", "Fait", _url("project_edit", project)),
            Step("Projet abandonné", "cancelled", project.closing_reason),
        )
    return (
        Step("Décrire le besoin", "done", "Fait", _url("project_edit", project)),
        _analysis(project, assessment=assessment, decided=decided),
        _offers(project, done=frozen, decided=decided),
        _step("Commander", project, "project", done=bought, open_=decided and frozen),
        _step(
            "Suivre le contrat", project, "project", done=project.state == ProjectState.CLOSED, open_=bought
        ),
    )


def next_step(project: Project, *, assessment: Assessment | None, has_list: bool) -> NextStep | None:
    """None when nothing waits for the authors."""
    if project.state in (ProjectState.CLOSED, ProjectState.ABANDONED, ProjectState.RUNNING):
        return None
    if assessment is None or assessment.state == AssessmentState.DRAFT:
        return NextStep("Analyser la sensibilité", _url("project_assessment", project))
    if assessment.state == AssessmentState.AWAITING_OPINIONS and project.state == ProjectState.DRAFT:
        return NextStep(
            "Voir les avis et la décision",
            _url("project_assessment", project) + "?etape=4",
            "En attente des avis et de la décision de l’autorité qualifiée.",
        )
    if not has_list:
        return NextStep("Choisir les offres", _url("project_offers", project))
    return NextStep("Commander", _url("order_create", project))


def _analysis(project: Project, *, assessment: Assessment | None, decided: bool) -> Step:
    url = _url("project_assessment", project)
    if decided:
        return Step("Analyser la sensibilité", "done", "Fait", f"{url}?etape=4")
    if assessment is not None and assessment.state == AssessmentState.AWAITING_OPINIONS:
        return Step("Analyser la sensibilité", "current", "Avis et décision attendus", f"{url}?etape=4")
    return Step("Analyser la sensibilité", "current", "À faire", url)


def _offers(project: Project, *, done: bool, decided: bool) -> Step:
    if done:
        return Step("Choisir les offres", "done", "Fait", _url("project_shortlist", project))
    return _step("Choisir les offres", project, "project_offers", done=False, open_=decided)


def _step(label: str, project: Project, name: str, *, done: bool, open_: bool) -> Step:
    if done:
        return Step(label, "done", "Fait")
    if open_:
        return Step(label, "current", "À faire", _url(name, project))
    if project.state == ProjectState.DRAFT:
        return Step(label, "blocked", BLOCKED)
    return Step(label, "todo", "À venir")


def _past(project: Project, state: str) -> bool:
    return project.state != ProjectState.ABANDONED and RANK.index(project.state) >= RANK.index(state)


def _url(name: str, project: Project) -> str:
    if name == "contracts":
        return reverse("procurement:contracts")
    return reverse(f"procurement:{name}", args=[project.number])
