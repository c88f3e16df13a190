"""S22 and around: the statuses of trust, as their issuers decide them."""

from __future__ import annotations

import datetime
import uuid as uuids
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from catalog import effects, trust
from catalog.abilities import catalog_abilities, mark_abilities
from catalog.enums import LOST_STATUSES, Scheme
from catalog.forms.marks import ActForm, DatedActForm, ReportForm
from catalog.models import Offer, TrustMark
from catalog.presentation import regions_words, timeline
from catalog.propagation import with_dependants
from catalog.stack import own_layer
from catalog.states import TRUST_MOVES
from catalog.views.finding import actor_of
from catalog.views.search import page_number
from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.drawings import StackLayer
from marketplace.ui.once import once
from marketplace.ui.typography import date_text, datetime_text, time_text

# The words of the address → the move.
ADDRESSES = {
    "suspendre": "suspend",
    "retablir": "reinstate",
    "retirer": "withdraw",
    "abandonner": "abandon",
    "entrer": "start",
    "delivrer": "obtain",
    "renouveler": "renew",
}
WORDS = {move: words for words, move in ADDRESSES.items()}
SUBJECTS = {
    "suspend": "Cette suspension",
    "withdraw": "Ce retrait",
    "reinstate": "Ce rétablissement",
    "abandon": "Cet abandon",
}
DATED = frozenset({"obtain", "renew"})
LIST = ("Qualifications", "/pilotage/qualifications/")
PAGE_SIZE = 30
MOST_DRAWN = 4


def mark_list(request: HttpRequest) -> HttpResponse:
    require(catalog_abilities(actor_of(request)), "see_qualifications")
    scheme = request.GET.get("scheme", "")
    rows = TrustMark.objects.select_related("offer__supplier").order_by("valid_until", "pk")
    if scheme in Scheme.values:
        rows = rows.filter(scheme=scheme)
    asked = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    if asked:
        rows = rows.filter(offer__name__unaccent__icontains=asked)
    pages, today = Paginator(rows, PAGE_SIZE), timezone.localdate()
    number = min(page_number(request.GET), pages.num_pages)
    page = pages.page(number)
    context = {
        "page": page,
        "rows": [(mark, mark.status_on(today).value) for mark in page],
        "schemes": Scheme.choices,
        "scheme": scheme,
        "q": asked,
        "may_see_registers": allowed(catalog_abilities(actor_of(request)), "see_registers"),
        "breadcrumb_data": breadcrumb(current="Qualifications et registres"),
    }
    return render(request, "catalog/marks.html", context)


def find_mark(uuid: uuids.UUID) -> TrustMark:
    found = TrustMark.objects.select_related("offer__supplier", "evidence").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible()
    return found


def mark_page(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    actor = actor_of(request)
    require(catalog_abilities(actor), "see_qualifications")
    mark = find_mark(uuid)
    verdicts = mark_abilities(actor, mark)
    moves = [
        (WORDS[m.name], m.label)
        for m in mark.available_moves()
        if m.name in WORDS and allowed(verdicts, m.name)
    ]
    context = {
        "mark": mark,
        "status": mark.status_on(timezone.localdate()).value,
        "facts": timeline([mark]),
        "reports": mark.reports.select_related("recorded_by"),
        "moves": moves,
        "may_report": allowed(verdicts, "report"),
        "breadcrumb_data": breadcrumb(LIST, current=str(mark)),
    }
    return render(request, "catalog/mark.html", context)


@once
def record(request: HttpRequest, uuid: uuids.UUID, words: str) -> HttpResponse:
    """Two pages in one address: the fact, then its effects, then it is done."""
    move = ADDRESSES.get(words)
    if move is None:
        raise NotVisible()
    actor, mark = actor_of(request), find_mark(uuid)
    require(mark_abilities(actor, mark), move)
    mark.check_move(move)
    form = (DatedActForm if move in DATED else ActForm)(request.POST or None, mark=mark)
    if request.method == "POST" and form.is_valid() and _acceptable(form, mark, move, actor=actor):
        if request.POST.get("confirmed") == str(mark.version):
            return _do(request, mark, move, form)
        return _preview(request, mark, move, form)
    return render(
        request, "catalog/act.html", _context(mark, move, form=form), status=400 if form.errors else 200
    )


def _context(mark: TrustMark, move: str, **more: Any) -> dict[str, Any]:
    label = TRUST_MOVES[move].label
    return {
        "mark": mark,
        "title": f"{label} : {mark.name}, {mark.offer.name}",
        "label": label,
        "needs_act": move in ("suspend", "withdraw") or (mark.is_anssi and move == "reinstate"),
        "breadcrumb_data": breadcrumb(
            LIST, (str(mark), f"/pilotage/qualifications/{mark.uuid}/"), current=label
        ),
        **more,
    }


def _acceptable(form: ActForm, mark: TrustMark, move: str, *, actor: Actor) -> bool:
    """The rule of acts asked before the preview, so that nobody previews what cannot be done."""
    said = form.cleaned_data
    act = trust.Act(
        TRUST_MOVES[move].target,
        said["effective_at"],
        said["issuer"],
        said["act_reference"],
        said["act_date"],
    )
    try:
        trust.check_act(mark, act, actor=actor)
    except RuleBroken as error:
        for field, words in (error.fields or {None: [error.message]}).items():
            form.add_error(field, words)
        return False
    return True


def _preview(request: HttpRequest, mark: TrustMark, move: str, form: ActForm) -> HttpResponse:
    loses = TRUST_MOVES[move].target in LOST_STATUSES
    preview = effects.preview(mark)
    context = _context(
        mark,
        move,
        hidden=[(name, value) for name, value in form.as_text().items() if value],
        preview=preview,
        sentence=preview.sentence(SUBJECTS.get(move, "Cette décision")),
        said=_said(form),
        loses=loses,
        layers=dependants_picture(mark, loses=loses),
        conclusion=_conclusion(mark),
        button="Suspendre et prévenir" if move == "suspend" else f"{TRUST_MOVES[move].label} et prévenir",
    )
    return render(request, "catalog/act_effects.html", context)


def _said(form: ActForm) -> list[tuple[str, str]]:
    """What the first page was told, to read once more before it is recorded."""
    return [
        (str(form.fields[name].label), _shown(value)) for name, value in form.cleaned_data.items() if value
    ]


def _shown(value: Any) -> str:
    if isinstance(value, datetime.datetime):
        return datetime_text(value)
    return date_text(value) if isinstance(value, datetime.date) else str(value)


def dependants_picture(mark: TrustMark, *, loses: bool) -> list[StackLayer]:
    """The offers that rely on this one above it, hatched when they would fall with it."""
    ids = [pk for pk in with_dependants([mark.offer_id]) if pk != mark.offer_id]
    above = Offer.objects.filter(pk__in=ids).order_by("name")[:MOST_DRAWN]
    state = "Perd son statut" if loses else "Suit le nouveau statut"
    return [
        StackLayer(
            layer=own_layer(offer),
            name=offer.name,
            region=regions_words(", ".join(offer.regions or [])),
            state=state,
            url=offer.get_absolute_url(),
            broken=loses,
            standing=offer != mark.offer,
            loses=tuple(range(len(above))) if offer == mark.offer else (),
        )
        for offer in (*above, mark.offer)
    ]


def _conclusion(mark: TrustMark) -> str:
    count = len(with_dependants([mark.offer_id])) - 1
    if not count:
        return "Aucune autre offre ne s’appuie sur celle-ci."
    return (
        "Une autre offre s’appuie sur celle-ci."
        if count == 1
        else f"{count} autres offres s’appuient sur celle-ci."
    )


def _do(request: HttpRequest, mark: TrustMark, move: str, form: ActForm) -> HttpResponse:
    try:
        fact = trust.record_status(
            mark,
            status=TRUST_MOVES[move].target,
            actor=actor_of(request),
            expected_version=mark.version,
            **form.given(),
        )
    except ValidationError as error:
        form.add_error(None, error.messages)
        return render(request, "catalog/act.html", _context(mark, move, form=form), status=400)
    at = time_text(fact.recorded_at)
    messages.success(request, f"« {TRUST_MOVES[move].label} » enregistré à {at}. Effets visibles.")
    if move == "suspend":
        messages.info(request, "Suspendue n’est pas retirée : le statut peut être rétabli.")
    return redirect("catalog:mark", mark.uuid)


@once
def report(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """« Signalement »: something heard, without the issuer's act. No status changes."""
    actor, mark = actor_of(request), find_mark(uuid)
    require(mark_abilities(actor, mark), "report")
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        trust.report(mark, text=form.cleaned_data["text"], source=form.cleaned_data["source"], actor=actor)
        messages.success(request, "Signalement enregistré. Le statut ne change pas.")
        return redirect("catalog:mark", mark.uuid)
    context = {
        "title": "Enregistrer un signalement",
        "lead": f"{mark.name}, {mark.offer.name}. Le statut ne change pas.",
        "form": form,
        "button_label": "Enregistrer le signalement",
        "cancel_url": f"/pilotage/qualifications/{mark.uuid}/",
        "breadcrumb_data": breadcrumb(LIST, current="Signalement"),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)
