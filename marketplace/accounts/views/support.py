"""Support: organisations to verify, people to unblock, the list of public e-mail domains.

The platform's administrator has the same first page, for the operator's members only.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.abilities import (
    allowed,
    organisation_abilities,
    person_abilities,
    require,
    role_needed,
)
from marketplace.accounts.actions.invitations import invite
from marketplace.accounts.actions.members import admins_of
from marketplace.accounts.actions.organisations import (
    confirmed_first_admins,
    create_organisation,
    list_domain,
    unlist_domain,
    verify_organisation,
)
from marketplace.accounts.enums import OrganisationKind, OrganisationState, Role, admin_role
from marketplace.accounts.forms.organisation import BuyerForm, InvitationForm, ReasonForm
from marketplace.accounts.forms.support import PROOFS, DomainForm, PersonSearchForm, ProofForm
from marketplace.accounts.lockout import is_locked, unlock
from marketplace.accounts.models import Membership, Organisation, PublicEmailDomain, RoleGrant, User
from marketplace.accounts.views.answers import form_page, try_rule
from marketplace.audit.journal import record
from marketplace.errors import NotAllowed
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once

HOME = ("Personnes et organisations", "/pilotage/personnes/")
PER_PAGE = 25


def _require(request: HttpRequest, *roles: str) -> None:
    if not request.actor.has(*roles):
        raise NotAllowed("not_allowed", role_needed(*roles))


@login_required
def people(request: HttpRequest) -> HttpResponse:
    _require(request, Role.SUPPORT, Role.PLATFORM_ADMIN)
    supporting = request.actor.has(Role.SUPPORT)
    form = PersonSearchForm(request.GET if "q" in request.GET else None)
    found = (
        _search(form.cleaned_data["q"], everybody=supporting) if form.is_bound and form.is_valid() else None
    )
    waiting = Organisation.objects.filter(state=OrganisationState.PENDING).annotate(
        people=Count("memberships", filter=Q(memberships__ended_at__isnull=True))
    )
    context = {
        "supporting": supporting,
        "page": Paginator(waiting.order_by("created_at", "pk"), PER_PAGE).get_page(request.GET.get("page")),
        "found": found,
        "operator_members": _operator_members() if request.actor.has(Role.PLATFORM_ADMIN) else None,
        "breadcrumb_data": breadcrumb(current=HOME[0]),
    }
    return form_page(request, "accounts/people.html", form=form, context=context)


def _search(text: str, *, everybody: bool) -> QuerySet[User]:
    people = User.objects.filter(
        Q(email__icontains=text) | Q(full_name__icontains=text), erased_at__isnull=True
    )
    if not everybody:
        people = people.filter(memberships__organisation__kind=OrganisationKind.OPERATOR).distinct()
    return people.order_by("full_name", "pk")[:PER_PAGE]


def _operator_members() -> QuerySet[Membership]:
    members = Membership.objects.active().filter(organisation__kind=OrganisationKind.OPERATOR)
    return members.select_related("user", "organisation").order_by("user__full_name", "pk")


@login_required
@once
def person(request: HttpRequest, person_id: str) -> HttpResponse:
    _require(request, Role.SUPPORT, Role.PLATFORM_ADMIN)
    people = User.objects.filter(erased_at__isnull=True)
    if not request.actor.has(Role.SUPPORT):
        people = people.filter(memberships__organisation__kind=OrganisationKind.OPERATOR).distinct()
    found = get_object_or_404(people, uuid=person_id)
    verdicts = person_abilities(request.actor, found)
    if request.method == "POST":
        require(verdicts, "unlock")
        unlock(found.email)
        record(found, "unlock", actor=request.actor)
        messages.success(request, f"{found} peut de nouveau se connecter.")
        return redirect("accounts:person", person_id=found.uuid)
    context = {
        "person": found,
        "locked": is_locked(found.email),
        "may_unlock": allowed(verdicts, "unlock"),
        "memberships": Membership.objects.active().filter(user=found).select_related("organisation"),
        "breadcrumb_data": breadcrumb(HOME, current=str(found)),
    }
    return render(request, "accounts/person.html", context)


@login_required
@once
def organisation_new(request: HttpRequest) -> HttpResponse:
    _require(request, Role.SUPPORT)
    form = BuyerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = try_rule(form, lambda: create_organisation(identity=form.identity(), actor=request.actor))
        if made is not None:
            messages.success(
                request, "Administration créée. Invitez maintenant la personne qui l’administrera."
            )
            return redirect("accounts:support_organisation", number=made.number)
    context = {
        "title": "Créer une administration",
        "lead": "Elle n’a aucun droit tant que sa première personne n’est pas vérifiée sur une preuve datée.",
        "button_label": "Créer l’administration",
        "cancel_url": HOME[1],
        "breadcrumb_data": breadcrumb(HOME, current="Créer une administration"),
    }
    return form_page(request, "pages/form.html", form=form, context=context)


@login_required
@once
def organisation(request: HttpRequest, number: int) -> HttpResponse:
    """One organisation: verify its first administrator on dated proof."""
    _require(request, Role.SUPPORT)
    found = get_object_or_404(Organisation.objects.select_related("verified_by"), number=number)
    verdicts = organisation_abilities(request.actor, found)
    form = ProofForm(
        request.POST or None, initial={"version": found.version, "proof_date": timezone.localdate()}
    )
    if request.method == "POST":
        require(verdicts, "verify")
        if form.is_valid() and _verify(request, found, form):
            messages.success(request, f"{found.name} est vérifiée.")
            return redirect("accounts:support_organisation", number=number)
    grants = RoleGrant.objects.in_force(timezone.localdate()).filter(membership__organisation=found)
    context = {
        "organisation": found,
        "proof_kind": dict(PROOFS).get(found.proof_kind, found.proof_kind),
        "grants": grants.select_related("membership__user"),
        "confirmed": confirmed_first_admins(found),
        "may_verify": allowed(verdicts, "verify")
        and "verify" in {move.name for move in found.available_moves()},
        "why_not": verdicts["verify"],
        "may_invite": allowed(verdicts, "invite") and not admins_of(found),
        "invitations": found.invitations.all()[:10],
        "twins": _twins(found),
        "breadcrumb_data": breadcrumb(HOME, current=found.name),
    }
    return form_page(request, "accounts/support_organisation.html", form=form, context=context)


def _verify(request: HttpRequest, found: Organisation, form: ProofForm) -> bool:
    data = form.cleaned_data
    made = try_rule(
        form,
        lambda: verify_organisation(
            found,
            actor=request.actor,
            proof_kind=data["proof_kind"],
            proof_reference=data["proof_reference"],
            proof_date=data["proof_date"],
            expected_version=data["version"],
        ),
    )
    return made is not None


def _twins(found: Organisation) -> QuerySet[Organisation]:
    """Others with the same identifier: a rival declaration, or the verified holder."""
    same = Organisation.objects.filter(identifier_scheme=found.identifier_scheme, identifier=found.identifier)
    return same.exclude(pk=found.pk)


@login_required
@once
def organisation_reject(request: HttpRequest, number: int) -> HttpResponse:
    _require(request, Role.SUPPORT)
    found = get_object_or_404(Organisation, number=number)
    require(organisation_abilities(request.actor, found), "reject")
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        found.reject(actor=request.actor, reason=form.cleaned_data["reason"])
        messages.success(request, f"{found.name} est refusée.")
        return redirect("accounts:people")
    context = {
        "title": f"Refuser {found.name}",
        "lead": "Ses membres gardent leur compte, sans aucun droit pour cette organisation.",
        "button_label": "Refuser l’organisation",
        "cancel_url": reverse("accounts:support_organisation", args=[number]),
        "breadcrumb_data": breadcrumb(
            HOME, (found.name, reverse("accounts:support_organisation", args=[number])), current="Refuser"
        ),
    }
    return form_page(request, "pages/confirm.html", form=form, context=context)


@login_required
@once
def organisation_invite(request: HttpRequest, number: int) -> HttpResponse:
    """The first administrator, by support; afterwards the organisation invites by itself."""
    _require(request, Role.SUPPORT)
    found = get_object_or_404(Organisation, number=number)
    require(organisation_abilities(request.actor, found), "invite")
    first = frozenset({admin_role(found.kind)})
    form = InvitationForm(request.POST or None, offered=first, initial={"roles": list(first)})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = try_rule(
            form, lambda: invite(found, email=data["email"], roles=data["roles"], actor=request.actor)
        )
        if made is not None:
            messages.success(request, f"Invitation envoyée à {made[0].email}. Elle vaut sept jours.")
            return redirect("accounts:support_organisation", number=number)
    context = {
        "title": f"Inviter la première personne de {found.name}",
        "lead": "Elle administrera l’organisation une fois vérifiée sur une preuve datée.",
        "button_label": "Envoyer l’invitation",
        "cancel_url": reverse("accounts:support_organisation", args=[number]),
        "breadcrumb_data": breadcrumb(
            HOME, (found.name, reverse("accounts:support_organisation", args=[number])), current="Inviter"
        ),
    }
    return form_page(request, "pages/form.html", form=form, context=context)


@login_required
@once
def domains(request: HttpRequest) -> HttpResponse:
    _require(request, Role.SUPPORT)
    form = DomainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = try_rule(
            form,
            lambda: list_domain(
                data["organisation"], domain=data["domain"], source=data["source"], actor=request.actor
            ),
        )
        if made is not None:
            messages.success(request, f"Domaine {made.domain} ajouté.")
            return redirect("accounts:domains")
    rows = PublicEmailDomain.objects.select_related("organisation", "added_by")
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "breadcrumb_data": breadcrumb(HOME, current="Domaines publics"),
    }
    return form_page(request, "accounts/domains.html", form=form, context=context)


@login_required
@once
def domain_remove(request: HttpRequest, number: int, domain: str) -> HttpResponse:
    _require(request, Role.SUPPORT)
    row = get_object_or_404(
        PublicEmailDomain.objects.select_related("organisation"), organisation__number=number, domain=domain
    )
    if request.method == "POST":
        unlist_domain(row, actor=request.actor)
        messages.success(request, f"Domaine {domain} retiré.")
        return redirect("accounts:domains")
    context = {
        "title": f"Retirer le domaine {domain}",
        "lead": f"Il n’ouvrira plus {row.organisation.name}. Les membres déjà admis restent.",
        "button_label": "Retirer le domaine",
        "cancel_url": reverse("accounts:domains"),
        "breadcrumb_data": breadcrumb(
            HOME, ("Domaines publics", reverse("accounts:domains")), current="Retirer"
        ),
    }
    return render(request, "pages/confirm.html", context)
