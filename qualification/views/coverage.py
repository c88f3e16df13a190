"""The coverage of an offer in the schemes chosen: what answers and certificates given once already do."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.models import Offer
from marketplace.accounts.middleware import actor_of
from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.drawings import PATTERNS, Bar
from qualification.coverage.closing import closing
from qualification.coverage.files import KINDS, evidence_answer
from qualification.coverage.gather import (
    asked_schemes,
    choices,
    coverage_facts,
    coverages,
    every_choice,
    evidence_of,
)
from qualification.coverage.judge import STATES, SchemeCoverage
from qualification.coverage.quotes import counted_quotes
from qualification.coverage.shown import BAR_WORDS, chapters_of, left_words
from qualification.schemes.certificates import certificates

FIELD = "referentiel"


@login_required
@require_safe
def coverage(request: HttpRequest, number: int) -> HttpResponse:
    """Every scheme unless some are asked (`referentiel`, repeated)."""
    offer = own_offer(request, number)
    asks_all = not request.GET.getlist(FIELD)
    chosen, unknown = asked_schemes(request.GET.getlist(FIELD))
    facts = coverage_facts(offer, on=timezone.localdate())
    found = coverages(facts, chosen.values())
    closed = closing(found, certificates().values(), held=facts.held, quotes=counted_quotes(offer))
    context = {
        "offer": offer,
        "coverages": found,
        "choices": choices(),
        "chosen": chosen,
        "files": [(kind.upper(), file_url(offer, kind, keys=() if asks_all else chosen)) for kind in KINDS],
        "unknown": unknown,
        "closing": closed,
        "left": left_words(closed, found),
        "held": facts.held,
        "breadcrumb_data": breadcrumb(("Mes offres", "/mes-offres/"), current=f"Couverture de {offer.name}"),
    }
    return render(request, "qualification/coverage.html", context)


@login_required
@require_safe
def scheme_coverage(request: HttpRequest, number: int, key: str) -> HttpResponse:
    offer = own_offer(request, number)
    scheme = every_choice().get(key)
    if scheme is None:
        raise NotVisible
    facts = coverage_facts(offer, on=timezone.localdate())
    found = coverages(facts, [scheme])
    closed = closing(found, certificates().values(), held=facts.held, quotes=counted_quotes(offer))
    context = {
        "offer": offer,
        "coverage": found[0],
        "chapters": chapters_of(found[0]),
        "bars": _bars(found[0]),
        "files": [(kind.upper(), file_url(offer, kind, keys=[key])) for kind in KINDS],
        "closing": closed,
        "left": left_words(closed, found),
        "breadcrumb_data": breadcrumb(
            ("Mes offres", "/mes-offres/"),
            (f"Couverture de {offer.name}", f"/mes-offres/{offer.number}/couverture/"),
            current=scheme.name,
        ),
    }
    return render(request, "qualification/scheme_coverage.html", context)


@login_required
@require_safe
def coverage_file(request: HttpRequest, number: int, kind: str) -> HttpResponseBase:
    """The statement of applicability and its evidence, of the schemes asked (`referentiel`, repeated)."""
    offer = own_offer(request, number)
    if kind not in KINDS:
        raise NotVisible
    chosen, _unknown = asked_schemes(request.GET.getlist(FIELD))
    return evidence_answer(evidence_of(offer, chosen.values(), on=timezone.localdate()), kind=kind)


def own_offer(request: HttpRequest, number: int) -> Offer:
    """One of the reader's organisation's. Raises NotVisible (404)."""
    found = Offer.objects.owned_by(actor_of(request)).exclude(state="removed").filter(number=number)
    offer = found.select_related("supplier").first()
    if offer is None or not actor_of(request).is_supplier:
        raise NotVisible
    return offer


def file_url(offer: Offer, kind: str, *, keys: Iterable[str]) -> str:
    query = urlencode([(FIELD, key) for key in keys])
    address = reverse("qualification:coverage_file", args=[offer.number, kind])
    return f"{address}?{query}" if query else address


def _bars(coverage: SchemeCoverage) -> list[Bar]:
    return [
        Bar(BAR_WORDS[state], coverage.count(state), pattern=pattern)
        for state, pattern in zip(STATES, PATTERNS, strict=True)
    ]
