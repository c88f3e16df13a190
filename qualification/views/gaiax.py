"""Pasting a Gaia-X credential and reading, check by check, what holds and how to repair."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from catalog.models import Offer
from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.middleware import actor_of
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from qualification import attaching, verifications
from qualification.forms_gaiax import AttachForm, DetachForm, VerifyForm
from qualification.gaiax.remedies import lines_of
from qualification.models import GaiaxVerification, OfferCredential
from qualification.signing import issue, keys
from qualification.signing.abilities import asking_abilities, attached_abilities
from qualification.views.coverage import own_offer


@login_required
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """With documents and anchors the answer is on this page; otherwise on that of the verification.
    `?depuis=` takes up again what was sent."""
    actor, report = actor_of(request), None
    form = VerifyForm(request.POST or None, initial=_again(request))
    if request.method == "POST" and form.is_valid():
        try:
            found = verifications.ask(actor=actor, **form.given())
        except RuleBroken as refused:
            form.refuse(refused)
        else:
            if isinstance(found, GaiaxVerification):
                return redirect(found)
            report = found
    context = {
        "form": form,
        **_shown(report),
        "breadcrumb_data": breadcrumb(current="Vérifier un titre Gaia-X"),
    }
    return render(request, "qualification/gaiax/verify.html", context, status=400 if form.errors else 200)


@login_required
@require_GET
def show(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    row = _visible(request, uuid)
    trail = breadcrumb(("Vérifier un titre Gaia-X", "/gaia-x/verifier/"), current="Résultat")
    attachable = allowed(asking_abilities(actor_of(request)), "create") and row.is_passed
    context = {
        "verification": row,
        **_shown(row.report or None),
        "attachable": attachable,
        "signable": attachable and keys.can_sign(),
        "breadcrumb_data": trail,
    }
    part = request.headers.get("HX-Request") == "true"
    template = "qualification/gaiax/_result.html" if part else "qualification/gaiax/result.html"
    return render(request, template, context)


@login_required
@once
@require_http_methods(["GET", "POST"])
def attach(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """The verified presentation becomes the one that the offer's page of levels shows."""
    actor, row = actor_of(request), _visible(request, uuid)
    require(asking_abilities(actor), "create")
    own = Offer.objects.owned_by(actor).exclude(state="removed").for_sheet().order_by("name")
    form = AttachForm(request.POST or None, offers=[(str(one.number), one.name) for one in own])
    if request.method == "POST" and form.is_valid():
        offer = own.get(number=form.cleaned_data["offer"])
        try:
            attaching.attach(row, offer, actor=actor)
        except RuleBroken as refused:
            form.refuse(refused)
        else:
            messages.success(request, "Titre rattaché à l’offre, à lire sur cette page.")
            return redirect("qualification:labels", offer.number, offer.slug)
    context = {
        "title": "Rattacher ce titre à une offre",
        "lead": "Il faut un verdict conforme sur nos ancres, et votre numéro dans le titre.",
        "form": form,
        "button_label": "Rattacher le titre",
        "cancel_url": row.get_absolute_url(),
        "breadcrumb_data": breadcrumb(
            ("Vérifier un titre Gaia-X", "/gaia-x/verifier/"),
            ("Résultat", row.get_absolute_url()),
            current="Rattacher",
        ),
    }
    return render(request, "pages/confirm.html", context, status=400 if form.errors else 200)


@login_required
@once
@require_POST
def sign(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """The verdict in a credential of ours. What is refused is told on the page it was asked from."""
    row = _visible(request, uuid)
    try:
        made = issue.issue_for_verification(row, actor=actor_of(request))
    except RuleBroken as refused:
        messages.error(request, refused.message)
        return redirect(row)
    messages.success(request, "Constat signé. L’adresse du titre peut être remise à qui le demande.")
    return redirect(made)


@login_required
@once
@require_http_methods(["GET", "POST"])
def detach(request: HttpRequest, number: int) -> HttpResponse:
    """The presentation attached to an offer of one's own is shown no more."""
    actor, offer = actor_of(request), own_offer(request, number)
    kept = OfferCredential.objects.attached().filter(offer=offer).select_related("offer__supplier").first()
    if kept is None:
        raise NotVisible
    require(attached_abilities(actor, kept), "detach")
    form = DetachForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        attaching.detach(kept, actor=actor, reason=form.cleaned_data["reason"])
        messages.success(request, "Présentation détachée. Elle n’est plus montrée.")
        return redirect(kept)
    context = {
        "title": "Détacher cette présentation",
        "lead": "La page des niveaux Gaia-X ne la montrera plus. Une autre peut être rattachée ensuite.",
        "facts": [("Offre", offer.name), ("Émetteur", kept.issuer), ("État", kept.standing.label)],
        "form": form,
        "button_label": "Détacher la présentation",
        "cancel_url": kept.get_absolute_url(),
        "breadcrumb_data": breadcrumb(
            ("Mes offres", "/mes-offres/"),
            (f"Titres Gaia-X de {offer.name}", kept.get_absolute_url()),
            current="Détacher",
        ),
    }
    return render(request, "pages/confirm.html", context, status=400 if form.errors else 200)


def _visible(request: HttpRequest, uuid: uuids.UUID) -> GaiaxVerification:
    row = GaiaxVerification.objects.visible_to(actor_of(request)).filter(uuid=uuid).first()
    if row is None:
        raise NotVisible
    return row


def _again(request: HttpRequest) -> dict[str, str]:
    try:
        row = _visible(request, uuids.UUID(request.GET.get("depuis", "")))
    except (ValueError, NotVisible):
        return {}
    return {"credential": row.text}


def _shown(report: dict[str, Any] | None) -> dict[str, Any]:
    return {"report": report, "lines": lines_of(report) if report else []}
