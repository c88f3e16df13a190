"""On each card of the catalogue, what a project of the reader makes of the offer: one line, said first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Exists, OuterRef
from django.http import HttpRequest

from catalog.hooks import CardLine
from catalog.models import Offer
from marketplace.ui.panels import Panel
from marketplace.ui.typography import NBSP, plural
from procurement.actions.eligibility import JudgedOffer, judge_offers, result_of
from procurement.doctrine import AssessmentResult
from procurement.enums import Standing
from procurement.models import Assessment, Project
from procurement.views.find import actor_of

# A choice longer than this is made from the project's own page.
MOST_PROJECTS = 30
PARAMETER, NONE = "projet", "aucun"


@dataclass(frozen=True, slots=True)
class ChosenProject:
    """`project` None: the reader asked for no line. `projects`: those to choose from, last changed first."""

    projects: tuple[Project, ...]
    project: Project | None = None
    result: AssessmentResult | None = None


def chosen_project(request: HttpRequest) -> ChosenProject | None:
    """The project of `?projet=`, else the last changed one. None for who has none. Three queries, once."""
    if not hasattr(request, "_chosen_project"):
        cast(Any, request)._chosen_project = _choose(request)
    chosen: ChosenProject | None = cast(Any, request)._chosen_project
    return chosen


def _choose(request: HttpRequest) -> ChosenProject | None:
    actor = actor_of(request)
    if actor.organisation is None or not actor.is_buyer:
        return None
    projects = tuple(
        Project.objects.visible_to(actor)
        .open()
        .filter(Exists(Assessment.objects.filter(project=OuterRef("pk"))))
        .select_related("organisation")
        .order_by("-state_since", "-pk")[:MOST_PROJECTS]
    )
    if not projects:
        return None
    asked = request.GET.get(PARAMETER, "")
    if asked == NONE:
        return ChosenProject(projects)
    project = next((one for one in projects if one.number == asked), projects[0])
    return ChosenProject(projects, project, result_of(project))


def project_choice(request: HttpRequest, subject: Any) -> Panel | None:
    """The form above the cards: a plain GET that keeps the rest of the address."""
    chosen = chosen_project(request)
    if chosen is None:
        return None
    kept = [(name, value) for name, values in request.GET.lists() for value in values]
    context = {
        "chosen": chosen,
        "kept": [(name, value) for name, value in kept if name not in (PARAMETER, "page")],
        "parameter": PARAMETER,
        "none": NONE,
    }
    return Panel("procurement/_project_choice.html", context)


def card_lines(request: HttpRequest, cards: Sequence[Mapping[str, Any]]) -> dict[int, CardLine]:
    """By public number. Two queries more than the choice of the project, whatever their number."""
    chosen = chosen_project(request)
    if chosen is None or chosen.project is None or chosen.result is None or not cards:
        return {}
    found = Offer.objects.filter(number__in=[card["number"] for card in cards]).select_related("live_version")
    judged = judge_offers(found, result=chosen.result, service_models=chosen.project.service_models)
    return {row.offer.number: _line(row, chosen.project, chosen.result) for row in judged}


def _line(row: JudgedOffer, project: Project, result: AssessmentResult) -> CardLine:
    if row.standing == Standing.ELIGIBLE:
        required = len(result.at_level("required"))
        if not required:
            return CardLine("info", f"Aucune obligation certaine pour {project.number}")
        words = plural(required, one="obligation", many="obligations")
        les = "l’obligation" if required == 1 else f"les {words}"
        return CardLine("success", f"Respecte {les} de {project.number}")
    reasons = " ".join(_reasons(row))
    if row.standing == Standing.REFUSED:
        return CardLine("error", f"Écartée pour {project.number}{NBSP}: {reasons}")
    return CardLine("warning", f"À vérifier pour {project.number}{NBSP}: {reasons}")


def _reasons(row: JudgedOffer) -> Iterator[str]:
    """Those that decide: a refused offer's other doubts change nothing."""
    for finding in row.judgement.findings:
        if finding.standing == row.standing:
            seen = (
                f" ({finding.seen.lower()})" if finding.seen and finding.standing == Standing.REFUSED else ""
            )
            yield finding.text.removesuffix(".") + seen + "."
