"""Finding a project, and the page of one form that its acts share."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb
from qualification.forms import RuledForm, VersionedForm
from qualification.programmes.models import ProjectProposal
from qualification.programmes.views.find import actor_of

PROJECTS = ("Projets", "/programmes/projets/")


def visible_proposal(request: HttpRequest, number: str) -> ProjectProposal:
    """With members, needs, targets and results. Raises NotVisible (404)."""
    seen = ProjectProposal.objects.visible_to(actor_of(request)).for_lists()
    found = seen.filter(number=number).first()
    if found is None:
        raise NotVisible
    return found


def trail(found: ProjectProposal, current: str) -> dict[str, object]:
    return breadcrumb(PROJECTS, (found.number, found.get_absolute_url()), current=current)


def project_page(
    request: HttpRequest,
    found: ProjectProposal,
    form: RuledForm | VersionedForm,
    *,
    title: str,
    lead: str,
    button: str,
    status: int = 400,
    autosave: str = "",
) -> HttpResponse:
    return page_of(
        request,
        form,
        title=title,
        lead=lead,
        button=button,
        back=found.get_absolute_url(),
        trail=trail(found, title),
        status=status,
        autosave=autosave,
    )


def page_of(
    request: HttpRequest,
    form: RuledForm | VersionedForm,
    *,
    title: str,
    lead: str,
    button: str,
    back: str,
    trail: dict[str, object],
    status: int = 400,
    autosave: str = "",
) -> HttpResponse:
    """A page of one form; `status` when it is refused; `autosave`: the hidden field of its lock."""
    context = {
        "title": title,
        "lead": lead,
        "form": form,
        "button_label": button,
        "autosave": autosave,
        "cancel_url": back,
        "breadcrumb_data": trail,
    }
    return render(request, "pages/form.html", context, status=status if form.errors else 200)
