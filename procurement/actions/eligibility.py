"""Which offers a project may keep, today, and the list frozen with its reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from catalog.countries import COUNTRY_NAMES, EEA_COUNTRIES, country_of
from catalog.enums import OfferState, Scheme, TrustStatus
from catalog.models import EffectiveTrust, Offer
from catalog.trust import without_mark
from marketplace.accounts.actors import system_actor
from marketplace.audit.journal import record
from marketplace.errors import MoveRefused
from procurement.actions.assessments import result_now
from procurement.actions.projects import refuse_closed
from procurement.doctrine import AssessmentResult
from procurement.doctrine.eligibility import SCHEMES as SCHEME_NAMES
from procurement.doctrine.eligibility import Judgement, OfferFacts, StatusSeen, judge
from procurement.enums import FrozenAt, ProjectState, Standing
from procurement.models import Assessment, EligibilityList, EligibilityRow, Project
from procurement.requirements import told_of

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

SCHEMES = (Scheme.SECNUMCLOUD, Scheme.HDS)


@dataclass(frozen=True)
class JudgedOffer:
    offer: Offer
    facts: OfferFacts
    judgement: Judgement

    @property
    def standing(self) -> str:
        return self.judgement.standing

    @property
    def statuses(self) -> dict[str, StatusSeen]:
        return self.facts.statuses


@dataclass(frozen=True)
class OfferChoice:
    """The public catalogue, sorted by what the project must respect. `result` is what was read."""

    result: AssessmentResult
    assessment: Assessment
    judged: tuple[JudgedOffer, ...]

    def of(self, standing: str) -> list[JudgedOffer]:
        return [row for row in self.judged if row.standing == standing]

    @property
    def closest(self) -> JudgedOffer | None:
        """The refused offer with the fewest missed obligations."""
        refused = self.of(Standing.REFUSED)
        return min(refused, key=lambda row: len(row.judgement.findings), default=None)


def offers_for(project: Project, *, on: dt.date | None = None) -> OfferChoice:
    """Every public offer judged on the decided analysis, else on the current answers. Five queries."""
    assessment = assessment_of(project)
    result = result_now(assessment)
    offers = Offer.objects.public().select_related("supplier", "category", "live_version")
    judged = judge_offers(offers, result=result, service_models=project.service_models, on=on)
    return OfferChoice(result, assessment, tuple(judged))


def result_of(project: Project) -> AssessmentResult:
    """What its offers are judged on. At most two queries. Raises MoveRefused without an analysis."""
    return result_now(assessment_of(project))


def assessment_of(project: Project) -> Assessment:
    """The decided analysis, else the current answers."""
    assessment = project.decided_assessment() or project.current_assessment()
    if assessment is None:
        raise MoveRefused("assessment_missing", "Analysez d’abord la sensibilité du projet.")
    assessment.project = project
    return assessment


def judge_offers(
    offers: Iterable[Offer],
    *,
    result: AssessmentResult,
    service_models: Iterable[str] | None,
    on: dt.date | None = None,
) -> list[JudgedOffer]:
    """Two queries: the offers, their effective statuses (read now: a status lost counts at once)."""
    day, known = on or timezone.localdate(), list(offers)
    trust = EffectiveTrust.objects.filter(offer__in=[offer.pk for offer in known], scheme__in=SCHEMES)
    by_offer: dict[int, dict[str, EffectiveTrust]] = {}
    for row in trust:
        by_offer.setdefault(row.offer_id, {})[row.scheme] = row
    judged = []
    for offer in known:
        facts = facts_of_offer(offer, trust=by_offer.get(offer.pk, {}), on=day)
        judged.append(
            JudgedOffer(offer, facts, judge(facts, result=result, service_models=service_models, on=day))
        )
    return judged


def facts_of_offer(offer: Offer, *, trust: dict[str, EffectiveTrust], on: dt.date) -> OfferFacts:
    answers = offer.live_version.answers if offer.live_version else {}
    return OfferFacts(
        is_internal_state=offer.is_internal_state,
        is_suspended=offer.state == OfferState.SUSPENDED,
        service_models=frozenset(offer.service_models),
        statuses={scheme.value: _status(offer, scheme, trust=trust, on=on) for scheme in SCHEMES},
        outside_eea=_outside_eea(offer.regions),
        non_eu_law=answers.get("non_eu_law"),
        gdpr_clauses=answers.get("data_processing_agreement"),
        told_on=offer.facts_confirmed_on or offer.facts_read_on,
    )


def freeze_offers(project: Project, *, actor: Actor, expected_version: int | None = None) -> EligibilityList:
    """Keep today's list for ever: version and statuses of each offer, and who was shortlisted.

    Raises MoveRefused before the sensitivity is decided or when nothing is shortlisted.
    """
    refuse_closed(project)
    if project.state == ProjectState.DRAFT:
        raise MoveRefused(
            "not_assessed", "La sensibilité n’est pas encore décidée : la liste ne peut pas être figée."
        )
    with transaction.atomic():
        row = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
        kept = set(row.shortlist.values_list("offer_id", flat=True))
        if not kept:
            raise MoveRefused("shortlist_empty", "Ajoutez au moins une offre à la présélection.")
        made = _freeze(row, kept=kept, step=FrozenAt.SHORTLIST, actor=actor)
        if row.state == ProjectState.ASSESSED:
            row.source(actor=actor, expected_version=expected_version)
        else:
            row.touch("freeze_offers", actor=actor, apply=lambda _: None, expected_version=expected_version)
    project.refresh_from_db()
    return made


def freeze_at_step(project: Project, *, step: FrozenAt) -> EligibilityList | None:
    """Keep the lists as they are at a step, moments after it. None without an analysis to judge by."""
    try:
        assessment_of(project)
    except MoveRefused:
        return None
    kept = set(project.shortlist.values_list("offer_id", flat=True))
    with transaction.atomic():
        return _freeze(project, kept=kept, step=step, actor=system_actor("events"))


def _freeze(project: Project, *, kept: set[int], step: FrozenAt, actor: Actor) -> EligibilityList:
    choice = offers_for(project)
    made = EligibilityList.objects.create(
        project=project,
        assessment=choice.assessment,
        obligations=[o.code for o in choice.result.at_level("required")],
        told=told_of(project),
        step=step,
        frozen_by=actor.user,
    )
    EligibilityRow.objects.bulk_create(_row(made, judged, kept=kept) for judged in choice.judged)
    detail = {"project": project.number, "step": step.value, "offers": len(choice.judged)}
    record(made, "freeze", actor=actor, detail=detail)
    return made


def _row(made: EligibilityList, judged: JudgedOffer, *, kept: set[int]) -> EligibilityRow:
    return EligibilityRow(
        eligibility_list=made,
        offer=judged.offer,
        offer_version_id=judged.offer.live_version_id,
        standing=judged.standing,
        findings=[finding.as_dict() for finding in judged.judgement.findings],
        statuses={scheme: _frozen_status(seen) for scheme, seen in judged.statuses.items()},
        shortlisted=judged.offer.pk in kept,
    )


def _frozen_status(seen: StatusSeen) -> dict[str, Any]:
    return {
        "status": seen.status,
        "label": seen.label,
        "until": seen.until.isoformat() if seen.until else None,
    }


def _status(offer: Offer, scheme: Scheme, *, trust: dict[str, EffectiveTrust], on: dt.date) -> StatusSeen:
    row = trust.get(scheme.value)
    status = row.status_on(on) if row else without_mark(offer, scheme)
    return StatusSeen(
        status=status.value, label=TrustStatus(status).label, until=row.valid_until if row else None
    )


def _outside_eea(regions: list[str] | None) -> tuple[str, ...] | None:
    """Names of the storage countries outside the EEA; None when no place is known."""
    codes = {code for region in regions or () if (code := country_of(region))}
    if not codes:
        return None
    return tuple(sorted(COUNTRY_NAMES.get(code, code) for code in codes - EEA_COUNTRIES))


@dataclass(frozen=True)
class FrozenRow:
    """A row as it was frozen, and what the same offer is worth today."""

    frozen: EligibilityRow
    now: JudgedOffer

    @property
    def has_changed(self) -> bool:
        return self.frozen.standing != self.now.standing or any(
            self.frozen.statuses.get(scheme, {}).get("status") != seen.status
            for scheme, seen in self.now.statuses.items()
        )

    @property
    def status_pairs(self) -> list[tuple[str, str, str]]:
        """Scheme, words at the freeze, words now."""
        return [
            (SCHEME_NAMES[scheme], self.frozen.statuses.get(scheme, {}).get("label", "Inconnue"), seen.label)
            for scheme, seen in self.now.statuses.items()
        ]


def frozen_rows(made: EligibilityList) -> list[FrozenRow]:
    """Judged again on the same frozen analysis: what moved is the offer. Three queries."""
    rows = list(
        made.rows.select_related("offer__supplier", "offer__category", "offer__live_version", "offer_version")
    )
    made.assessment.project = made.project
    result = result_now(made.assessment)
    judged = judge_offers(
        [row.offer for row in rows], result=result, service_models=made.project.service_models
    )
    return [FrozenRow(row, now) for row, now in zip(rows, judged, strict=True)]
