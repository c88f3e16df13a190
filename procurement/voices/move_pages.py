"""What one does to a review, each a page: GET to read, POST to do."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.forms import MarketForm
from marketplace.ui.once import once
from procurement.models import UserReview
from procurement.views.find import actor_of, typed_version
from procurement.voices import actions as voices
from procurement.voices.abilities import user_review_abilities
from procurement.voices.enums import UserReviewState
from procurement.voices.forms import ContestForm, DecisionForm, HideForm, ReplyForm


@dataclass(frozen=True, slots=True)
class ActPage:
    name: str
    form: type[MarketForm]
    title: str
    lead: str
    done: str
    act: Callable[..., UserReview]


PAGES = {
    "repondre": ActPage(
        "reply",
        ReplyForm,
        "Répondre à l’avis",
        "Une réponse par avis. Elle est publiée dessous, avec sa date.",
        "Réponse publiée. L’administration est prévenue.",
        voices.reply,
    ),
    "masquer": ActPage(
        "hide",
        HideForm,
        "Masquer pour un motif légal",
        "Un avis sévère n’est pas un avis illicite : seul un motif de cette liste permet de le masquer.",
        "Avis masqué. Son auteur est prévenu et peut contester.",
        voices.hide,
    ),
    "contester": ActPage(
        "contest",
        ContestForm,
        "Contester",
        "Une seule fois. Une autre personne que celle qui a masqué l’avis répondra.",
        "Contestation envoyée.",
        voices.contest,
    ),
    "maintenir": ActPage(
        "uphold",
        DecisionForm,
        "Rejeter la contestation",
        "L’avis reste masqué. Son auteur lit votre réponse.",
        "Contestation rejetée. Son auteur est prévenu.",
        voices.uphold,
    ),
    "republier": ActPage(
        "restore",
        DecisionForm,
        "Republier",
        "L’avis redevient public.",
        "Avis republié. Son auteur est prévenu.",
        voices.restore,
    ),
}


def pages_for(actor: Actor, review: UserReview) -> list[tuple[str, str]]:
    """Title and address of each act that the state and the reader's roles allow."""
    verdicts = user_review_abilities(actor, review)
    open_now = {move.name for move in review.available_moves()}
    if review.state == UserReviewState.PUBLISHED:
        open_now.add("reply")
    return [
        (_title(page, review), reverse("procurement:review_act", args=[review.uuid, words]))
        for words, page in PAGES.items()
        if page.name in open_now and allowed(verdicts, page.name)
    ]


def _title(page: ActPage, review: UserReview) -> str:
    return "Modifier la réponse" if page.name == "reply" and review.reply else page.title


@login_required
@once
def review_act(request: HttpRequest, uuid: uuids.UUID, words: str) -> HttpResponse:
    page, actor = PAGES.get(words), actor_of(request)
    review = UserReview.objects.visible_to(actor).for_pages().filter(uuid=uuid).first()
    if page is None or review is None:
        raise NotVisible()
    require(user_review_abilities(actor, review), page.name)
    if page.name in review.MOVES:
        review.check_move(page.name)
    initial = {"text": review.reply} if page.name == "reply" else {}
    form = page.form(request.POST) if request.method == "POST" else page.form(initial=initial)
    if form.is_bound and form.is_valid():
        page.act(review, actor=actor, expected_version=typed_version(request), **form.cleaned_data)
        messages.success(request, page.done)
        return redirect(review if page.name != "hide" else "procurement:moderated_reviews")
    context = {
        "review": review,
        "title": _title(page, review),
        "lead": page.lead,
        "form": form,
        "version": review.version,
        "button_label": _title(page, review),
        "cancel_url": review.get_absolute_url(),
        "breadcrumb_data": breadcrumb(
            (review.offer.name, review.offer.get_absolute_url()),
            (f"Avis de {review.organisation}", review.get_absolute_url()),
            current=page.title,
        ),
    }
    return render(request, "procurement/voices/act.html", context, status=400 if form.errors else 200)
