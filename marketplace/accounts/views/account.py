from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from marketplace.accounts.actions.access import create_token, revoke_token
from marketplace.accounts.actions.erasure import erase_person
from marketplace.accounts.forms.account import EraseForm, ProfileForm, TokenForm
from marketplace.accounts.models import ApiToken, Membership
from marketplace.accounts.second_factor import has_second_factor, session_has_second_factor
from marketplace.accounts.views.answers import form_page, try_rule
from marketplace.audit.journal import record
from marketplace.errors import NotAllowed
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once

ACCOUNT = ("Mon compte", "/compte/")


@login_required
@once
def account(request: HttpRequest) -> HttpResponse:
    """Who I am, how I sign in, for which organisations I may act."""
    form = ProfileForm(request.POST or None, initial={"full_name": request.user.full_name})
    if request.method == "POST" and form.is_valid():
        request.user.full_name = form.cleaned_data["full_name"]
        request.user.save(update_fields=["full_name"])
        record(request.user, "rename", actor=request.actor)
        messages.success(request, "Votre nom est enregistré.")
        return redirect("accounts:account")
    context = {
        "memberships": Membership.objects.active().filter(user=request.user).select_related("organisation"),
        "has_second_factor": has_second_factor(request.user),
        "breadcrumb_data": breadcrumb(current=ACCOUNT[0]),
    }
    return form_page(request, "accounts/account.html", form=form, context=context)


@login_required
@never_cache
def tokens(request: HttpRequest) -> HttpResponse:
    """My tokens for the organisation I act for; a new one's secret is in this answer and nowhere else."""
    membership = request.actor.membership
    form = TokenForm(request.POST or None, roles=request.actor.roles)
    secret = ""
    if request.method == "POST" and form.is_valid() and membership is not None:
        made = try_rule(form, lambda: _create(request, membership, form))
        if made is not None:
            secret, form = made[1], TokenForm(roles=request.actor.roles)
    context = {
        "tokens": ApiToken.objects.filter(membership=membership) if membership else [],
        "secret": secret,
        "has_roles": bool(request.actor.roles),
        "breadcrumb_data": breadcrumb(ACCOUNT, current="Jetons d’API"),
    }
    return form_page(request, "accounts/tokens.html", form=form, context=context)


def _create(request: HttpRequest, membership: Membership, form: TokenForm) -> tuple[ApiToken, str]:
    data: dict[str, Any] = form.cleaned_data
    return create_token(
        membership,
        label=data["label"],
        scopes=data["scopes"],
        lifetime=data["lifetime"],
        actor=request.actor,
        with_second_factor=session_has_second_factor(request),
    )


@login_required
@once
def token_revoke(request: HttpRequest, token_id: str) -> HttpResponse:
    token = get_object_or_404(ApiToken, uuid=token_id, membership__user=request.user)
    if request.method == "POST":
        revoke_token(token, actor=request.actor)
        messages.success(request, "Jeton révoqué. Il ne sert plus.")
        return redirect("accounts:tokens")
    context = {
        "title": f"Révoquer le jeton «\u00a0{token.label}\u00a0»",
        "lead": "Le programme qui l’emploie sera refusé aussitôt.",
        "button_label": "Révoquer le jeton",
        "cancel_url": reverse("accounts:tokens"),
        "breadcrumb_data": breadcrumb(
            ACCOUNT, ("Jetons d’API", reverse("accounts:tokens")), current="Révoquer"
        ),
    }
    return render(request, "pages/confirm.html", context)


@login_required
@once
def erase(request: HttpRequest) -> HttpResponse:
    """What names the person goes; what they did stays, without a name."""
    form = EraseForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        if not request.user.is_active:
            raise NotAllowed("closed", "Ce compte est fermé.")
        erase_person(request.user, actor=request.actor)
        logout(request)
        messages.success(request, "Votre compte est effacé. Votre nom et votre adresse ne sont plus ici.")
        return redirect("/")
    context = {
        "title": "Effacer mon compte",
        "lead": "Votre nom, vos adresses et vos messages sont effacés. "
        "Vos actes passés restent, sans votre nom. "
        "C’est définitif.",
        "button_label": "Effacer mon compte",
        "cancel_url": reverse("accounts:account"),
        "breadcrumb_data": breadcrumb(ACCOUNT, current="Effacer mon compte"),
    }
    return form_page(request, "pages/confirm.html", form=form, context=context)
