"""Taking an offer out as JSON and bringing it back: a report first, then all of it or nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from catalog.abilities import catalog_abilities
from catalog.actions.authoring import refuse_if_not_editable
from catalog.actions.transfer import Report, bring_back, rehearse
from catalog.actions.transfer_parts import LeftOut
from catalog.forms.transfer import ImportForm
from catalog.models import Offer
from catalog.questions.engine import questions
from catalog.serializers_transfer import OfferDocumentSerializer
from catalog.transfer import document_of, read_text
from catalog.views.finding import actor_of, on_offer
from catalog.views.sheet import trail
from marketplace.accounts.abilities import require
from marketplace.errors import RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from marketplace.ui.typography import french, plural

TOLD = 5
PLACES = {
    "plans": "formule",
    "lines": "ligne de prix",
    "tiers": "palier",
    "declared_marks": "qualification",
    "stack": "couche",
}


@on_offer(ability="edit")
def export(request: HttpRequest, *, offer: Offer) -> HttpResponse:
    """The newest version, as its supplier wrote it."""
    document = OfferDocumentSerializer(document_of(offer, offer.shown_for_edit)).data
    body = json.dumps(document, ensure_ascii=False, indent=2, default=str)
    response = HttpResponse(body, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="offre-{offer.number}.json"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


@once
def import_new(request: HttpRequest) -> HttpResponse:
    require(catalog_abilities(actor_of(request)), "create")
    trace = breadcrumb(("Mes offres", "/mes-offres/"), current="Importer une offre")
    return _page(request, into=None, back="/mes-offres/", breadcrumb_data=trace)


@once
@on_offer(ability="edit")
def import_into(request: HttpRequest, *, offer: Offer) -> HttpResponse:
    refuse_if_not_editable(offer)
    back = f"{offer.get_absolute_url()}modifier/"
    return _page(request, into=offer, back=back, breadcrumb_data=trail(offer, part="Importer"))


def _page(request: HttpRequest, *, into: Offer | None, back: str, **context: Any) -> HttpResponse:
    """Nothing is written before « Appliquer »; what was typed or read from the file stays in the page."""
    form = ImportForm.of(request)
    report: Report | None = None
    faults: list[tuple[str, str]] = []
    if request.method == "POST" and form.is_valid():
        text = form.document
        try:
            if request.POST.get("step") == "apply":
                return _applied(request, text, into=into)
            report = rehearse(read_text(text), actor=actor_of(request), into=into)
        except RuleBroken as error:
            faults = _told(error)
        form = ImportForm(initial={"text": text})
    context |= {
        "offer": into,
        "form": form,
        "report": report,
        "faults": faults,
        "page_has_errors": bool(faults),
        "back": back,
    }
    status = 400 if faults or (form.is_bound and form.errors) else 200
    return render(request, "catalog/import.html", context, status=status)


def _applied(request: HttpRequest, text: str, *, into: Offer | None) -> HttpResponse:
    with transaction.atomic():
        made = bring_back(read_text(text), actor=actor_of(request), into=into)
    offer = made.offer
    messages.success(request, "Import appliqué. Vérifiez les sections avant d’envoyer l’offre.")
    _tell_left_out(request, made.parts.left_out)
    return redirect("catalog:edit", offer.number, offer.slug)


def _tell_left_out(request: HttpRequest, left_out: Sequence[LeftOut]) -> None:
    for one in left_out[:TOLD]:
        messages.warning(request, french(f"Non repris : {one.what}. {one.why}"))
    if len(left_out) > TOLD:
        others = plural(len(left_out) - TOLD, one="autre", many="autres")
        messages.warning(request, french(f"Non repris aussi : {others}. Examinez de nouveau le document."))


def _told(error: RuleBroken) -> list[tuple[str, str]]:
    """(where, what) for each value refused, in words where they can be said."""
    asked = questions()
    if not error.fields:
        return [("Document", error.message)]
    return [
        (asked[field].short if field in asked else _place(field), message)
        for field, said in error.fields.items()
        for message in said
    ]


def _place(path: str) -> str:
    """« plans.0.lines.1.unit » read as « Formule 1, ligne de prix 2, unit »."""
    if path in ("", "text"):
        return "Document"
    steps = path.split(".")
    said: list[str] = []
    for step in steps:
        if step.isdigit() and said and said[-1] in PLACES:
            said[-1] = f"{PLACES[said[-1]]} {int(step) + 1}"
        else:
            said.append(step)
    words = ", ".join(said)
    return words[:1].upper() + words[1:] if len(said) < len(steps) else words
