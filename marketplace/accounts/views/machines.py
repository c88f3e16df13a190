"""Service accounts of the organisation and their tokens."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from marketplace.accounts.abilities import organisation_abilities, require
from marketplace.accounts.actions.access import (
    close_service_account,
    create_machine_token,
    create_service_account,
    machine_roles,
    revoke_token,
)
from marketplace.accounts.enums import Role
from marketplace.accounts.forms.account import LifetimeForm, ServiceAccountForm
from marketplace.accounts.models import ApiToken, Organisation, ServiceAccount
from marketplace.accounts.views.answers import form_page, try_rule
from marketplace.accounts.views.organisation import HOME, own_organisation
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once

LIST = ("Comptes de service", "/organisation/comptes-de-service/")


def _governed(request: HttpRequest) -> Organisation:
    organisation = own_organisation(request)
    require(organisation_abilities(request.actor, organisation), "manage_service_accounts")
    return organisation


@login_required
@once
def service_accounts(request: HttpRequest) -> HttpResponse:
    organisation = _governed(request)
    form = ServiceAccountForm(request.POST or None, roles=machine_roles(organisation))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = try_rule(
            form,
            lambda: create_service_account(
                organisation, name=data["name"], roles=data["roles"], actor=request.actor
            ),
        )
        if made is not None:
            messages.success(request, "Compte de service créé. Donnez-lui maintenant un jeton.")
            return redirect("accounts:service_account", account_id=made.uuid)
    open_now = Q(tokens__revoked_at__isnull=True, tokens__expires_at__gt=timezone.now())
    accounts = ServiceAccount.objects.filter(organisation=organisation).select_related("created_by")
    context = {
        "accounts": accounts.annotate(open_tokens=Count("tokens", filter=open_now)),
        "breadcrumb_data": breadcrumb(HOME, current=LIST[0]),
    }
    return form_page(request, "accounts/service_accounts.html", form=form, context=context)


@login_required
@never_cache
def service_account(request: HttpRequest, account_id: str) -> HttpResponse:
    """Its tokens; a new one's secret is in this answer and nowhere else."""
    organisation = _governed(request)
    account = get_object_or_404(ServiceAccount, uuid=account_id, organisation=organisation)
    form, secret = LifetimeForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = try_rule(
            form,
            lambda: create_machine_token(
                account, label=data["label"], lifetime=data["lifetime"], actor=request.actor
            ),
        )
        if made is not None:
            secret, form = made[1], LifetimeForm()
    context = {
        "account": account,
        "roles": [Role(role).label for role in account.roles],
        "tokens": ApiToken.objects.filter(service_account=account),
        "secret": secret,
        "breadcrumb_data": breadcrumb(HOME, LIST, current=account.name),
    }
    return form_page(request, "accounts/service_account.html", form=form, context=context)


@login_required
@once
def service_account_close(request: HttpRequest, account_id: str) -> HttpResponse:
    organisation = _governed(request)
    account = get_object_or_404(ServiceAccount, uuid=account_id, organisation=organisation)
    if request.method == "POST":
        close_service_account(account, actor=request.actor)
        messages.success(request, "Compte de service fermé. Ses jetons ne servent plus.")
        return redirect("accounts:service_accounts")
    context = {
        "title": f"Fermer le compte de service «\u00a0{account.name}\u00a0»",
        "lead": "Ses jetons s’arrêtent aussitôt.",
        "button_label": "Fermer le compte",
        "cancel_url": reverse("accounts:service_account", args=[account.uuid]),
        "breadcrumb_data": breadcrumb(HOME, LIST, current="Fermer"),
    }
    return render(request, "pages/confirm.html", context)


@login_required
@once
def machine_token_revoke(request: HttpRequest, account_id: str, token_id: str) -> HttpResponse:
    organisation = _governed(request)
    token = get_object_or_404(
        ApiToken, uuid=token_id, service_account__uuid=account_id, service_account__organisation=organisation
    )
    if request.method == "POST":
        revoke_token(token, actor=request.actor)
        messages.success(request, "Jeton révoqué. Il ne sert plus.")
        return redirect("accounts:service_account", account_id=account_id)
    context = {
        "title": f"Révoquer le jeton «\u00a0{token.label}\u00a0»",
        "lead": "Le programme qui l’emploie sera refusé aussitôt.",
        "button_label": "Révoquer le jeton",
        "cancel_url": reverse("accounts:service_account", args=[account_id]),
        "breadcrumb_data": breadcrumb(HOME, LIST, current="Révoquer"),
    }
    return render(request, "pages/confirm.html", context)
