"""The Gaia-X levels of an offer (SC, L1, L2, L3), computed criterion by criterion. Pure.

Source: Gaia-X Compliance Document 24.11 as `qualification/schemes/gaiax-24.11.toml` holds it. What is
computed is a preparation: it is neither the supplier's own claim nor a label, which a clearing house issues.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from marketplace.ui.typography import date_text
from qualification.coverage.facts import CoverageFacts, Held
from qualification.coverage.judge import (
    ANSWER,
    COVERED,
    LAYER,
    NOT_COVERED,
    NOTHING,
    PARTLY,
    STATES,
    UNKNOWN,
    Ground,
    Judged,
    judge,
)
from qualification.schemes import EVIDENCE, Requirement, Scheme, load_scheme
from qualification.schemes.certificates import certificates
from qualification.schemes.mapping import Mapping, mappings_from

EDITION = ("gaiax", "24.11")
LEVELS = ("SC", "L1", "L2", "L3")
DESCRIBED, OPERATED = "P1.2.9", "P1.3.2"
REACHED_WORDS = {True: "Atteint selon notre calcul", False: "Non atteint", None: "Inconnu"}
ASSESSOR = "Aucune preuve n’est admise pour ce critère : il faut l’avis d’un évaluateur."


@dataclass(frozen=True, slots=True)
class LabelFacts:
    """``identity_on``: the day the supplier's identity was read in a register, None: never. ``undescribed``:
    the mandatory attributes that a service description could not be given, in French."""

    coverage: CoverageFacts
    identity_on: dt.date | None = None
    undescribed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion at one level. ``gap``: what is wanting, in French; empty when it is proven."""

    judged: Judged
    gap: str

    @property
    def requirement(self) -> Requirement:
        return self.judged.requirement

    @property
    def state(self) -> str:
        return self.judged.state

    @property
    def is_certified(self) -> bool:
        """Whether somebody else's proof is asked at this level."""
        return self.requirement.proof == EVIDENCE

    @property
    def is_inherited(self) -> bool:
        """Proven by a layer below, and by nothing of the offer's own."""
        enough = {ground.kind for ground in self.judged.grounds if ground.state == COVERED}
        return self.state == COVERED and enough == {LAYER}


@dataclass(frozen=True, slots=True)
class LevelResult:
    scheme: Scheme
    criteria: tuple[Criterion, ...]

    @property
    def level(self) -> str:
        return self.scheme.level

    @property
    def counts(self) -> dict[str, int]:
        """All four states, always present."""
        return {state: sum(each.state == state for each in self.criteria) for state in STATES}

    @property
    def certified(self) -> tuple[Criterion, ...]:
        return tuple(each for each in self.criteria if each.is_certified)

    @property
    def certified_met(self) -> int:
        return sum(each.state == COVERED for each in self.certified)

    @property
    def reached(self) -> bool | None:
        """None: nothing says no, but answers are wanting."""
        said = {each.state for each in self.criteria}
        if said & {PARTLY, NOT_COVERED}:
            return False
        return None if UNKNOWN in said else True

    @property
    def words(self) -> str:
        return REACHED_WORDS[self.reached]

    def criterion(self, code: str) -> Criterion:
        """Raises KeyError."""
        found = next((each for each in self.criteria if each.requirement.code == code), None)
        if found is None:
            raise KeyError(code)
        return found


def label_levels(facts: LabelFacts) -> tuple[LevelResult, ...]:
    """The four levels, in the order of LEVELS. A criterion is judged once for each kind of proof asked."""
    links = mappings_from(load_scheme(*EDITION).key)
    known: dict[tuple[str, str], Criterion] = {}
    found = []
    for scheme in schemes():
        criteria = []
        for each in scheme.requirements:
            key = (each.code, each.proof)
            if key not in known:
                known[key] = _criterion(each, scheme, facts, links)
            criteria.append(known[key])
        found.append(LevelResult(scheme, tuple(criteria)))
    return tuple(found)


@cache
def schemes() -> tuple[Scheme, ...]:
    """What each level asks."""
    return tuple(load_scheme(*EDITION).at(level) for level in LEVELS)


def _criterion(
    requirement: Requirement, scheme: Scheme, facts: LabelFacts, links: Iterable[Mapping]
) -> Criterion:
    judged = _by_facts(requirement, facts) or judge(requirement, scheme, facts.coverage, links)
    return Criterion(judged, _gap(judged, facts.coverage.ended))


def _by_facts(requirement: Requirement, facts: LabelFacts) -> Judged | None:
    """The two criteria that no answer and no certificate proves, but what we know ourselves."""
    if requirement.code == OPERATED:
        if facts.identity_on is None:
            return Judged(requirement, UNKNOWN, reason="Nous n’avons pas vérifié l’identité du fournisseur.")
        said = f"Identité du fournisseur vérifiée au registre le {date_text(facts.identity_on)}."
        return Judged(requirement, COVERED, (Ground(ANSWER, "", COVERED, said),))
    if requirement.code == DESCRIBED:
        if facts.undescribed:
            said = f"Il manque à la description du service : {', '.join(facts.undescribed)}."
            return Judged(requirement, NOT_COVERED, reason=said)
        said = "Les attributs obligatoires de la description du service sont donnés."
        return Judged(requirement, COVERED, (Ground(ANSWER, "", COVERED, said),))
    return None


def _gap(judged: Judged, ended: Iterable[Held]) -> str:
    """What is wanting, why, and what would prove it."""
    if judged.state == COVERED:
        return ""
    requirement, parts = judged.requirement, []
    if judged.reason and judged.reason != NOTHING:
        parts.append(judged.reason)
    if judged.missing:
        parts.append(f"À répondre : {judged.missing_told}.")
    parts += [_ended_words(each) for each in ended if each.code in requirement.standards]
    if requirement.proof == EVIDENCE:
        admitted = requirement.standards_told
        parts.append(f"Preuves admises : {admitted}." if admitted else ASSESSOR)
    return " ".join(parts) or NOTHING


def _ended_words(each: Held) -> str:
    until = f" depuis le {date_text(each.until)}" if each.until else ""
    return f"{each.name} : n’est plus en vigueur{until}."


@dataclass(frozen=True, slots=True)
class Alone:
    """What one certificate proves by itself of the criteria certified at a level."""

    name: str
    level: str
    proves: int
    of: int
    others: tuple[Requirement, ...]


def alone(code: str, level: str) -> Alone:
    """From the table of admitted proofs. Raises KeyError for an unknown certificate."""
    scheme = schemes()[LEVELS.index(level)]
    asked = [each for each in scheme.requirements if each.proof == EVIDENCE]
    others = tuple(each for each in asked if code not in each.standards)
    return Alone(certificates()[code].name, level, len(asked) - len(others), len(asked), others)


def not_nested() -> dict[str, tuple[str, ...]]:
    """« L2 » → the criteria that L2 asks and the level above it does not: levels are not nested."""
    codes = {scheme.level: [each.code for each in scheme.requirements] for scheme in schemes()}
    found = {}
    for lower, upper in zip(LEVELS, LEVELS[1:], strict=False):
        if dropped := tuple(code for code in codes[lower] if code not in codes[upper]):
            found[lower] = dropped
    return found
