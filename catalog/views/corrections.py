"""A curator corrects what is online, section by section, with a reason and a source."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from catalog.actions.corrections import correct, refuse_uncorrectable
from catalog.categories import category_options, category_words
from catalog.enums import OfferState
from catalog.forms.answers import SectionForm, typed_again
from catalog.forms.corrections import GroundForm
from catalog.models import Offer
from catalog.questions.conditions import completeness
from catalog.questions.engine import Question, Section, section
from catalog.questions.rows import say
from catalog.views.finding import actor_of, on_offer
from catalog.views.posting import show
from catalog.views.sheet import trail
from marketplace.errors import NotVisible, RuleBroken, VersionStale
from marketplace.ui.once import once

# Files are joined by the supplier alone.
WITH_FILES = frozenset({"document", "certificate"})


@on_offer(ability="correct")
def choose(request: HttpRequest, *, offer: Offer) -> HttpResponse:
    """Which section: the parts of the sheet, with what is answered."""
    refuse_uncorrectable(offer)
    parts = [part for part in completeness(_answers(offer)).sections if _correctable(offer, part.section)]
    context = {
        "offer": offer,
        "parts": parts,
        "is_public_sheet": offer.state == OfferState.UNCLAIMED,
        "breadcrumb_data": trail(offer, part="Corriger"),
    }
    return render(request, "catalog/correct.html", context)


@once
@on_offer(ability="correct")
def correct_section(request: HttpRequest, *, offer: Offer, name: str) -> HttpResponse:
    found = section(name)
    asked = found and _without_files(offer, found)
    if asked is None or not asked.questions:
        raise NotVisible()
    refuse_uncorrectable(offer)
    is_sourced = offer.state == OfferState.UNCLAIMED
    typed = request.POST if request.method == "POST" else None
    form, ground = _form(offer, asked, typed), GroundForm(typed, is_sourced=is_sourced)
    stale: list[tuple[str, str, str]] = []
    if added := request.POST.get("add", ""):
        # One more row is asked for: nothing is judged, the reason typed stays.
        form = typed_again(form, request.POST, add=added)
        ground = GroundForm(initial=request.POST.dict(), is_sourced=is_sourced)
    elif typed is not None and all([form.is_valid(), ground.is_valid()]):
        if saved := _save(request, offer, form, ground):
            return saved
        if not (form.errors or ground.errors):
            offer.refresh_from_db()
            stale = _differences(offer, asked, form)
    context = {
        "offer": offer,
        "section": asked,
        "form": form,
        "ground": ground,
        "conflicts": stale,
        "page_has_errors": bool(stale),
        "is_owned": not is_sourced,
        "breadcrumb_data": trail(offer, part="Corriger"),
    }
    status = 412 if stale else 400 if form.errors or ground.errors else 200
    return render(request, "catalog/correct_section.html", context, status=status)


def _answers(offer: Offer) -> dict[str, object]:
    return offer.live_version.answers if offer.live_version else {}


def _is_open(offer: Offer, question: Question) -> bool:
    """An important answer of a supplier's offer goes through a dossier."""
    is_left = question.material and offer.state != OfferState.UNCLAIMED
    return question.type not in WITH_FILES and not question.derived and not is_left


def _without_files(offer: Offer, found: Section) -> Section:
    return replace(found, questions=tuple(one for one in found.questions if _is_open(offer, one)))


def _correctable(offer: Offer, found: Section) -> bool:
    return any(_is_open(offer, question) for question in found.questions)


def _form(offer: Offer, asked: Section, typed: object) -> SectionForm:
    answers = _answers(offer)
    return SectionForm(typed, section=asked, answers=answers, categories=category_options(answers))


def _save(request: HttpRequest, offer: Offer, form: SectionForm, ground: GroundForm) -> HttpResponse | None:
    """None when nothing is written: errors are on the forms, or the sheet changed meanwhile."""
    if form.is_stale():
        return None
    try:
        version = correct(
            offer,
            actor=actor_of(request),
            answers=form.given,
            ground=ground.ground,
            expected_version=offer.version,
        )
    except RuleBroken as refused:
        theirs = {name: texts for name, texts in refused.fields.items() if name in ground.fields}
        for name, texts in theirs.items():
            ground.add_error(name, texts)
        if not theirs or len(theirs) < len(refused.fields):
            show(form, refused)
        return None
    except VersionStale:
        return None
    messages.success(request, f"Fiche corrigée : la version {version.number} est en ligne.")
    return redirect(reverse("catalog:history", args=[offer.number, version.offer.slug]))


def _differences(offer: Offer, asked: Section, form: SectionForm) -> list[tuple[str, str, str]]:
    """(question, what is online now, what was typed), where they differ."""
    words, stored = category_words(), _answers(offer)
    return [
        (q.short, say(q, stored.get(q.id), categories=words), say(q, form.given.get(q.id), categories=words))
        for q in asked.questions
        if q.id in form.given and stored.get(q.id) != form.given.get(q.id)
    ]
