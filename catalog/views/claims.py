"""Claiming a public sheet, and the curator's decision."""

from __future__ import annotations

import uuid as uuids

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from catalog.abilities import catalog_abilities, claim_abilities
from catalog.actions import claims
from catalog.enums import ClaimProof
from catalog.forms.claims import ClaimForm
from catalog.forms.marks import ReasonForm
from catalog.models import Offer, OfferClaim
from catalog.views.finding import actor_of, on_offer
from catalog.views.sheet import trail
from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once


@once
@on_offer(ability="claim")
def claim(request: HttpRequest, *, offer: Offer) -> HttpResponse:
    actor = actor_of(request)
    existing = OfferClaim.objects.filter(
        offer=offer, organisation=actor.organisation, state__in=OfferClaim.OPEN_STATES
    ).first()
    if existing is not None:
        return redirect("catalog:claim_page", existing.uuid)
    form = ClaimForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = claims.open_claim(
                offer,
                actor=actor,
                proof=form.cleaned_data["proof"],
                register_contact=form.cleaned_data["register_contact"],
            )
            messages.success(request, "Revendication déposée.")
            return redirect("catalog:claim_page", made.uuid)
        except RuleBroken as error:
            for field, said in (error.fields or {"proof": [error.message]}).items():
                form.add_error(field, said)
    context = {
        "title": "Revendiquer cette fiche",
        "lead": f"{offer.name} – {offer.supplier.name}. "
        "Un modérateur l’accorde sur une preuve qui ne vient pas de vous seul.",
        "form": form,
        "button_label": "Déposer la revendication",
        "cancel_url": offer.get_absolute_url(),
        "breadcrumb_data": trail(offer, part="Revendiquer"),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)


def claim_list(request: HttpRequest) -> HttpResponse:
    require(catalog_abilities(actor_of(request)), "curate")
    rows = OfferClaim.objects.select_related("offer", "organisation").order_by("created_at", "pk")
    context = {
        "waiting": rows.filter(state__in=OfferClaim.OPEN_STATES),
        "decided": rows.exclude(state__in=OfferClaim.OPEN_STATES).order_by("-state_since")[:50],
        "breadcrumb_data": breadcrumb(current="Revendications"),
    }
    return render(request, "catalog/claims.html", context)


def find_claim(actor: Actor, uuid: uuids.UUID) -> OfferClaim:
    """Raises NotVisible."""
    found = OfferClaim.objects.visible_to(actor).with_people().filter(uuid=uuid).first()
    if found is None:
        raise NotVisible()
    return found


@once
def claim_page(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    actor = actor_of(request)
    found = find_claim(actor, uuid)
    verdicts = claim_abilities(actor, found)
    form = ReasonForm(request.POST or None)
    if request.method == "POST":
        move = request.POST.get("move", "")
        if move == "check_dns":
            require(verdicts, "check_dns")
            seen = claims.check_dns(found, actor=actor)
            messages.info(
                request, "Enregistrement vu." if seen else "Enregistrement non trouvé pour le moment."
            )
            return redirect("catalog:claim_page", found.uuid)
        if move == "cancel":
            require(verdicts, "cancel")
            found.cancel(actor=actor)
            messages.success(request, "Revendication annulée.")
            return redirect("catalog:claim_page", found.uuid)
        require(verdicts, move)
        if form.is_valid():
            decide = claims.grant if move == "grant" else claims.refuse
            decide(found, actor=actor, reason=form.cleaned_data["reason"])
            messages.success(request, "Décision enregistrée. Les personnes concernées sont prévenues.")
            return redirect("catalog:claim_list")
    open_now = found.state in OfferClaim.OPEN_STATES
    context = {
        "claim": found,
        "form": form,
        "is_dns": found.proof == ClaimProof.DNS,
        "rivals": OfferClaim.objects.filter(offer=found.offer)
        .exclude(pk=found.pk)
        .select_related("organisation"),
        "may": {name: open_now and allowed(verdicts, name) for name in verdicts},
        "refusal": verdicts["grant"] if actor.has(Role.CURATOR) else "",
        "breadcrumb_data": trail(found.offer, part="Revendication"),
    }
    return render(request, "catalog/claim.html", context, status=400 if form.errors else 200)
