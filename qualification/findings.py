"""Findings by requirement: written by the officer, and opened again by what the supplier corrects."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from catalog.models import OfferVersion, TrustMark
from catalog.questions.conditions import effective
from catalog.questions.engine import changed as changed_questions
from marketplace.accounts.abilities import require
from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused, RuleBroken
from qualification import pipeline
from qualification.abilities import dossier_abilities, person_of
from qualification.enums import DossierState, FindingVerdict
from qualification.models import CorrectionRequest, Dossier, Finding
from qualification.reopening import FILES, MARKS, PLANS, Changed, reopened, still_standing
from qualification.schemes import Requirement, load_scheme

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

FILED = frozenset({"document", "certificate"})
WANTING = frozenset({FindingVerdict.NOT_CONFORM, FindingVerdict.CONFORM_WITH_RESERVE})


def record_finding(
    dossier: Dossier,
    *,
    actor: Actor,
    requirement: str,
    verdict: str,
    observation: str,
    evidence: str = "",
    severity: str = "",
    remedy: str = "",
    expected_version: int | None = None,
) -> Finding:
    """Judge one requirement. What is not plainly compliant says how to repair it: the supplier reads it."""
    known, judge = _requirement(dossier, requirement), person_of(actor)
    check_finding(verdict, observation=observation, severity=severity, remedy=remedy)
    words = {"observation": observation, "evidence": evidence, "remedy": remedy}
    written: list[Finding] = []

    def apply(row: Dossier) -> None:
        _in_instruction(row)
        require(dossier_abilities(actor, row), "record_finding")
        written.append(
            Finding.objects.create(
                dossier=row,
                requirement=known.code,
                round=row.round,
                verdict=verdict,
                severity=severity if verdict in WANTING else "",
                **words,
                check_run=pipeline.gravest_run(row, known.checks),
                recorded_by=judge,
            )
        )

    detail = {"requirement": known.code, "verdict": verdict, "severity": severity}
    dossier.touch(
        "record_finding", actor=actor, apply=apply, expected_version=expected_version, detail=detail
    )
    return written[0]


def _requirement(dossier: Dossier, code: str) -> Requirement:
    try:
        return load_scheme(dossier.scheme, dossier.scheme_edition).requirement(code)
    except KeyError:
        raise RuleBroken("unknown_requirement", "Cette exigence n’existe pas.", field="requirement") from None


def check_finding(verdict: str, *, observation: str, severity: str, remedy: str) -> None:
    if not observation.strip():
        raise RuleBroken("observation_missing", "Dites ce que vous avez vu.", field="observation")
    if verdict != FindingVerdict.NOT_CONFORM:
        return
    if not remedy.strip():
        raise RuleBroken(
            "remedy_missing",
            "Dites ce que vous avez vu et comment le réparer : le fournisseur le lira.",
            field="remedy",
        )
    if not severity:
        raise RuleBroken(
            "severity_missing", "Dites si ce constat est bloquant, majeur ou mineur.", field="severity"
        )


def _in_instruction(row: Dossier) -> None:
    if row.state != DossierState.INSTRUCTION:
        raise MoveRefused(
            "wrong_state",
            f"Un constat s’enregistre pendant l’instruction : l’état est maintenant "
            f"« {Dossier.state_label(row.state)} ».",
        )


def last_findings(dossier: Dossier) -> dict[str, Finding]:
    """The last finding of each requirement, whether it stands or not. One query."""
    rows = dossier.findings.select_related("recorded_by").order_by("pk")
    return {finding.requirement: finding for finding in rows}


def standing_of(dossier: Dossier, findings: dict[str, Finding]) -> dict[str, bool]:
    """By requirement, whether its last finding stands. One query unless corrections are prefetched."""
    return still_standing(
        {code: finding.round for code, finding in findings.items()},
        rounds=[(asked.round, asked.reopened) for asked in dossier.corrections.all()],
    )


def missing_findings(dossier: Dossier) -> list[str]:
    """Titles of the requirements to judge, in the scheme's order: never judged, or opened again."""
    stands = standing_of(dossier, last_findings(dossier))
    scheme = load_scheme(dossier.scheme, dossier.scheme_edition)
    return [one.title for one in scheme.requirements if not stands.get(one.code)]


def reopen(dossier: Dossier, asked: CorrectionRequest) -> list[str]:
    """What the answer to a round opens again. Call once its new version is known; a few queries."""
    judged = {code: finding.verdict for code, finding in last_findings(dossier).items()}
    scheme = load_scheme(dossier.scheme, dossier.scheme_edition)
    return reopened(scheme.requirements, changed=_changed(dossier, asked), judged=judged)


def _changed(dossier: Dossier, asked: CorrectionRequest) -> Changed:
    before, after = asked.version_before, asked.version_after
    if after is None:
        return Changed()
    moved = [
        *changed_questions(before.answers, after.answers),
        *changed_questions(effective(before.answers), effective(after.answers)),
    ]
    facts = set()
    if _priced(before) != _priced(after):
        facts.add(PLANS)
    if any(question.type in FILED for question in moved):
        facts.add(FILES)
    if _marks_touched(dossier, asked):
        facts.add(MARKS)
    return Changed(
        frozenset(question.id for question in moved), frozenset(facts), _evidence_touched(dossier, asked)
    )


def _marks_touched(dossier: Dossier, asked: CorrectionRequest) -> bool:
    """Marks carry no version of the offer: every change of one is in the journal. One query."""
    marks = TrustMark.objects.filter(offer=dossier.offer_id).values("pk")
    told = AuditEvent.objects.filter(object_type=TrustMark._meta.label_lower, object_id__in=marks)
    return told.filter(at__gte=asked.requested_at).exists()


def _evidence_touched(dossier: Dossier, asked: CorrectionRequest) -> frozenset[str]:
    """Requirements whose evidence was joined or taken off since; the journal remembers both. One query."""
    told = AuditEvent.objects.filter(
        object_type=Dossier._meta.label_lower,
        object_id=dossier.pk,
        what__in=("join_evidence", "take_off_evidence"),
        at__gte=asked.requested_at,
    )
    return frozenset(told.values_list("side__detail__requirement", flat=True))


def _priced(version: OfferVersion) -> str:
    """The plans and their lines as one text to compare. Two queries."""
    plans: list[Any] = []
    for plan in version.plans.prefetch_related("lines").order_by("code"):
        lines = [_values(line, but=("id", "plan")) for line in plan.lines.order_by("code")]
        plans.append([_values(plan, but=("id", "version")), lines])
    return json.dumps(plans, sort_keys=True, default=str)


def _values(row: Any, *, but: tuple[str, ...]) -> dict[str, Any]:
    fields = (field for field in row._meta.concrete_fields if field.name not in but)
    return {field.name: getattr(row, field.attname) for field in fields}
