"""The organisation one acts for: its members, its invitations; choosing or joining another one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from marketplace.accounts.abilities import allowed, organisation_abilities, require
from marketplace.accounts.actions.invitations import invite
from marketplace.accounts.actions.organisations import declare_supplier, join_by_domain, organisations_open_to
from marketplace.accounts.enums import OrganisationKind, roles_of_kind
from marketplace.accounts.forms.organisation import InvitationForm, SupplierForm
from marketplace.accounts.middleware import SESSION_KEY
from marketplace.accounts.models import Invitation, Membership, Organisation, RoleGrant
from marketplace.accounts.views.answers import form_page, try_rule
from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once

HOME = ("Organisation", "/organisation/")
MEMBERS_PER_PAGE = 50


def own_organisation(request: HttpRequest) -> Organisation:
    """Raises NotVisible for somebody who acts for none."""
    if request.actor.organisation is None:
        raise NotVisible
    return request.actor.organisation


@login_required
def home(request: HttpRequest) -> HttpResponse:
    if request.actor.organisation is None:
        return redirect("accounts:join")
    organisation = own_organisation(request)
    grants = RoleGrant.objects.filter(revoked_at__isnull=True).select_related("granted_by", "confirmed_by")
    members = (
        Membership.objects.active()
        .filter(organisation=organisation)
        .select_related("user")
        .prefetch_related(Prefetch("grants", queryset=grants))
        .order_by("user__full_name", "pk")
    )
    verdicts = organisation_abilities(request.actor, organisation)
    invitations = Invitation.objects.open_now().filter(organisation=organisation).select_related("invited_by")
    context = {
        "organisation": organisation,
        "page": Paginator(members, MEMBERS_PER_PAGE).get_page(request.GET.get("page")),
        "invitations": list(invitations) if allowed(verdicts, "invite") else [],
        "may_invite": allowed(verdicts, "invite"),
        "may_grant": allowed(verdicts, "grant_role"),
        "may_machine": allowed(verdicts, "manage_service_accounts"),
        "breadcrumb_data": breadcrumb(current=HOME[0]),
    }
    return render(request, "accounts/organisation.html", context)


@login_required
def switch(request: HttpRequest) -> HttpResponse:
    """Whom I act for. The choice lies in the session; each request checks it again."""
    memberships = Membership.objects.active().filter(user=request.user).select_related("organisation")
    if request.method == "POST":
        chosen = memberships.filter(organisation__number=_number(request.POST.get("organisation"))).first()
        if chosen is None:
            raise NotVisible
        request.session[SESSION_KEY] = chosen.pk
        messages.success(request, f"Vous agissez maintenant pour {chosen.organisation.name}.")
        return redirect("/bureau/")
    context = {
        "memberships": memberships,
        "breadcrumb_data": breadcrumb(HOME, current="Changer d’organisation"),
    }
    return render(request, "accounts/switch.html", context)


def _number(value: str | None) -> int:
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 10 else 0


@login_required
@once
def join(request: HttpRequest) -> HttpResponse:
    """For a person of no organisation yet: those their address opens, or declaring a supplier."""
    if request.method == "POST":
        organisation = get_object_or_404(Organisation, number=_number(request.POST.get("organisation")))
        membership = join_by_domain(request.user, organisation, actor=request.actor)
        request.session[SESSION_KEY] = membership.pk
        messages.success(request, f"Vous êtes membre de {organisation.name}, sans rôle pour le moment.")
        return redirect("accounts:organisation")
    context = {
        "organisations": organisations_open_to(request.user),
        "breadcrumb_data": breadcrumb(current="Rejoindre une organisation"),
    }
    return render(request, "accounts/join.html", context)


@login_required
@once
def declare(request: HttpRequest) -> HttpResponse:
    form = SupplierForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        identity = form.identity(OrganisationKind.SUPPLIER)
        made = try_rule(form, lambda: declare_supplier(request.user, identity=identity, actor=request.actor))
        if made is not None:
            membership = Membership.objects.get(user=request.user, organisation=made)
            request.session[SESSION_KEY] = membership.pk
            messages.success(
                request, "Fournisseur déclaré. L’assistance vérifie son identité avant d’ouvrir vos droits."
            )
            return redirect("accounts:organisation")
    context = {
        "title": "Déclarer un fournisseur",
        "lead": "Votre fournisseur n’a aucun droit tant que l’assistance n’a pas vérifié "
        "son identité sur une preuve datée.",
        "button_label": "Déclarer le fournisseur",
        "cancel_url": reverse("accounts:join"),
        "breadcrumb_data": breadcrumb(
            ("Rejoindre une organisation", reverse("accounts:join")), current="Déclarer un fournisseur"
        ),
    }
    return form_page(request, "pages/form.html", form=form, context=context)


@login_required
@once
def invite_page(request: HttpRequest) -> HttpResponse:
    organisation = own_organisation(request)
    require(organisation_abilities(request.actor, organisation), "invite")
    form = InvitationForm(request.POST or None, offered=roles_of_kind(organisation.kind))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = try_rule(
            form, lambda: invite(organisation, email=data["email"], roles=data["roles"], actor=request.actor)
        )
        if made is not None:
            messages.success(request, f"Invitation envoyée à {made[0].email}. Elle vaut sept jours.")
            return redirect("accounts:organisation")
    context = {
        "title": "Inviter une personne",
        "lead": "La personne reçoit un lien qui sert une fois, pendant sept jours.",
        "button_label": "Envoyer l’invitation",
        "cancel_url": HOME[1],
        "breadcrumb_data": breadcrumb(HOME, current="Inviter une personne"),
    }
    return form_page(request, "pages/form.html", form=form, context=context)


@login_required
@once
def invitation_revoke(request: HttpRequest, invitation_id: str) -> HttpResponse:
    organisation = own_organisation(request)
    invitation = get_object_or_404(Invitation, uuid=invitation_id, organisation=organisation)
    require(organisation_abilities(request.actor, organisation), "invite")
    if request.method == "POST":
        invitation.revoke(actor=request.actor)
        messages.success(request, "Invitation annulée. Son lien ne sert plus.")
        return redirect("accounts:organisation")
    context = {
        "title": f"Annuler l’invitation de {invitation.email}",
        "button_label": "Annuler l’invitation",
        "cancel_url": HOME[1],
        "breadcrumb_data": breadcrumb(HOME, current="Annuler une invitation"),
    }
    return render(request, "pages/confirm.html", context)
