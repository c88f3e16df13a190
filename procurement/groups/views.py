"""`/groupements/`: a group, its members, its convention and who signed it."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from marketplace.accounts.abilities import Verdicts, allowed, require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible, RuleBroken
from marketplace.files.store import download_response
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from procurement.actions.projects import refuse_closed
from procurement.forms.refusals import put_refusal
from procurement.groups import forming
from procurement.groups.abilities import group_abilities, member_abilities, share_ability
from procurement.groups.enums import PRESENT, SOURCE, GroupState, MemberState
from procurement.groups.forms import ConventionForm, GroupForm, JoinForm, ReasonForm, VersionForm
from procurement.models import GroupMember, GroupPurchase, NeedShare
from procurement.views.find import actor_of, posted, trail, visible_project

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class ActPage:
    """`of_member`: done by a member for itself; else by the coordinator on the group."""

    name: str
    act: Callable[..., Any]
    title: str
    said: str
    form: type[VersionForm]
    of_member: bool = False


ACTS = {
    "proposer": ActPage(
        "propose_convention",
        forming.propose_convention,
        "Proposer la convention",
        "Convention proposée. Chaque membre est invité à la signer.",
        ConventionForm,
    ),
    "reprendre": ActPage(
        "reopen", forming.reopen, "Reprendre la formation", "Les signatures ne comptent plus.", ReasonForm
    ),
    "dissoudre": ActPage(
        "dissolve", forming.dissolve, "Dissoudre le groupement", "Groupement dissous.", ReasonForm
    ),
    "rejoindre": ActPage(
        "join", forming.join, "Rejoindre le groupement", "Groupement rejoint.", JoinForm, of_member=True
    ),
    "decliner": ActPage(
        "decline",
        forming.decline,
        "Décliner l’invitation",
        "Invitation déclinée.",
        VersionForm,
        of_member=True,
    ),
    "quitter": ActPage(
        "leave", forming.leave, "Quitter le groupement", "Groupement quitté.", ReasonForm, of_member=True
    ),
    "signer": ActPage(
        "sign", forming.sign, "Signer la convention", "Convention signée.", VersionForm, of_member=True
    ),
}


@login_required
@require_safe
def groups(request: HttpRequest) -> HttpResponse:
    rows = GroupPurchase.objects.visible_to(actor_of(request)).for_pages()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "total": page.paginator.count,
        "breadcrumb_data": breadcrumb(("Projets", "/projets/"), current="Groupements d’achat"),
    }
    return render(request, "procurement/groups/list.html", context)


@login_required
@once
def group_create(request: HttpRequest, number: str) -> HttpResponse:
    project = visible_project(request, number)
    actor = actor_of(request)
    require(share_ability(actor, project), "create")
    refuse_closed(project)
    form = GroupForm(posted(request), initial={"title": project.title})
    if form.is_bound and form.is_valid():
        try:
            made = forming.create_group(project, actor=actor, **form.cleaned_data)
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, f"{made} ouvert. Invitez des administrations depuis leurs besoins.")
            return redirect(made)
    context = {
        "title": "Former un groupement d’achat",
        "lead": "Votre administration coordonne\u00a0: ce projet porte la consultation. Elle n’est publiée "
        f"qu’une fois la convention signée par tous. Source\u00a0: {SOURCE}.",
        "form": form,
        "button_label": "Former le groupement",
        "cancel_url": reverse("procurement:project_share", args=[project.number]),
        "breadcrumb_data": trail(project, current="Former un groupement"),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)


@login_required
@require_safe
def group(request: HttpRequest, number: str) -> HttpResponse:
    shown = _visible(request, number)
    actor = actor_of(request)
    joined = [member for member in shown.members.all() if member.state == MemberState.JOINED]
    context = {
        "group": shown,
        "members": list(shown.members.all()),
        "total": sum(member.volume for member in joined),
        "acts": _acts_for(actor, shown),
        "may_invite": shown.state == GroupState.FORMING and allowed(group_abilities(actor, shown), "invite"),
        "ours": actor.organisation is not None and actor.organisation.pk == shown.coordinator_id,
        "source": SOURCE,
        "breadcrumb_data": _trail(shown.number),
    }
    return render(request, "procurement/groups/page.html", context)


def _acts_for(actor: Actor, shown: GroupPurchase) -> list[tuple[str, str]]:
    """Title and address of each act that states and the reader's roles allow."""
    member = _own(actor, shown)
    return [
        (page.title, reverse("procurement:group_act", args=[shown.number, slug]))
        for slug, page in ACTS.items()
        if _open(page, shown, member) and allowed(_verdicts(actor, page, shown, member), page.name)
    ]


def _open(page: ActPage, shown: GroupPurchase, member: GroupMember | None) -> bool:
    if not page.of_member:
        return page.name in {move.name for move in shown.available_moves()}
    if member is None:
        return False
    if page.name == "sign":
        return (
            shown.state == GroupState.SIGNING and member.state == MemberState.JOINED and not member.signed_at
        )
    if page.name == "leave" and (member.is_coordinator or shown.state == GroupState.SIGNED):
        return False
    return page.name in {move.name for move in member.available_moves()}


def _verdicts(actor: Actor, page: ActPage, shown: GroupPurchase, member: GroupMember | None) -> Verdicts:
    if page.of_member:
        return member_abilities(actor, member) if member is not None else {page.name: "Non membre"}
    return group_abilities(actor, shown)


@login_required
@once
def group_act(request: HttpRequest, number: str, slug: str) -> HttpResponse:
    shown, page = _visible(request, number), ACTS.get(slug)
    actor = actor_of(request)
    member = _own(actor, shown)
    if page is None or (page.of_member and member is None):
        raise NotVisible
    require(_verdicts(actor, page, shown, member), page.name)
    _check_state(page, shown, member)
    target: Any = member if page.of_member else shown
    form = page.form.of(
        request, initial={"version": target.version, "volume": getattr(target, "volume", None)}
    )
    if form.is_bound and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            page.act(target, actor=actor, expected_version=values.pop("version", None), **values)
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, page.said)
            gone = page.name in ("decline", "leave")
            return redirect(reverse("procurement:groups") if gone else shown.get_absolute_url())
    context = {
        "title": page.title,
        "facts": _facts(shown),
        "form": form,
        "button_label": page.title,
        "cancel_url": shown.get_absolute_url(),
        "breadcrumb_data": _trail(page.title),
    }
    return render(request, "pages/confirm.html", context, status=400 if form.errors else 200)


def _check_state(page: ActPage, shown: GroupPurchase, member: GroupMember | None) -> None:
    """Raises MoveRefused (409) before the form is shown."""
    if page.name == "sign" and member is not None:
        forming.refuse_not(shown, GroupState.SIGNING)
        forming.refuse_unsignable(member)
    elif page.of_member and member is not None:
        member.check_move(page.name)
        if page.name == "leave":
            forming.refuse_to_leave(member, shown)
    else:
        shown.check_move(page.name)


@login_required
@once
def group_invite(request: HttpRequest, number: str, uuid: uuids.UUID) -> HttpResponse:
    shown, actor = _visible(request, number), actor_of(request)
    share = NeedShare.objects.visible_to(actor).for_pages().filter(uuid=uuid).first()
    if share is None:
        raise NotVisible
    require(group_abilities(actor, shown), "invite")
    forming.refuse_not(shown, GroupState.FORMING)
    if request.method == "POST":
        forming.invite(shown, actor=actor, share=share)
        messages.success(request, f"{share.project.organisation} est invitée.")
        return redirect(shown)
    context = {
        "title": "Inviter une administration",
        "facts": [
            ("Groupement", f"{shown.number}, {shown.title}"),
            ("Administration", share.content["organisation"]),
            ("Besoin", str(share)),
            ("Volume", f"{share.volume.normalize():f} {share.unit}"),
        ],
        "button_label": "Inviter",
        "cancel_url": shown.get_absolute_url(),
        "breadcrumb_data": _trail("Inviter"),
    }
    return render(request, "pages/confirm.html", context)


@login_required
@require_safe
def group_document(request: HttpRequest, number: str) -> HttpResponse:
    """The convention; every reading is journalled."""
    shown = _visible(request, number)
    if shown.document is None:
        raise NotVisible
    return download_response(shown.document, actor=actor_of(request))


def _facts(shown: GroupPurchase) -> list[tuple[str, str]]:
    facts = [
        ("Groupement", f"{shown.number}, {shown.title}"),
        ("Coordonnateur", str(shown.project.organisation)),
    ]
    if shown.document is not None:
        facts.append(("Empreinte de la convention (SHA-256)", shown.document.sha256))
    return facts


def _own(actor: Actor, shown: GroupPurchase) -> GroupMember | None:
    """The membership of the actor's administration, when it is invited or in."""
    own = (
        member
        for member in shown.members.all()
        if actor.organisation is not None
        and member.organisation_id == actor.organisation.pk
        and member.state in PRESENT
    )
    found = next(own, None)
    if found is not None:
        found.group = shown
    return found


def _trail(current: str) -> dict[str, object]:
    return breadcrumb(
        ("Projets", "/projets/"),
        ("Groupements d’achat", reverse("procurement:groups")),
        current=current,
    )


def _visible(request: HttpRequest, number: str) -> GroupPurchase:
    """Raises NotVisible (404)."""
    found = GroupPurchase.objects.visible_to(actor_of(request)).for_pages().filter(number=number).first()
    if found is None:
        raise NotVisible
    return found
