"""The Gaia-X levels of an offer for a page or the API: facts read, levels computed, badges kept apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from catalog.abilities import owns
from catalog.enums import Origin, Scheme
from catalog.models import Offer, TrustMark
from catalog.presentation import ShownMark, shown_marks
from marketplace.accounts.actors import Actor
from qualification.attaching import attached_to, drifted
from qualification.coverage.facts import CoverageFacts
from qualification.coverage.gather import coverage_facts
from qualification.gaiax.labels import LabelFacts, LevelResult, label_levels
from qualification.models import OfferCredential

# Whose word a level is; a reader is never shown one for another.
DECLARED, COMPUTED, ISSUED = "declared", "computed", "issued"


@dataclass(frozen=True, slots=True)
class OfferLabels:
    """``declared``: the levels the supplier claims; ``issued``: those a third party issued; ``levels``: what
    we compute, on the version read."""

    offer: Offer
    on: dt.date
    facts: CoverageFacts
    levels: tuple[LevelResult, ...]
    declared: tuple[ShownMark, ...]
    issued: tuple[ShownMark, ...]
    # The presentation verified on our anchors, and what the offer no longer says of what it says.
    credential: OfferCredential | None = None
    drift: tuple[str, ...] = ()

    @property
    def reached(self) -> tuple[str, ...]:
        """The levels that our computation reaches, in order. They are not nested: each is said."""
        return tuple(each.level for each in self.levels if each.reached)


def offer_labels(offer: Offer, *, actor: Actor) -> OfferLabels:
    """Of the version that this actor reads. The offer comes with its supplier."""
    today = timezone.localdate()
    version = offer.shown_to(owner=owns(actor, offer))
    facts = label_facts(offer, version.answers if version is not None else {}, on=today)
    kept = attached_to(offer)
    marks = [shown for shown in shown_marks(offer) if shown.mark.scheme == Scheme.GAIAX]
    return OfferLabels(
        offer,
        today,
        facts.coverage,
        label_levels(facts),
        declared=tuple(shown for shown in marks if _is_declared(shown.mark)),
        issued=tuple(shown for shown in marks if not _is_declared(shown.mark)),
        credential=kept,
        drift=drifted(kept, version) if kept is not None else (),
    )


def label_facts(offer: Offer, answers: Mapping[str, Any], *, on: dt.date) -> LabelFacts:
    """Queries: those of `coverage_facts`."""
    coverage = coverage_facts(offer, on=on, answers=answers)
    checked = offer.supplier.identity_checked_at
    return LabelFacts(
        coverage,
        identity_on=timezone.localdate(checked) if checked is not None else None,
        undescribed=undescribed(offer, coverage.answers),
    )


def undescribed(offer: Offer, answers: Mapping[str, Any]) -> tuple[str, ...]:
    """The mandatory attributes of a Loire description that nothing here gives, in French."""
    supplier = offer.supplier
    wanted = {
        "le numéro d’immatriculation du fournisseur": supplier.identifier,
        "le pays du siège": answers.get("headquarters_country") or supplier.country,
        "les conditions générales": answers.get("terms_document")
        or answers.get("service_agreement_document"),
    }
    return tuple(words for words, value in wanted.items() if not value)


def _is_declared(mark: TrustMark) -> bool:
    return mark.origin == Origin.DECLARED
