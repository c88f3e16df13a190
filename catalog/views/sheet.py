"""S3: an offer's sheet and its parts."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone

from catalog.abilities import is_editable, offer_abilities, owns
from catalog.actions.corrections import CORRECTABLE
from catalog.actions.documents import scan_words
from catalog.categories import category_words
from catalog.enums import OfferState, ReviewState, ServiceModel
from catalog.fact_sources import cited_sources, corrected_answers
from catalog.freshness import facts_age
from catalog.handovers.actions import MOVABLE
from catalog.layers import dependants_of, layers_of
from catalog.models import Offer, OfferVersion
from catalog.opendata.schema_org import data_block, described
from catalog.presentation import (
    plans_of,
    shown_marks,
    stack_conclusion,
    stack_layers,
    status_sentence,
    timeline,
)
from catalog.price_history import price_history
from catalog.questions.diff import changes
from catalog.questions.rows import SectionRows, sheet_rows
from catalog.retained import said_of
from catalog.views.finding import actor_of, on_offer, safe_return, visible_offer
from marketplace.accounts.abilities import allowed
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import OPERATOR_ROLES, OVERSIGHT_ROLES
from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb


def by_number(request: HttpRequest, number: int) -> HttpResponse:
    return HttpResponsePermanentRedirect(visible_offer(actor_of(request), number).get_absolute_url())


@on_offer
def sheet(request: HttpRequest, *, offer: Offer) -> HttpResponse:
    version = offer.shown_to(owner=owns(actor_of(request), offer))
    return render(request, "catalog/sheet.html", sheet_context(request, offer, version))


def sheet_context(request: HttpRequest, offer: Offer, version: OfferVersion | None) -> dict[str, Any]:
    actor = actor_of(request)
    marks, layers = shown_marks(offer), layers_of(offer)
    verdicts = offer_abilities(actor, offer)
    answers = version.answers if version else {}
    sections = sheet_rows(answers, categories=category_words(), public_sheet=offer.is_public_sheet)
    return {
        "offer": offer,
        "version": version,
        "description": answers.get("description") or "",
        "marks": marks,
        "status_sentence": status_sentence(offer, marks),
        # A service rendered by people stands on no layer: it is not « undeclared ».
        "has_stack": offer.service_models != [ServiceModel.SUPPORT_SERVICES],
        "layers": stack_layers(layers),
        "conclusion": stack_conclusion(layers),
        "suspended_layers": [layer for layer in layers[1:] if layer.is_suspended],
        "facts": timeline(shown.mark for shown in marks if shown.mark.scheme == "secnumcloud"),
        "plans": plans_of(version),
        "scans": scan_words(answers),
        "sections": [s for s in sections if s.section.id != EXIT and s.known],
        "silent": silent_sections(sections),
        "exit_part": next((s for s in sections if s.section.id == EXIT), None),
        "sources": cited_sources(offer),
        "schema_org": data_block(described(offer, version, marks)) if version and offer.is_public else "",
        "return_path": safe_return(request),
        "retained": said_of(offer, actor=actor),
        "may": {name: allowed(verdicts, name) for name in verdicts},
        "moves": [move for move in offer.available_moves() if allowed(verdicts, move.name)],
        "owner": owns(actor, offer),
        "former": offer.handovers.done().select_related("supplier_from"),
        "facts_age": facts_age(offer, on=timezone.localdate()),
        "is_movable": offer.state in MOVABLE,
        "is_correctable": offer.state in CORRECTABLE,
        "corrected": corrected_answers(offer),
        "is_unclaimed": offer.state == OfferState.UNCLAIMED,
        "is_suspended": offer.state == OfferState.SUSPENDED,
        "breadcrumb_data": trail(offer),
    }


EXIT = "exit"


def silent_sections(parts: list[SectionRows]) -> dict[str, Any]:
    """Sections without one answer, folded into a single block so that the page stays readable."""
    silent = [part for part in parts if not part.known and part.section.id != EXIT]
    return {"sections": silent, "count": sum(part.unknown_count for part in silent)}


def trail(offer: Offer, *, part: str = "") -> dict[str, Any]:
    """The sheet itself stands under the categories of its offer, each the list of what it holds."""
    links = [("Offres", "/offres/")]
    if not part:
        category = offer.category
        path = [*category.ancestors, category] if category else []
        links += [(above.label, f"/offres/?category={above.code}") for above in path]
        return breadcrumb(*links, current=offer.name)
    return breadcrumb(*links, (offer.name, offer.get_absolute_url()), current=part)


@on_offer
def stack(request: HttpRequest, *, offer: Offer) -> HttpResponse:
    layers, dependants = layers_of(offer), dependants_of(offer)
    context = {
        "offer": offer,
        "layers": stack_layers(layers, standing=dependants),
        "conclusion": stack_conclusion(layers),
        "suspended_layers": [layer for layer in layers[1:] if layer.is_suspended],
        "edges": offer.stack_edges.select_related("base"),
        "dependants": dependants,
        "breadcrumb_data": trail(offer, part="Pile technique"),
    }
    return render(request, "catalog/stack.html", context)


@on_offer
def history(request: HttpRequest, *, offer: Offer) -> HttpResponse:
    marks = list(offer.trust_marks.order_by("pk"))
    context = {
        "offer": offer,
        "facts": timeline(marks),
        "former": offer.handovers.done().select_related("supplier_from"),
        "versions": readable_versions(actor_of(request), offer),
        "breadcrumb_data": trail(offer, part="Historique"),
    }
    return render(request, "catalog/history.html", context)


@on_offer
def prices(request: HttpRequest, *, offer: Offer) -> HttpResponse:
    context = {
        "offer": offer,
        "version": offer.live_version,
        "plans": plans_of(offer.live_version),
        "steps": price_history(offer),
        "breadcrumb_data": trail(offer, part="Prix"),
    }
    return render(request, "catalog/prices.html", context)


@on_offer
def version(request: HttpRequest, *, offer: Offer, version: int) -> HttpResponse:
    readable = readable_versions(actor_of(request), offer)
    shown = next((v for v in readable if v.number == version), None)
    if shown is None:
        raise NotVisible()
    labels = category_words()
    parts = sheet_rows(shown.answers, categories=labels, public_sheet=offer.is_public_sheet)
    previous = next((v for v in readable if v.number < version), None)
    context = {
        "offer": offer,
        "version": shown,
        "is_live": shown.pk == offer.live_version_id,
        "fate": shown.review.get_state_display() if hasattr(shown, "review") else "",
        "may_restart": _may_restart(request, offer, shown),
        "scans": scan_words(shown.answers),
        "sections": [part for part in parts if part.known],
        "silent": silent_sections(parts),
        "previous": previous,
        "changes": changes(previous.answers, shown.answers, categories=labels) if previous else [],
        "plans": plans_of(shown),
        "breadcrumb_data": trail(offer, part=f"Version {shown.number}"),
    }
    return render(request, "catalog/version.html", context)


def _may_restart(request: HttpRequest, offer: Offer, version: OfferVersion) -> bool:
    """Its supplier may start again from any version but the one online."""
    if version.pk == offer.live_version_id or offer.live_version_id is None:
        return False
    return is_editable(offer) and allowed(offer_abilities(actor_of(request), offer), "edit")


def readable_versions(actor: Actor, offer: Offer) -> list[OfferVersion]:
    """Frozen ones. A visitor reads those that are or were online; the others stay with those concerned."""
    frozen = offer.versions.filter(frozen_at__isnull=False).select_related("review").order_by("-number")
    if owns(actor, offer) or actor.has(*OPERATOR_ROLES, *OVERSIGHT_ROLES):
        return list(frozen)
    online = {offer.live_version_id, *offer.online_versions.values_list("version_id", flat=True)}
    return [v for v in frozen if v.pk in online or _was_accepted(v)]


def _was_accepted(version: OfferVersion) -> bool:
    """Online before the table of online versions was kept."""
    review = getattr(version, "review", None)
    return review is not None and review.state == ReviewState.ACCEPTED


@on_offer(ability="edit")
def preview(request: HttpRequest, *, offer: Offer) -> HttpResponse:
    """« Voir comme un acheteur »: the sheet with the version in edition."""
    draft = offer.shown_for_edit
    context = sheet_context(request, offer, draft) | {
        "is_preview": True,
        "moves": [],
        "owner": False,
        "is_movable": False,
    }
    return render(request, "catalog/sheet.html", context)
