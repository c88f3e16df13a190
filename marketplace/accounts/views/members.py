"""One member: the roles they hold, giving, confirming and taking back a role."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.abilities import allowed, grant_abilities, organisation_abilities, require
from marketplace.accounts.actions.members import confirm_role, end_membership, grant_role, revoke_role
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import DELEGATED_ROLES, OrganisationKind, Role
from marketplace.accounts.forms.organisation import RoleForm
from marketplace.accounts.models import Membership, RoleGrant
from marketplace.accounts.views.answers import form_page, try_rule
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from marketplace.ui.typography import euros

HOME = ("Organisation", "/organisation/")


def visible_member(request: HttpRequest, member_id: str) -> Membership:
    """A colleague; support sees the members of every organisation but the operator's."""
    actor: Actor = request.actor
    members = Membership.objects.active().select_related("user", "organisation")
    if actor.has(Role.SUPPORT):
        members = members.exclude(organisation__kind=OrganisationKind.OPERATOR) | members.filter(
            organisation=actor.organisation
        )
    else:
        members = members.filter(organisation=actor.organisation)
    return get_object_or_404(members, uuid=member_id)


@login_required
@once
def member(request: HttpRequest, member_id: str) -> HttpResponse:
    found = visible_member(request, member_id)
    organisation, actor = found.organisation, request.actor
    grants = list(
        RoleGrant.objects.filter(membership=found)
        .select_related("granted_by", "confirmed_by", "revoked_by", "membership__organisation")
        .order_by("revoked_at", "role")
    )
    today = timezone.localdate()
    held = frozenset(
        g.role for g in grants if g.revoked_at is None and (g.expires_on is None or g.expires_on >= today)
    )
    verdicts = organisation_abilities(actor, organisation)
    form = RoleForm(request.POST or None, organisation=organisation, held=held)
    if request.method == "POST":
        require(verdicts, "grant_role")
        if form.is_valid() and _grant(request, found, form) is not None:
            return redirect("accounts:member", member_id=found.uuid)
    context = {
        "member": found,
        "rows": [_row(actor, grant) for grant in grants],
        "may_grant": allowed(verdicts, "grant_role") and not actor.is_person(found.user_id),
        "may_end": allowed(verdicts, "end_membership"),
        "breadcrumb_data": breadcrumb(HOME, current=str(found.user)),
    }
    return form_page(request, "accounts/member.html", form=form, context=context)


def _grant(request: HttpRequest, found: Membership, form: RoleForm) -> RoleGrant | None:
    role = form.cleaned_data["role"]
    made = try_rule(form, lambda: grant_role(found, role, actor=request.actor, terms=form.terms()))
    if made is not None:
        waits = " Il vaudra une fois confirmé par une autre personne." if made.waits_for_confirmation else ""
        messages.success(request, f"Rôle «\u00a0{made}\u00a0» donné à {found.user}.{waits}")
    return made


def _row(actor: Actor, grant: RoleGrant) -> dict[str, object]:
    verdicts = grant_abilities(actor, grant)
    return {
        "grant": grant,
        "in_force": grant.in_force(timezone.localdate()),
        "may_confirm": grant.waits_for_confirmation and allowed(verdicts, "confirm"),
        "why_not": verdicts["confirm"] if grant.waits_for_confirmation else "",
        "may_revoke": grant.revoked_at is None and allowed(verdicts, "revoke"),
    }


def _open_grant(request: HttpRequest, member_id: str, role: str) -> RoleGrant:
    found = visible_member(request, member_id)
    grants = RoleGrant.objects.select_related("membership__organisation", "membership__user")
    return get_object_or_404(grants, membership=found, role=role, revoked_at__isnull=True)


@login_required
@once
def role_confirm(request: HttpRequest, member_id: str, role: str) -> HttpResponse:
    grant = _open_grant(request, member_id, role)
    require(grant_abilities(request.actor, grant), "confirm")
    if request.method == "POST":
        confirm_role(grant, actor=request.actor)
        messages.success(request, f"Rôle «\u00a0{grant}\u00a0» confirmé.")
        return redirect("accounts:member", member_id=member_id)
    context = {
        "title": f"Confirmer le rôle «\u00a0{grant}\u00a0»",
        "lead": f"Donné à {grant.membership.user} "
        f"par {grant.granted_by or 'la déclaration de l’organisation'}.",
        "facts": _delegation(grant),
        "button_label": "Confirmer le rôle",
        "cancel_url": reverse("accounts:member", args=[member_id]),
        "breadcrumb_data": breadcrumb(HOME, current="Confirmer un rôle"),
    }
    return render(request, "pages/confirm.html", context)


def _delegation(grant: RoleGrant) -> list[tuple[str, object]]:
    """What the delegation order says; nothing for a role that needs none."""
    if grant.role not in DELEGATED_ROLES:
        return []
    ceiling = grant.ceiling_eur
    return [
        ("Plafond", None if ceiling is None else euros(ceiling, tax=grant.ceiling_basis)),
        ("Arrêté de délégation", grant.delegation_reference),
        ("Date de l’arrêté", grant.delegation_date),
    ]


@login_required
@once
def role_revoke(request: HttpRequest, member_id: str, role: str) -> HttpResponse:
    grant = _open_grant(request, member_id, role)
    require(grant_abilities(request.actor, grant), "revoke")
    if request.method == "POST":
        revoke_role(grant, actor=request.actor)
        messages.success(request, f"Rôle «\u00a0{grant}\u00a0» retiré.")
        return redirect("accounts:member", member_id=member_id)
    context = {
        "title": f"Retirer le rôle «\u00a0{grant}\u00a0»",
        "lead": f"{grant.membership.user} ne pourra plus agir à ce titre, dès maintenant.",
        "button_label": "Retirer le rôle",
        "cancel_url": reverse("accounts:member", args=[member_id]),
        "breadcrumb_data": breadcrumb(HOME, current="Retirer un rôle"),
    }
    return render(request, "pages/confirm.html", context)


@login_required
@once
def member_end(request: HttpRequest, member_id: str) -> HttpResponse:
    found = visible_member(request, member_id)
    require(organisation_abilities(request.actor, found.organisation), "end_membership")
    if request.method == "POST":
        end_membership(found, actor=request.actor)
        messages.success(request, f"{found.user} n’est plus membre de {found.organisation.name}.")
        return redirect("accounts:organisation")
    context = {
        "title": f"Retirer {found.user} de l’organisation",
        "lead": "Ses rôles et ses jetons s’arrêtent aussitôt. Ce que cette personne a fait reste au journal.",
        "button_label": "Retirer la personne",
        "cancel_url": reverse("accounts:member", args=[member_id]),
        "breadcrumb_data": breadcrumb(HOME, current="Retirer une personne"),
    }
    return render(request, "pages/confirm.html", context)
