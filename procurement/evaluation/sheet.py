"""An evaluation as its pages and its API read it: made of prefetched rows (`with_sheet`), without a query."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from marketplace.accounts.enums import Role
from procurement.consultations.enums import CriterionKind
from procurement.consultations.prices import PricedResponse, priced
from procurement.evaluation.low_prices import LowPrice, low_prices
from procurement.evaluation.rules import low_price_on
from procurement.evaluation.scoring import CriterionFacts, ResponseFacts, Standing, ranking

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import (
        AwardCriterion,
        ClarificationRequest,
        ConsultationLot,
        Evaluation,
        Evaluator,
        LotOutcome,
        Mark,
        OpenedResponse,
        SetAside,
    )


@dataclass(frozen=True)
class ResponseSheet:
    """One response: its prices, what is missing, whether it is set aside, what it was asked."""

    response: OpenedResponse
    prices: PricedResponse
    set_aside: SetAside | None
    clarifications: tuple[ClarificationRequest, ...]
    low_price: LowPrice | None = None
    standing: Standing | None = None

    @property
    def supplier(self) -> str:
        return str(self.response.deposit.supplier.name)

    @property
    def key(self) -> str:
        return str(self.response.uuid)

    @property
    def missing(self) -> tuple[str, ...]:
        """What was asked and is not answered, in words."""
        content, count = self.response.content, self.prices.missing
        lacks = []
        if count:
            lacks.append(f"pas de réponse à {count} poste{'s' if count > 1 else ''} de prix")
        if not content.get("candidacy"):
            lacks.append("ni DUME ni DC1")
        if not content.get("not_excluded"):
            lacks.append("pas d’attestation sur les cas d’exclusion")
        if not content.get("proposal"):
            lacks.append("pas de proposition écrite")
        return tuple(lacks)


@dataclass(frozen=True)
class LotSheet:
    lot: ConsultationLot
    responses: tuple[ResponseSheet, ...]

    @property
    def outcome(self) -> LotOutcome | None:
        """How this lot ended alone; None while it goes on."""
        return getattr(self.lot, "outcome", None)

    @property
    def ident(self) -> str:
        """Names the parts of its picture, apart from those of the other lots."""
        return f"notes-{self.lot.number}"

    @property
    def marks_caption(self) -> str:
        return f"Notes par critère, lot {self.lot.number}"

    @property
    def ranked(self) -> tuple[ResponseSheet, ...]:
        """In the order of the ranking as it stands now."""
        return tuple(
            sorted(
                self.responses,
                key=lambda one: (one.standing is None or one.standing.rank is None, _rank(one)),
            )
        )


def _rank(one: ResponseSheet) -> int:
    return (one.standing.rank or 0) if one.standing is not None else 0


def criteria_facts(evaluation: Evaluation) -> list[CriterionFacts]:
    return [
        CriterionFacts(str(one.uuid), one.label, one.weight, one.kind == CriterionKind.PRICE)
        for one in evaluation.consultation.criteria.all()
    ]


def judged_criteria(evaluation: Evaluation) -> list[AwardCriterion]:
    """Those that people mark."""
    return [one for one in evaluation.consultation.criteria.all() if one.kind != CriterionKind.PRICE]


def lots_of(evaluation: Evaluation) -> list[LotSheet]:
    """Standings are those of the agreed marks, once these are shared."""
    return [_lot(evaluation, lot) for lot in evaluation.consultation.lots.all()]


def responses_of(evaluation: Evaluation) -> list[ResponseSheet]:
    return [one for lot in lots_of(evaluation) for one in lot.responses]


def judged_responses(evaluation: Evaluation) -> list[ResponseSheet]:
    """All but those set aside, of the lots that go on."""
    return [
        one
        for lot in lots_of(evaluation)
        if lot.outcome is None
        for one in lot.responses
        if one.set_aside is None
    ]


def _lot(evaluation: Evaluation, lot: ConsultationLot) -> LotSheet:
    rows = [_row(one, lot) for one in _opened(lot)]
    agreed = _agreed(evaluation)
    facts = [_facts(one, agreed) for one in rows]
    consultation = evaluation.consultation
    standings = ranking(facts, criteria_facts(evaluation), formula=consultation.price_formula)
    by_key = {one.response: one for one in standings}
    opened_on = timezone.localdate(consultation.opened_at)
    low = low_prices(facts, rule=low_price_on(opened_on))
    return LotSheet(
        lot,
        tuple(
            ResponseSheet(
                one.response, one.prices, one.set_aside, one.clarifications, low.get(one.key), by_key[one.key]
            )
            for one in rows
        ),
    )


def _opened(lot: ConsultationLot) -> Iterator[OpenedResponse]:
    for deposit in lot.deposits.all():
        opened = getattr(deposit, "opened", None)
        if opened is not None:
            yield opened


def _row(response: OpenedResponse, lot: ConsultationLot) -> ResponseSheet:
    aside = next((one for one in response.set_asides.all() if one.lifted_at is None), None)
    prices = priced(lot.price_items.all(), response.content["prices"])
    return ResponseSheet(response, prices, aside, tuple(response.clarifications.all()))


def _agreed(evaluation: Evaluation) -> dict[int, dict[str, Decimal]]:
    """Marks by criterion, by response; none while each evaluator marks apart."""
    found: dict[int, dict[str, Decimal]] = {}
    if not evaluation.marks_are_shared:
        return found
    keys = {one.pk: str(one.uuid) for one in evaluation.consultation.criteria.all()}
    for one in evaluation.agreed_marks.all():
        found.setdefault(one.response_id, {})[keys[one.criterion_id]] = one.value
    return found


def _facts(one: ResponseSheet, agreed: dict[int, dict[str, Decimal]]) -> ResponseFacts:
    return ResponseFacts(
        key=one.key,
        supplier=one.supplier,
        total_eur_ht=one.prices.total_eur_ht,
        missing_prices=one.prices.missing,
        marks=agreed.get(one.response.pk, {}),
        set_aside=f"{one.set_aside.get_ground_display()} : {one.set_aside.reason}" if one.set_aside else "",
    )


def seen_marks(evaluation: Evaluation, actor: Actor) -> list[tuple[Evaluator, Mark]]:
    """One's own; those of all who may mark once they are shared, and for the auditor."""
    every = evaluation.marks_are_shared or actor.has(Role.AUDITOR)
    return [
        (evaluator, mark)
        for evaluator in evaluation.evaluators.all()
        if evaluator.counts and (every or actor.is_person(evaluator.user_id))
        for mark in evaluator.marks.all()
    ]


def marks_missing(evaluation: Evaluation, evaluator: Evaluator) -> list[tuple[AwardCriterion, ResponseSheet]]:
    """What this evaluator has not marked yet."""
    given = {(one.criterion_id, one.response_id) for one in evaluator.marks.all()}
    return [
        (criterion, one)
        for criterion in judged_criteria(evaluation)
        for one in judged_responses(evaluation)
        if (criterion.pk, one.response.pk) not in given
    ]


def agreed_missing(evaluation: Evaluation) -> list[tuple[AwardCriterion, ResponseSheet]]:
    given = {(one.criterion_id, one.response_id) for one in evaluation.agreed_marks.all()}
    return [
        (criterion, one)
        for criterion in judged_criteria(evaluation)
        for one in judged_responses(evaluation)
        if (criterion.pk, one.response.pk) not in given
    ]
