"""What the marketplace signs: its did:web document, its credentials, their status lists, and the page from
which a supplier asks for one and takes the draft description of its offer."""

from __future__ import annotations

import json
import uuid as uuids

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.middleware import actor_of
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from qualification.forms_signed import RevokeForm
from qualification.gaiax.contexts import OWN_TERMS
from qualification.gaiax.status import PURPOSES
from qualification.models import OfferCredential, SignedFinding
from qualification.signing import issue
from qualification.signing.abilities import attached_abilities, revoking_abilities
from qualification.signing.drafts import draft_of
from qualification.signing.jwt import payload_of
from qualification.signing.keys import did_document, own_did
from qualification.views.coverage import own_offer

# Of 131,072 credentials each.
MOST_LISTS = 10_000
JWT_TYPE = "application/vc+jwt"


@require_safe
def did_json(request: HttpRequest) -> HttpResponse:
    return JsonResponse(did_document(), json_dumps_params={"indent": 1})


@require_safe
def own_context(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"@context": OWN_TERMS}, content_type="application/ld+json")


@require_safe
def status_list(request: HttpRequest, purpose: str, number: int) -> HttpResponse:
    """Never kept by a cache for long: a revocation is read at once."""
    if purpose not in PURPOSES or number > MOST_LISTS:
        raise NotVisible
    answer = HttpResponse(issue.status_list(purpose, number, now=timezone.now()), content_type=JWT_TYPE)
    answer["Cache-Control"] = "max-age=60"
    return answer


@require_safe
def signed_jwt(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    return HttpResponse(_finding(uuid).text, content_type=JWT_TYPE)


@require_safe
def signed_finding(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """What the credential says, in French, for whoever was handed its address."""
    finding = _finding(uuid)
    context = {
        "finding": finding,
        "subject": _subject(finding),
        "did": own_did(),
        "may_revoke": allowed(revoking_abilities(actor_of(request), finding), "revoke"),
        "breadcrumb_data": breadcrumb(current="Constats signés"),
    }
    return render(request, "qualification/gaiax/signed.html", context)


@login_required
@once
@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    finding, actor = _finding(uuid), actor_of(request)
    require(revoking_abilities(actor, finding), "revoke")
    form = RevokeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        issue.revoke(finding, actor=actor, reason=form.cleaned_data["reason"])
        messages.success(request, "Titre révoqué. La liste de statuts le dit.")
        return redirect(finding)
    context = {
        "title": "Révoquer ce titre",
        "lead": "Qui le vérifie lira qu’il est révoqué. Cela ne se reprend pas : un autre peut être émis.",
        "facts": [
            ("Titre", finding.get_kind_display()),
            ("Offre", finding.offer),
            ("État", finding.status_words),
        ],
        "form": form,
        "button_label": "Révoquer ce titre",
        "cancel_url": finding.get_absolute_url(),
        "breadcrumb_data": breadcrumb(("Constats signés", finding.get_absolute_url()), current="Révoquer"),
    }
    return render(request, "pages/confirm.html", context, status=400 if form.errors else 200)


@login_required
@once
@require_http_methods(["GET", "POST"])
def offer_titles(request: HttpRequest, number: int) -> HttpResponse:
    """The supplier's page: ask for a signed credential, read those issued, take the draft description."""
    offer, actor = own_offer(request, number), actor_of(request)
    refusal = ""
    if request.method == "POST":
        try:
            made = issue.issue_for_offer(offer, actor=actor)
        except RuleBroken as refused:
            refusal = refused.message
        else:
            messages.success(
                request, "Constats signés. L’adresse du titre peut être remise à qui le demande."
            )
            return redirect(made)
    attached = OfferCredential.objects.filter(offer=offer).select_related("offer__supplier").first()
    context = {
        "offer": offer,
        "refusal": refusal,
        "attached": attached,
        "may_detach": attached is not None
        and attached.detached_at is None
        and allowed(attached_abilities(actor, attached), "detach"),
        "findings": offer.signed_findings.select_related("offer"),
        "draft": draft_of(offer),
        "is_listed": offer.state == "listed",
        "breadcrumb_data": breadcrumb(
            ("Mes offres", "/mes-offres/"), current=f"Titres Gaia-X de {offer.name}"
        ),
    }
    return render(request, "qualification/gaiax/titles.html", context, status=400 if refusal else 200)


@login_required
@require_safe
def draft_file(request: HttpRequest, number: int) -> HttpResponse:
    offer = own_offer(request, number)
    text = json.dumps(draft_of(offer).credentials, ensure_ascii=False, indent=2)
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="description-gaia-x-{offer.number}.json"'
    return answer


def _finding(uuid: uuids.UUID) -> SignedFinding:
    """Whoever holds the address may read it: a credential is made to be handed over."""
    found = SignedFinding.objects.select_related("offer__supplier", "key").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def _subject(finding: SignedFinding) -> dict[str, object]:
    return dict(payload_of(finding.text)["credentialSubject"])
