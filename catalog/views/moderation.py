"""S21 at its smallest: a curator reads the difference, then accepts exactly that version or refuses it."""

from __future__ import annotations

import uuid as uuids

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from catalog.abilities import catalog_abilities, review_abilities
from catalog.actions import reviews
from catalog.categories import category_words
from catalog.enums import ReviewState
from catalog.forms.marks import ReasonForm
from catalog.models import VersionReview
from catalog.presentation import plans_of
from catalog.price_outliers.looking import price_places
from catalog.questions.diff import changes
from catalog.views.finding import actor_of
from marketplace.accounts.abilities import allowed, require
from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once


def review_list(request: HttpRequest) -> HttpResponse:
    require(catalog_abilities(actor_of(request)), "curate")
    rows = VersionReview.objects.select_related("version_proposed__offer__supplier", "proposed_by")
    context = {
        "waiting": rows.filter(state=ReviewState.PENDING),
        "in_dossier": rows.filter(state=ReviewState.IN_DOSSIER),
        "decided": rows.exclude(state__in=(ReviewState.PENDING, ReviewState.IN_DOSSIER)).order_by(
            "-state_since"
        )[:30],
        "breadcrumb_data": breadcrumb(current="Modération"),
    }
    return render(request, "catalog/reviews.html", context)


@once
def review_page(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    actor = actor_of(request)
    require(catalog_abilities(actor), "curate")
    review = VersionReview.objects.visible_to(actor).with_versions().filter(uuid=uuid).first()
    if review is None:
        raise NotVisible()
    verdicts = review_abilities(actor, review)
    form = ReasonForm(request.POST or None) if request.POST.get("move") == "refuse" else ReasonForm()
    if request.method == "POST":
        move = request.POST.get("move", "")
        require(verdicts, move)
        review.check_move(move)
        if move == "accept":
            reviews.accept(review, actor=actor)
            _say_what_arrived(request, review)
        elif form.is_valid():
            reviews.refuse(review, actor=actor, reason=form.cleaned_data["reason"])
        if move == "accept" or form.is_valid():
            messages.success(request, "Décision enregistrée. Le fournisseur est prévenu.")
            return redirect("catalog:review_list")
    context = _context(review) | {
        "form": form,
        "may": {name: review.state == ReviewState.PENDING and allowed(verdicts, name) for name in verdicts},
        "refusal": verdicts["accept"],
    }
    return render(request, "catalog/review.html", context, status=400 if form.errors else 200)


def _say_what_arrived(request: HttpRequest, review: VersionReview) -> None:
    """The race of S21: a version that came after the page was read stays to be moderated, and is told."""
    seen, version = request.POST.get("seen", ""), review.version_proposed
    newest = int(seen) if seen.isascii() and seen.isdecimal() and len(seen) < 10 else version.number
    for number in reviews.waiting_numbers(version.offer):
        if number > max(newest, version.number):
            messages.warning(
                request,
                f"Une version {number} est arrivée pendant votre lecture. "
                f"Vous acceptez la version {version.number}\u202f; la {number} reste à modérer.",
            )


def _others(review: VersionReview) -> dict[str, object]:
    """The versions of the same offer that wait too, and what becomes of them."""
    number = review.version_proposed.number
    waiting = reviews.waiting_numbers(review.version_proposed.offer) if review.is_waiting else []
    newer = ", ".join(str(n) for n in waiting if n > number)
    older = ", ".join(str(n) for n in waiting if n < number)
    return {"newest_waiting": max(waiting, default=number), "newer": newer, "older": older}


def _context(review: VersionReview) -> dict[str, object]:
    compared = review.compared_with
    before, after = compared.answers, review.version_proposed.answers
    offer = review.version_proposed.offer
    places = price_places(review.version_proposed, offer=offer)
    return {
        "review": review,
        "offer": offer,
        "changes": changes(before, after, categories=category_words()),
        "plans": plans_of(review.version_proposed),
        "compared": compared,
        "difference_caption": f"Différences avec la version {compared.number}"
        + (", en ligne" if compared.pk == offer.live_version_id else ""),
        "old_plans": plans_of(compared),
        "places": places,
        "far": [place for place in places if place.is_far],
        "breadcrumb_data": breadcrumb(("Modération", "/pilotage/moderation/"), current=str(review)),
    } | _others(review)
