"""Finding what this reader may see, and refusing what they may not do."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict

from marketplace.accounts.middleware import actor_of
from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb
from procurement.models import Assessment, Project


def visible_project(request: HttpRequest, number: str) -> Project:
    """With organisation and authors. Raises NotVisible (404)."""
    found = Project.objects.visible_to(actor_of(request)).for_lists().prefetch_related("authors")
    project = found.filter(number=number).first()
    if project is None:
        raise NotVisible
    return project


def assessment_of(project: Project) -> Assessment | None:
    """The newest analysis, with its project at hand."""
    assessment = project.current_assessment()
    if assessment is not None:
        assessment.project = project
    return assessment


def open_assessment(project: Project) -> Assessment:
    """Raises NotVisible when the project has none."""
    assessment = assessment_of(project)
    if assessment is None:
        raise NotVisible
    return assessment


def trail(project: Project, *, current: str) -> dict[str, object]:
    links = (("Projets", "/projets/"), (str(project), project.get_absolute_url()))
    return breadcrumb(*links, current=current)


def typed_version(request: HttpRequest) -> int | None:
    """The row version that the form was read with; None when absent or not a number."""
    text = request.POST.get("version", "")
    return int(text) if text.isdigit() and len(text) < 10 else None


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form binds to: an empty POST is an answer too."""
    return request.POST if request.method == "POST" else None
