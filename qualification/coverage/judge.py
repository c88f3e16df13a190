"""How one requirement is covered. Pure: facts in, a judgement out.

A certificate proves what its scheme, the list of admitted proofs or a sourced mapping says it proves. A
layer's certificate never proves more than a part (a service on a qualified base is not qualified), except
of what is about the data centre alone. An answer proves what a declaration is enough for, and a part of
the rest. Nothing said is stated as such.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalog.countries import EEA_COUNTRIES, EU_COUNTRIES, country_of
from catalog.questions.engine import is_unknown, questions
from marketplace.ui.typography import date_text, number_text
from qualification.coverage.facts import CoverageFacts, Held
from qualification.coverage.rating import Rating, rating_of
from qualification.schemes import DECLARATION, Expected, Requirement, Scheme
from qualification.schemes.mapping import PARTLY as CROSSES
from qualification.schemes.mapping import Mapping, mappings_from

COVERED, PARTLY, NOT_COVERED, UNKNOWN = "covered", "partly", "not_covered", "unknown"
STATES = (COVERED, PARTLY, NOT_COVERED, UNKNOWN)
STATE_WORDS = {
    COVERED: "Couverte",
    PARTLY: "En partie",
    NOT_COVERED: "Non couverte",
    UNKNOWN: "Sans réponse",
}
CERTIFICATE, LAYER, ANSWER = "certificate", "layer", "answer"
ZONES = {"eu": (EU_COUNTRIES, "l’Union européenne"), "eea": (EEA_COUNTRIES, "l’Espace économique européen")}
IN_DOSSIER = "Se juge dans le dossier de référencement : contrôle automatique, puis instruction."
NOTHING = "Aucune réponse, aucun certificat ni aucune couche ne la couvre."


@dataclass(frozen=True, slots=True)
class Ground:
    """What covers, and how far. ``kind``: certificate, layer or answer; ``text``: in French, why."""

    kind: str
    code: str
    state: str
    text: str


@dataclass(frozen=True, slots=True)
class Judged:
    """``missing``: the questions whose answer would help, ``reason``: what is said when nothing covers."""

    requirement: Requirement
    state: str
    grounds: tuple[Ground, ...] = ()
    missing: tuple[str, ...] = ()
    reason: str = ""

    @property
    def words(self) -> str:
        return STATE_WORDS[self.state]

    @property
    def missing_told(self) -> str:
        """« Régions de stockage », « Droit du contrat »: the questions that wait, by their short names."""
        return ", ".join(f"« {questions()[name].short} »" for name in self.missing)


@dataclass(frozen=True, slots=True)
class SchemeCoverage:
    """``rating``: the levels that the supplier gives itself, where the scheme asks for them."""

    scheme: Scheme
    rows: tuple[Judged, ...]
    rating: Rating | None = None

    def count(self, state: str) -> int:
        return sum(row.state == state for row in self.rows)

    @property
    def counts(self) -> dict[str, int]:
        """All four, always present."""
        return {state: self.count(state) for state in STATES}

    @property
    def key(self) -> str:
        """« gaiax-24.11-L3 »: the edition and the level, as addresses name it."""
        return f"{self.scheme.key}-{self.scheme.level}" if self.scheme.level else self.scheme.key

    @property
    def open(self) -> tuple[Requirement, ...]:
        return tuple(row.requirement for row in self.rows if row.state != COVERED)


def judge_scheme(scheme: Scheme, facts: CoverageFacts) -> SchemeCoverage:
    links = mappings_from(scheme.key)
    rows = tuple(judge(each, scheme, facts, links) for each in scheme.active)
    return SchemeCoverage(scheme, rows, rating_of(scheme, facts.answers))


def judge(requirement: Requirement, scheme: Scheme, facts: CoverageFacts, links: Iterable[Mapping]) -> Judged:
    """The best of what is held; an answer that says the contrary leaves no more than a part."""
    links = tuple(links)
    grounds = [
        ground for held in facts.held if (ground := _by_certificate(requirement, scheme, held, links, facts))
    ]
    answers = _read_answers(expected_of(requirement), facts)
    if answers.met:
        enough = requirement.proof == DECLARATION
        text = "Réponses : " + ", ".join(answers.met)
        state = COVERED if enough and not answers.missing and not answers.against else PARTLY
        grounds.append(Ground(ANSWER, "", state, text))
    state = COVERED if any(ground.state == COVERED for ground in grounds) else PARTLY
    if not grounds:
        state = NOT_COVERED if answers.against or not answers.missing else UNKNOWN
    elif answers.against:
        state = PARTLY if any(ground.kind != ANSWER for ground in grounds) else NOT_COVERED
    reason = " ".join(answers.against) or ("" if grounds or answers.missing else NOTHING)
    if state == NOT_COVERED and requirement.facts and reason == NOTHING:
        state, reason = UNKNOWN, IN_DOSSIER
    return Judged(requirement, state, tuple(grounds), tuple(answers.missing), reason)


def expected_of(requirement: Requirement) -> tuple[Expected, ...]:
    """What answers must say; a scheme that only names questions wants them answered."""
    return requirement.answers or tuple(Expected(name) for name in requirement.questions)


def proves(code: str, requirement: Requirement, scheme: Scheme, links: Iterable[Mapping]) -> str:
    """How far a certificate of this code, held and proven, covers: covered, partly or empty."""
    if code == scheme.certificate or code in requirement.standards:
        return COVERED
    far = ""
    for link in links:
        if link.certificate == code and link.targets(requirement.code, requirement.section):
            far = PARTLY if link.kind == CROSSES and far != COVERED else COVERED
    return far


def _by_certificate(
    requirement: Requirement, scheme: Scheme, held: Held, links: Sequence[Mapping], facts: CoverageFacts
) -> Ground | None:
    far = proves(held.code, requirement, scheme, links)
    if not far:
        return None
    told = _told(held, requirement.standards.get(held.code, ()))
    kind = LAYER if held.layer else CERTIFICATE
    if not held.proven:
        said = f"{told} : déclaré, sans preuve jointe ni registre."
        return Ground(kind, held.code, PARTLY, said)
    if left_out := _left_out(held, facts):
        said = f"{told} : le périmètre ne nomme pas {', '.join(left_out)}, où l’offre est hébergée."
        return Ground(kind, held.code, PARTLY, said)
    if held.layer and not requirement.inherited:
        return Ground(kind, held.code, PARTLY, f"{told}. Ce qui est à vous reste à prouver.")
    crossed = " recoupe l’exigence, sans la contenir." if far == PARTLY else ""
    return Ground(kind, held.code, far, f"{told}{crossed}")


def _told(held: Held, sections: Iterable[str]) -> str:
    """« Couche « Socle » : SecNumCloud, 19.6, périmètre « Stockage », jusqu’au 12 mai 2028 »."""
    parts = [held.name, *sections]
    if held.scope:
        parts.append(f"périmètre « {held.scope} »")
    if held.until:
        parts.append(f"jusqu’au {date_text(held.until)}")
    return (f"Couche « {held.layer} » : " if held.layer else "") + ", ".join(parts)


def _left_out(held: Held, facts: CoverageFacts) -> list[str]:
    """The places of storage that the perimeter, when it names places, does not cover. A country covers its
    places; a base is judged on its own places, not on these."""
    if not held.regions or held.layer:
        return []
    named = {*held.regions}
    stored = facts.answers.get("storage_regions") or []
    return [
        str(place) for place in stored if place not in named and str(place).partition("-")[0] not in named
    ]


@dataclass(slots=True)
class _Read:
    met: list[str]
    against: list[str]
    missing: list[str]


def _read_answers(expected: Iterable[Expected], facts: CoverageFacts) -> _Read:
    read = _Read([], [], [])
    for each in expected:
        question = questions()[each.question]
        value = facts.answers.get(each.question)
        if is_unknown(value):
            read.missing.append(each.question)
        elif wrong := against(each, value):
            read.against.append(f"« {question.short} » : {wrong}")
        else:
            read.met.append(f"« {question.short} »")
    return read


def against(expected: Expected, value: Any) -> str:
    """Why the answer does not do, in French; empty when it does."""
    if expected.within:
        return _outside(expected.within, value)
    if expected.any_of and set(expected.any_of).isdisjoint(_codes(value)):
        return "la réponse donnée ne suffit pas."
    if expected.max is not None and float(value) > expected.max:
        return f"{_number(value)} dépasse {_number(expected.max)}."
    if expected.min is not None and float(value) < expected.min:
        return f"{_number(value)} : il en faut au moins {_number(expected.min)}."
    return ""


def _number(value: Any) -> str:
    return number_text(Decimal(str(value)).normalize())


def _codes(value: Any) -> set[str]:
    if isinstance(value, bool):
        return {"true" if value else "false"}
    return {str(each) for each in value} if isinstance(value, list) else {str(value)}


def _outside(zone: str, value: Any) -> str:
    countries, words = ZONES[zone]
    places = value if isinstance(value, list) else [value]
    outside = [str(place) for place in places if country_of(str(place)) not in countries]
    return f"{', '.join(outside)} : hors de {words}." if outside else ""
