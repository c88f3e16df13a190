"""S17: a supplier writes an offer, section by section, without ever losing a text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from catalog.abilities import catalog_abilities, is_editable
from catalog.actions.answer_files import files_owner
from catalog.actions.authoring import create_draft, refuse_if_not_editable, save_answers
from catalog.actions.documents import kept_files, reference
from catalog.actions.reviews import waiting_numbers
from catalog.categories import category_options, category_words
from catalog.enums import OfferState
from catalog.forms.answers import SectionForm, digest, typed_again
from catalog.forms.fields import KeptFile
from catalog.freshness import facts_age
from catalog.models import Offer, OfferVersion, Supplier
from catalog.questions.conditions import Completeness, completeness
from catalog.questions.engine import Section, section, sections
from catalog.questions.rows import say
from catalog.views.autosaved import section_saved
from catalog.views.finding import actor_of, on_offer
from catalog.views.sheet import trail
from marketplace.accounts.abilities import require
from marketplace.errors import NotVisible, RuleBroken, VersionStale
from marketplace.files.store import store_upload
from marketplace.ui import autosave, drafts
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from marketplace.ui.typography import time_text

EXTRA = (
    ("prix", "Formules et prix"),
    ("qualifications", "Qualifications et certifications"),
    ("pile", "Pile technique"),
)


def my_offers(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(catalog_abilities(actor), "own_list")
    offers = (
        Offer.objects.owned_by(actor)
        .exclude(state=OfferState.REMOVED)
        .for_sheet()
        .prefetch_related("versions")
    )
    today = timezone.localdate()
    rows = [
        (offer, _draft_progress(offer), facts_age(offer, on=today)) for offer in offers.order_by("name", "pk")
    ]
    context = {
        "rows": rows,
        "supplier": Supplier.objects.filter(organisation=actor.organisation).first(),
        "breadcrumb_data": breadcrumb(current="Mes offres"),
    }
    return render(request, "catalog/my_offers.html", context)


def section_count(done: Completeness) -> tuple[int, int]:
    """Sections begun in which nothing required is missing, of those that ask something."""
    return sum(bool(part.answered) and not part.missing for part in done.sections), len(done.sections)


def _draft_progress(offer: Offer) -> Any:
    draft = next((v for v in offer.versions.all() if v.frozen_at is None), None)
    return completeness(draft.answers) if draft else None


@once
def create(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(catalog_abilities(actor), "create")
    first = sections()[0]
    is_post = request.method == "POST"
    form = SectionForm(
        request.POST if is_post else None,
        section=first,
        answers={},
        categories=category_options({}),
        shape=None if is_post else drafts.kept_for(request),
    )
    if added := request.POST.get("add", ""):
        form = typed_again(form, request.POST, add=added)
    elif is_post and form.is_valid():
        offer = create_draft(actor=actor, answers=form.given)
        messages.success(
            request, f"Brouillon créé à {time_text(timezone.now())}. Continuez quand vous voulez."
        )
        following = next_step(first.id, form.given)
        return redirect("catalog:edit_section", offer.number, offer.slug, following)
    context = {
        "title": "Référencer une offre",
        "lead": "Commencez par la présenter. Vous compléterez section par section.",
        "form": form,
        "button_label": "Créer le brouillon",
        "cancel_url": "/mes-offres/",
        "breadcrumb_data": breadcrumb(("Mes offres", "/mes-offres/"), current="Référencer une offre"),
    }
    return render(request, "pages/form.html", context, status=400 if form.is_bound and form.errors else 200)


@on_offer(ability="edit")
def edit(request: HttpRequest, *, offer: Offer) -> HttpResponse:
    """The summary: sections, gaps, what happens next."""
    draft, waiting = offer.shown_for_edit, waiting_numbers(offer)
    done = completeness(draft.answers if draft else {})
    context = {
        "offer": offer,
        "draft": offer.draft_version,
        "done": done,
        "sections_done": section_count(done),
        "steps": steps(offer, current=""),
        "editable": is_editable(offer),
        "is_draft": offer.state == OfferState.DRAFT,
        "waiting": waiting,
        "waiting_title": f"En attente d’une décision : {', '.join(f'version {n}' for n in waiting)}",
        "breadcrumb_data": trail(offer, part="Modifier"),
    }
    return render(request, "catalog/edit.html", context)


def steps(offer: Offer, *, current: str) -> list[dict[str, Any]]:
    """Every section that asks something of this offer with its progress, in order."""
    draft = offer.shown_for_edit
    listed = [
        {
            "id": part.section.id,
            "label": part.section.label,
            "asked": part.asked,
            "answered": part.answered,
            "gaps": len(part.missing),
            "current": part.section.id == current,
        }
        for part in completeness(draft.answers if draft else {}).sections
    ]
    return [
        *listed,
        *({"id": code, "label": label, "gaps": 0, "current": code == current} for code, label in EXTRA),
    ]


def next_step(name: str, answers: Mapping[str, Any]) -> str:
    """The section after this one among those that ask something; empty after the last page."""
    asked = {part.section.id for part in completeness(answers).sections}
    order = [s.id for s in sections() if s.id in asked or s.id == name] + [code for code, _ in EXTRA]
    index = order.index(name) + 1
    return order[index] if index < len(order) else ""


@once
@on_offer(ability="edit")
def edit_section(request: HttpRequest, *, offer: Offer, name: str) -> HttpResponse:
    asked = section(name)
    if asked is None:
        raise NotVisible()
    refuse_if_not_editable(offer)
    form = _section_form(request, offer, asked)
    conflicts: list[tuple[str, str, str]] = []
    if request.method == "POST" and (added := request.POST.get("add", "")):
        form = typed_again(form, request.POST, add=added)
    elif autosave.wanted(request):
        return section_saved(offer, form, lambda: _write(request, offer, form))
    elif request.method == "POST" and form.is_valid():
        if saved := _save(request, offer, form):
            return saved
        if not form.errors:
            conflicts = _conflicts(asked, stored=_answers(offer), typed=form.given)
            form = _with_new_base(request, offer, asked)
    done = completeness(_answers(offer))
    context = {
        "offer": offer,
        "section": asked,
        "form": form,
        "conflicts": conflicts,
        "page_has_errors": bool(conflicts),
        "steps": steps(offer, current=name),
        "done": done,
        "sections_done": section_count(done),
        "is_live": offer.live_version_id is not None,
        "breadcrumb_data": trail(offer, part=asked.label),
    }
    status = 412 if conflicts else 400 if form.is_bound and form.errors else 200
    return render(request, "catalog/edit_section.html", context, status=status)


def _answers(offer: Offer) -> dict[str, Any]:
    draft = offer.shown_for_edit
    return draft.answers if draft else {}


def _section_form(request: HttpRequest, offer: Offer, asked: Section) -> SectionForm:
    """Bound on POST; else with as many rows as were typed before a session ended."""
    is_post = request.method == "POST"
    return SectionForm(
        request.POST if is_post else None,
        request.FILES if is_post else None,
        section=asked,
        answers=(answers := _answers(offer)),
        categories=category_options(answers),
        shape=None if is_post else drafts.kept_for(request),
        kept=_kept(offer, asked),
    )


def _kept(offer: Offer, asked: Section) -> dict[str, KeptFile]:
    """The files joined to the section's answers, by question. Two queries, one without a file."""
    version = offer.shown_for_edit
    said = version.answers if version else {}
    kept = kept_files({question.id: said.get(question.id) for question in asked.questions})
    where = (offer.number, offer.slug, version.number if version else 0)
    return {
        name: KeptFile(stored, reverse("catalog:answer_document", args=[*where, name]))
        for name, stored in kept.items()
    }


def _save(request: HttpRequest, offer: Offer, form: SectionForm) -> HttpResponse | None:
    """None when it is not saved: errors are on the form, or somebody saved meanwhile."""
    if form.is_stale():
        return None
    actor = actor_of(request)
    try:
        with transaction.atomic():
            for (question, path), upload in form.uploads.items():
                stored = store_upload(upload, owner=files_owner(offer, actor), actor=actor, field=question)
                form.attach(question, path, reference(stored))
            version = _write(request, offer, form)
    except RuleBroken as error:
        for field, said in error.fields.items():
            form.add_error(field if field in form.fields else None, said)
        return None
    except VersionStale:
        offer.refresh_from_db()
        return None
    messages.success(request, f"Enregistré à {time_text(timezone.now())}.")
    following = next_step(form.section.id, version.answers)
    return redirect("catalog:edit_section", offer.number, offer.slug, following)


def _write(request: HttpRequest, offer: Offer, form: SectionForm) -> OfferVersion:
    return save_answers(offer, actor=actor_of(request), answers=form.given, expected_version=offer.version)


def _conflicts(asked: Section, *, stored: Any, typed: Any) -> list[tuple[str, str, str]]:
    """(question, what is saved, what was typed), where they differ."""
    labels = category_words()
    return [
        (q.short, say(q, stored.get(q.id), categories=labels), say(q, typed.get(q.id), categories=labels))
        for q in asked.questions
        if q.id in typed and stored.get(q.id) != typed.get(q.id)
    ]


def _with_new_base(request: HttpRequest, offer: Offer, asked: Section) -> SectionForm:
    """The typed texts again, now knowing what is saved: sending once more keeps them."""
    data, answers = request.POST.copy(), _answers(offer)
    data["base"] = digest(asked, answers)
    kept = _kept(offer, asked)
    return SectionForm(data, section=asked, answers=answers, categories=category_options(answers), kept=kept)
