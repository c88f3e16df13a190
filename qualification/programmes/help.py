"""Who and what may help an applicant, and what the way takes: from the catalogue, and sourced figures."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from catalog.models import Offer
from catalog.stack import below
from qualification.coverage.closing import Closing, closing
from qualification.coverage.gather import coverage_facts, coverages
from qualification.programmes.facts import Programme
from qualification.programmes.models import ProgrammeApplication
from qualification.schemes import current_edition
from qualification.schemes.certificates import Certificate, certificates

if TYPE_CHECKING:
    from qualification.coverage.facts import Held

MOST = 30
ADVICE = "support_services"


@dataclass(frozen=True, slots=True)
class Companion:
    """Another offer on the same base. ``contact`` is empty unless its supplier agreed to share evidence."""

    offer: Offer
    base: str
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Help:
    """``inherited``: certificates held by the layers below, whose evidence need not be made again."""

    advisors: tuple[Offer, ...]
    inherited: tuple[Held, ...]
    companions: tuple[Companion, ...]


@dataclass(frozen=True, slots=True)
class Estimate:
    """Only sourced figures. ``closing``: the certificates that would close what SecNumCloud leaves open.
    ``planned_*``: the applicant's own words. None is unknown everywhere."""

    target: Certificate
    closing: Closing
    open_requirements: int
    unanswered: int
    planned_months: int | None
    planned_cost_eur_ht: Decimal | None
    target_words: str


def help_for(application: ProgrammeApplication, *, on: dt.date) -> Help:
    """Offers of advice online, what the layers hold, who else stands on them. Eight queries at most, and one
    per layer below."""
    offer = application.offer
    advisors = (
        Offer.objects.public()
        .filter(service_models__contains=[ADVICE], state="listed")
        .select_related("supplier")
    )
    held = tuple(each for each in coverage_facts(offer, on=on).held if each.layer)
    return Help(tuple(advisors.order_by("name", "pk")[:MOST]), held, companions(offer))


def companions(offer: Offer) -> tuple[Companion, ...]:
    """Public offers of other suppliers that stand on one of this offer's layers, by base then name."""
    bases = below([offer.pk]) - {offer.pk}
    others = (
        Offer.objects.public()
        .filter(stack_edges__base__in=bases)
        .exclude(supplier=offer.supplier_id)
        .select_related("supplier")
        .prefetch_related("stack_edges__base")
        .order_by("name", "pk")
        .distinct()[:MOST]
    )
    sharing = dict(
        ProgrammeApplication.objects.filter(offer__in=[each.pk for each in others], shares_evidence=True)
        .exclude(state="withdrawn")
        .order_by("pk")
        .values_list("offer_id", "contact_email")
    )
    found = [
        Companion(each, ", ".join(sorted(_shared(each, bases))), sharing.get(each.pk, "")) for each in others
    ]
    return tuple(sorted(found, key=lambda one: (one.base, one.offer.name)))


def estimate_for(application: ProgrammeApplication, programme: Programme, *, on: dt.date) -> Estimate:
    facts = coverage_facts(application.offer, on=on)
    coverage = coverages(facts, [current_edition("secnumcloud")])[0]
    known = certificates()
    return Estimate(
        target=known["secnumcloud"],
        closing=closing(
            [coverage], [one for one in known.values() if one.code != "secnumcloud"], held=facts.held
        ),
        open_requirements=coverage.counts["not_covered"] + coverage.counts["partly"],
        unanswered=coverage.counts["unknown"],
        planned_months=application.planned_months,
        planned_cost_eur_ht=application.planned_cost_eur_ht,
        target_words=programme.target_words,
    )


def _shared(offer: Offer, bases: set[int]) -> set[str]:
    return {
        edge.base.name for edge in offer.stack_edges.all() if edge.base is not None and edge.base_id in bases
    }
