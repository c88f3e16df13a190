"""Reviews by users: those of an offer, one of them, writing and revising it, the operator's list."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from catalog.models import Offer
from catalog.views.finding import on_offer
from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.enums import OPERATOR_ROLES, Role
from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from procurement.models import UserReview
from procurement.models.user_review import counts_of
from procurement.views.find import actor_of, typed_version
from procurement.voices import actions as voices
from procurement.voices.abilities import (
    offer_voice_abilities,
    user_review_abilities,
    voices_abilities,
)
from procurement.voices.enums import Criterion, UserReviewState
from procurement.voices.forms import ReviewForm
from procurement.voices.move_pages import pages_for

PER_PAGE = 20


def visible_review(request: HttpRequest, uuid: uuids.UUID) -> UserReview:
    """Raises NotVisible."""
    review = UserReview.objects.visible_to(actor_of(request)).for_pages().filter(uuid=uuid).first()
    if review is None:
        raise NotVisible()
    return review


@on_offer
def offer_reviews(request: HttpRequest, offer: Offer) -> HttpResponse:
    actor = actor_of(request)
    published = list(UserReview.objects.published().filter(offer=offer).for_pages())
    context = {
        "offer": offer,
        "page": Paginator(published, PER_PAGE).get_page(request.GET.get("page")),
        "total": len(published),
        "counts": counts_of(published),
        "own": _own(request, offer),
        "may_review": allowed(offer_voice_abilities(actor, offer), "review"),
        "breadcrumb_data": breadcrumb(
            ("Offres", "/offres/"), (offer.name, offer.get_absolute_url()), current="Avis d’utilisateurs"
        ),
    }
    return render(request, "procurement/voices/offer.html", context)


def _own(request: HttpRequest, offer: Offer) -> UserReview | None:
    actor = actor_of(request)
    if actor.organisation is None or not actor.is_buyer:
        return None
    return UserReview.objects.filter(offer=offer, organisation=actor.organisation).first()


@login_required
@once
@on_offer
def review_write(request: HttpRequest, offer: Offer) -> HttpResponse:
    actor = actor_of(request)
    require(offer_voice_abilities(actor, offer), "review")
    own = _own(request, offer)
    if own is not None:
        return redirect("procurement:review_revise", own.uuid)
    form = ReviewForm.of(request)
    if form.is_bound and form.is_valid():
        made = voices.write(offer, actor=actor, **form.review())
        messages.success(request, "Avis publié. Le fournisseur est prévenu et peut y répondre.")
        return redirect(made)
    context = _form(form, offer=offer, title=f"Donner un avis sur {offer.name}", button="Publier l’avis")
    return render(request, "procurement/voices/form.html", context, status=400 if form.errors else 200)


@login_required
@once
def review_revise(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    review, actor = visible_review(request, uuid), actor_of(request)
    require(user_review_abilities(actor, review), "edit")
    initial = {"text": review.text, **{code: review.ratings.get(code, "") for code in Criterion.values}}
    form = ReviewForm(request.POST) if request.method == "POST" else ReviewForm(initial=initial)
    if form.is_bound and form.is_valid():
        voices.revise(review, actor=actor, expected_version=typed_version(request), **form.review())
        messages.success(request, "Avis modifié. La version précédente est conservée.")
        return redirect(review)
    context = _form(form, offer=review.offer, title="Modifier l’avis", button="Enregistrer l’avis")
    context |= {"version": review.version, "cancel_url": review.get_absolute_url()}
    return render(request, "procurement/voices/form.html", context, status=400 if form.errors else 200)


def _form(form: ReviewForm, *, offer: Offer, title: str, button: str) -> dict[str, Any]:
    url = reverse("procurement:offer_reviews", args=[offer.number, offer.slug])
    return {
        "title": title,
        "lead": "Dites ce que votre administration a constaté. L’avis ne change ni l’ordre des offres "
        "ni leur conformité. L’opérateur ne le masque que pour un motif légal.",
        "form": form,
        "button_label": button,
        "cancel_url": url,
        "breadcrumb_data": breadcrumb(
            (offer.name, offer.get_absolute_url()), ("Avis d’utilisateurs", url), current=title
        ),
    }


def user_review(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    review, actor = visible_review(request, uuid), actor_of(request)
    verdicts = user_review_abilities(actor, review)
    inside = allowed(verdicts, "edit") or actor.has(*OPERATOR_ROLES, Role.AUDITOR)
    url = reverse("procurement:offer_reviews", args=[review.offer.number, review.offer.slug])
    context = {
        "review": review,
        "inside": inside,
        "may_edit": allowed(verdicts, "edit"),
        "pages": pages_for(actor, review),
        "editions": list(review.editions.select_related("written_by")) if inside else [],
        "breadcrumb_data": breadcrumb(
            (review.offer.name, review.offer.get_absolute_url()),
            ("Avis d’utilisateurs", url),
            current=f"Avis de {review.organisation}",
        ),
    }
    return render(request, "procurement/voices/review.html", context)


@login_required
def moderated(request: HttpRequest) -> HttpResponse:
    """Contested first, then hidden, then the newest."""
    require(voices_abilities(actor_of(request)), "moderate")
    rows = UserReview.objects.for_pages()
    context = {
        "contested": list(rows.filter(state=UserReviewState.CONTESTED).order_by("state_since")),
        "page": Paginator(rows.exclude(state=UserReviewState.CONTESTED), PER_PAGE).get_page(
            request.GET.get("page")
        ),
        "breadcrumb_data": breadcrumb(current="Avis d’utilisateurs"),
    }
    return render(request, "procurement/voices/moderation.html", context)
