"""`/organisation/circuit-d-approbation/` and `/organisation/delegations-de-signature/`."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.enums import ServiceModel
from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.accounts.models import User
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from procurement.approval import chains, delegations
from procurement.approval.abilities import chains_abilities, delegation_abilities, delegations_abilities
from procurement.approval.forms import ChainForm, DelegationForm, RevokeForm, step_forms
from procurement.approval.steps import chain_of
from procurement.forms.refusals import put_refusal
from procurement.models import ApprovalChain, SignatureDelegation
from procurement.views.find import actor_of, posted

PAGE_SIZE = 20
ORGANISATION = ("Organisation", "/organisation/")
CHAIN = ("Circuit d’approbation", "/organisation/circuit-d-approbation/")
DELEGATIONS = ("Délégations de signature", "/organisation/delegations-de-signature/")


@login_required
@require_safe
def chain_page(request: HttpRequest) -> HttpResponse:
    """The version in force, those to come and the former ones."""
    actor = actor_of(request)
    verdicts = chains_abilities(actor)
    require(verdicts, "list")
    versions = ApprovalChain.objects.visible_to(actor).prefetch_related("steps")
    current = _in_force(actor)
    if current is not None:
        versions = versions.exclude(pk=current.pk)
    context = {
        "current": current,
        "page": Paginator(versions.order_by("-valid_from", "-pk"), PAGE_SIZE).get_page(
            request.GET.get("page")
        ),
        "today": timezone.localdate(),
        "models": dict(ServiceModel.choices),
        "may_create": allowed(verdicts, "create"),
        "breadcrumb_data": breadcrumb(ORGANISATION, current=CHAIN[0]),
    }
    return render(request, "procurement/approval/chain.html", context)


def _in_force(actor: Actor) -> ApprovalChain | None:
    if actor.organisation is None:
        return None
    return chain_of(actor.organisation.pk, on=timezone.localdate())


@login_required
@once
def chain_new(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(chains_abilities(actor), "create")
    former = _in_force(actor)
    distinct = former is None or former.distinct_signers
    initial = {"valid_from": timezone.localdate(), "distinct_signers": distinct}
    form = ChainForm(posted(request), initial=initial)
    rows = step_forms(posted(request), chain=former)
    if form.is_bound and all([form.is_valid(), *[row.is_valid() for row in rows]]):
        terms = [row.terms() for row in rows if not row.is_left_out]
        try:
            chains.create_chain(actor=actor, steps=terms, **form.cleaned_data)
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, "Nouvelle version du circuit enregistrée.")
            return redirect(CHAIN[1])
    context = {
        "form": form,
        "rows": rows,
        "page_has_errors": bool(form.errors or any(row.errors for row in rows)),
        "breadcrumb_data": breadcrumb(ORGANISATION, CHAIN, current="Nouvelle version"),
    }
    return render(
        request, "procurement/approval/chain_new.html", context, status=400 if form.is_bound else 200
    )


@login_required
@require_safe
def delegation_list(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), timezone.localdate()
    verdicts = delegations_abilities(actor)
    require(verdicts, "list")
    rows = SignatureDelegation.objects.visible_to(actor).for_pages().order_by("-ends_on", "-pk")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": [_line(actor, row, today) for row in page.object_list],
        "may_create": allowed(verdicts, "create"),
        "breadcrumb_data": breadcrumb(ORGANISATION, current=DELEGATIONS[0]),
    }
    return render(request, "procurement/approval/delegations.html", context)


def _line(actor: Actor, row: SignatureDelegation, today: Any) -> dict[str, Any]:
    over = row.is_over(today)
    words = row.get_state_display() if row.state == "revoked" else "Terminée" if over else "Accordée"
    if not over and row.starts_on > today:
        words = "À venir"
    may_revoke = not over and allowed(delegation_abilities(actor, row), "revoke")
    return {"row": row, "words": words, "may_revoke": may_revoke}


@login_required
@once
def delegation_new(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(delegations_abilities(actor), "create")
    members = User.objects.filter(
        memberships__organisation=actor.organisation, memberships__ended_at__isnull=True, is_active=True
    ).order_by("full_name", "pk")
    givers = members
    if actor.user is not None and not actor.has(Role.ORGANISATION_ADMIN):
        givers = members.filter(pk=actor.user.pk)
    form = DelegationForm(posted(request), members=members, givers=givers)
    if form.is_bound and form.is_valid():
        try:
            delegations.delegate(actor=actor, **form.cleaned_data)
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, "Délégation enregistrée. Les deux personnes sont prévenues.")
            return redirect(DELEGATIONS[1])
    context = {
        "title": "Enregistrer une délégation de signature",
        "lead": "Pendant une absence, une autre personne signe les bons de commande.",
        "form": form,
        "button_label": "Enregistrer la délégation",
        "cancel_url": DELEGATIONS[1],
        "breadcrumb_data": breadcrumb(ORGANISATION, DELEGATIONS, current="Enregistrer"),
    }
    return render(request, "pages/form.html", context, status=400 if form.is_bound else 200)


@login_required
@once
def delegation_revoke(request: HttpRequest, uuid: Any) -> HttpResponse:
    actor = actor_of(request)
    row = SignatureDelegation.objects.visible_to(actor).for_pages().filter(uuid=uuid).first()
    if row is None:
        raise NotVisible
    require(delegation_abilities(actor, row), "revoke")
    row.check_move("revoke")
    form = RevokeForm(posted(request), initial={"version": row.version})
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        delegations.revoke(row, actor=actor, reason=said["reason"], expected_version=said["version"])
        messages.success(request, "Délégation retirée.")
        return redirect(DELEGATIONS[1])
    context = {
        "title": "Retirer la délégation de signature",
        "lead": "Ce qui a été signé sous cette délégation reste signé.",
        "facts": [("Absent", str(row.giver)), ("Signe à sa place", str(row.holder))],
        "form": form,
        "button_label": "Retirer la délégation",
        "cancel_url": reverse("procurement:delegations"),
        "breadcrumb_data": breadcrumb(ORGANISATION, DELEGATIONS, current="Retirer"),
    }
    return render(request, "pages/confirm.html", context, status=400 if form.is_bound else 200)
