"""`/projets/…/partage/`: share a need, find those like it; `/besoins-partages/`: all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from catalog.enums import ServiceModel
from catalog.models import Category
from marketplace.accounts.abilities import allowed, require
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from procurement.actions.projects import refuse_closed
from procurement.forms.refusals import put_refusal
from procurement.groups import sharing
from procurement.groups.abilities import group_abilities, share_abilities, share_ability
from procurement.groups.enums import GroupState, ShareState, ShownPart
from procurement.groups.forms import ShareForm
from procurement.models import NeedShare
from procurement.views.find import actor_of, posted, trail, visible_project

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from procurement.models import Project

PER_PAGE, MOST_LIKE = 20, 20
ACTS = {
    "accepter": ("consent", "Donner mon accord", "Votre accord est enregistré."),
    "retirer": ("withdraw", "Retirer le partage", "Ce besoin n’est plus partagé."),
}


@login_required
@require_safe
def project_share(request: HttpRequest, number: str) -> HttpResponse:
    project = visible_project(request, number)
    actor = actor_of(request)
    share = project.shares.living().first()
    group = project.groups.living().first()
    writes = allowed(share_ability(actor, project), "create")
    given = {one.author_id for one in share.consents.all()} if share else set()
    like = _like(project, share)
    context = {
        "project": project,
        "share": share,
        "group": group,
        "writes": writes,
        "awaited": [author for author in project.authors.all() if share and author.pk not in given],
        "may_consent": share is not None
        and writes
        and share.state == ShareState.PROPOSED
        and actor.user is not None
        and actor.user.pk not in given,
        "may_invite": group is not None
        and group.state == GroupState.FORMING
        and allowed(group_abilities(actor, group), "invite"),
        "like": _rows(like, beside=share),
        "breadcrumb_data": trail(project, current="Demande groupée"),
    }
    return render(request, "procurement/groups/project_share.html", context)


def _like(project: Project, share: NeedShare | None) -> QuerySet[NeedShare]:
    """The nearest volumes first, once this need tells its own."""
    own = {"volume": share.volume, "unit": share.unit} if share is not None else {}
    return NeedShare.objects.like(project, **own).for_pages()[:MOST_LIKE]


@login_required
@once
def share_propose(request: HttpRequest, number: str) -> HttpResponse:
    project = visible_project(request, number)
    actor = actor_of(request)
    require(share_ability(actor, project), "create")
    refuse_closed(project)
    form = ShareForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            made = sharing.propose(project, actor=actor, **form.cleaned_data)
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            shared = made.state == ShareState.SHARED
            said = "Besoin partagé." if shared else "Vos coauteurs sont invités à donner leur accord."
            messages.success(request, said)
            return redirect(made)
    context = {
        "title": "Partager ce besoin",
        "lead": "Les autres administrations le liront, avec le nom de la vôtre, une fois que chaque auteur "
        "l’accepte. Un auteur peut le retirer à tout moment.",
        "form": form,
        "button_label": "Partager le besoin",
        "cancel_url": reverse("procurement:project_share", args=[project.number]),
        "breadcrumb_data": trail(project, current="Partager ce besoin"),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)


@login_required
@once
def share_act(request: HttpRequest, number: str, slug: str) -> HttpResponse:
    project = visible_project(request, number)
    share, page = project.shares.living().first(), ACTS.get(slug)
    if page is None or share is None:
        raise NotVisible
    name, title, said = page
    actor = actor_of(request)
    require(share_abilities(actor, share), name)
    if name == "consent":
        sharing.refuse_decided(share)
    if request.method == "POST":
        getattr(sharing, name)(share, actor=actor)
        messages.success(request, said)
        return redirect("procurement:project_share", project.number)
    context = {
        "title": title,
        "facts": _facts(share),
        "button_label": title,
        "cancel_url": reverse("procurement:project_share", args=[project.number]),
        "breadcrumb_data": trail(project, current=title),
    }
    return render(request, "pages/confirm.html", context)


@login_required
@require_safe
def shared_needs(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rows = NeedShare.objects.visible_to(actor).filter(state=ShareState.SHARED).for_pages()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": _rows(page.object_list),
        "total": page.paginator.count,
        "own": actor.organisation,
        "breadcrumb_data": breadcrumb(("Projets", "/projets/"), current="Besoins partagés"),
    }
    return render(request, "procurement/groups/shared_needs.html", context)


def _rows(shares: Any, *, beside: NeedShare | None = None) -> list[dict[str, Any]]:
    """With the words of their categories and models, and their volume beside one's own; one query more."""
    found = list(shares)
    labels = dict(Category.objects.values_list("code", "label")) if found else {}
    return [
        {
            "share": share,
            "categories": ", ".join(labels.get(code, code) for code in share.categories),
            "times": share.times(beside),
            "models": ", ".join(str(ServiceModel(code).label) for code in share.service_models),
        }
        for share in found
    ]


def _facts(share: NeedShare) -> list[tuple[str, str]]:
    return [
        ("Objet", str(share)),
        ("Volume", f"{share.volume.normalize():f} {share.unit}"),
        ("Montré aussi", ", ".join(str(ShownPart(code).label) for code in share.shown) or "Rien"),
    ]
