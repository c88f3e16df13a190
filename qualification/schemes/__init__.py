"""Requirements as data: one dated file per edition of a scheme.

A new scheme or a new edition is a new file; nothing else is written. Dossiers keep the edition they were
opened with (`load_scheme`), and `difference` says what another edition changes.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
LISTING = ("listing", "2026-11-26.2")
OBLIGATION, RECOMMENDATION = "obligation", "recommendation"
# How a requirement is met: the supplier's structured word is enough, or someone else's proof is needed.
DECLARATION, EVIDENCE = "declaration", "evidence"
CERTIFICATION = "certification"
MODELS = {"saas": "SaaS", "paas": "PaaS", "caas": "CaaS", "iaas": "IaaS"}
PROOFS = {"declaration": "déclaration", "certification": "certification"}
PERIODS = {
    "day": "chaque jour",
    "month": "chaque mois",
    "quarter": "chaque trimestre",
    "year": "chaque année",
    "three_years": "sur trois ans",
    "six_months_at_least": "six mois au moins",
    "one_month_at_most": "un mois au plus",
    "major_change": "à chaque changement majeur",
}


@dataclass(frozen=True, slots=True)
class Expected:
    """What an answer must say: anything, one of some codes, a number within bounds, or places in a zone.

    `within`: « eu » or « eea »; every place of the answer must be in it.
    """

    question: str
    any_of: tuple[str, ...] = ()
    min: float | None = None
    max: float | None = None
    within: str = ""


@dataclass(frozen=True, slots=True)
class Requirement:
    """``checks`` are the codes of the automatic checks that inform it, empty when a person judges alone
    (a file may name a single one as ``check``); of them, no offer is listed while a ``mandatory`` one is
    unknown, unless two persons waive it.

    ``questions`` are the answers to read, ``facts`` what else (supplier, marks, plans, files). ``answers``:
    what they must say. ``models`` empty: every service model. ``for_customer``: a document, information or
    clause due to the customer. ``levels``: level → declaration or certification, a level absent does not
    ask it. ``standards``: certificates admitted as proof → their sections, none: the whole certificate.
    ``options``: the choices of a clause. ``retired``: a number kept, that asks nothing. ``inherited``: it
    is about the data centre alone, so that the certificate of a layer below proves it whole. ``rated_by``:
    the question in which a supplier gives itself a level, the lowest of its choices first; ``weight``: of
    that level in the scheme's mean, in percent.
    """

    code: str
    title: str
    rule: str
    checks: tuple[str, ...] = ()
    mandatory: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    facts: str = ""
    section: str = ""
    kind: str = OBLIGATION
    models: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    for_customer: bool = False
    answers: tuple[Expected, ...] = ()
    levels: Mapping[str, str] = field(default_factory=dict)
    standards: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    proof: str = EVIDENCE
    retired: bool = False
    inherited: bool = False
    rated_by: str = ""
    weight: int | None = None

    @property
    def is_recommendation(self) -> bool:
        return self.kind == RECOMMENDATION

    @property
    def kind_words(self) -> str:
        if self.rated_by:
            return "Auto-évaluation"
        return "Recommandation" if self.is_recommendation else "Obligation"

    @property
    def periods_told(self) -> tuple[str, ...]:
        return tuple(PERIODS[period] for period in self.periods)

    @property
    def models_told(self) -> str:
        return ", ".join(MODELS[model] for model in self.models)

    @property
    def levels_told(self) -> str:
        """« SC : déclaration, L2 : certification »."""
        return ", ".join(f"{level}\u00a0: {PROOFS[kind]}" for level, kind in self.levels.items())

    @property
    def standards_told(self) -> str:
        """« Qualification SecNumCloud (19.1), Attestation BSI C5 »."""
        from qualification.schemes.certificates import certificates  # it reads this folder

        return ", ".join(
            certificates()[code].name + (f" ({', '.join(parts)})" if parts else "")
            for code, parts in self.standards.items()
        )


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the scheme; one without a dot in its code is a chapter."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class SelfAssessment:
    """Of a scheme whose requirements are ``rated_by`` their supplier: the questions that hold its grounds and
    its day, and where the weights come from, how sure they are and what is not sure, in French."""

    grounds: str
    made_on: str
    weights_dated: str
    weights_source: str
    weights_confidence: str
    weights_uncertainty: str

    @property
    def words(self) -> str:
        """Where the weights come from, and what is not sure of them."""
        return (
            f"Poids datés de {self.weights_dated}. Source\u00a0: {self.weights_source}. "
            f"Confiance\u00a0: {self.weights_confidence}. {self.weights_uncertainty}"
        )


@dataclass(frozen=True, slots=True)
class Scheme:
    """``certificate``: the certificate that covers every requirement of it. ``level``: see `at`."""

    code: str
    edition: str
    title: str
    requirements: tuple[Requirement, ...]
    publisher: str = ""
    dated: str = ""
    source: str = ""
    notes: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    certificate: str = ""
    level: str = ""
    self_assessment: SelfAssessment | None = None

    @property
    def key(self) -> str:
        return f"{self.code}-{self.edition}"

    @property
    def name(self) -> str:
        return f"{self.title}, niveau {self.level}" if self.level else self.title

    @property
    def active(self) -> tuple[Requirement, ...]:
        return tuple(requirement for requirement in self.requirements if not requirement.retired)

    @property
    def levels(self) -> tuple[str, ...]:
        """In the file's order."""
        return tuple(dict.fromkeys(level for each in self.requirements for level in each.levels))

    def at(self, level: str) -> "Scheme":
        """What one level asks. Raises KeyError for a level the scheme does not know."""
        if level not in self.levels:
            raise KeyError(level)
        asked = tuple(
            replace(each, proof=EVIDENCE if each.levels[level] == CERTIFICATION else DECLARATION)
            for each in self.active
            if level in each.levels
        )
        return replace(self, requirements=asked, level=level)

    def requirement(self, code: str) -> Requirement:
        """Raises KeyError."""
        try:
            return next(requirement for requirement in self.requirements if requirement.code == code)
        except StopIteration:
            raise KeyError(code) from None

    @property
    def checks(self) -> tuple[str, ...]:
        return tuple(code for requirement in self.requirements for code in requirement.checks)

    @property
    def mandatory(self) -> tuple[str, ...]:
        return tuple(code for requirement in self.requirements for code in requirement.mandatory)

    def chapters(self) -> list[tuple[Section, tuple[Requirement, ...]]]:
        """The requirements under the widest heading that holds them; without headings, under the title."""
        titles = {section.code: section for section in self.sections}
        found: dict[str, list[Requirement]] = {}
        for requirement in self.active:
            found.setdefault(chapter_of(requirement.section, titles), []).append(requirement)
        whole = Section("", self.title)
        return [(titles.get(code, whole), tuple(rows)) for code, rows in found.items()]


def chapter_of(section: str, titles: Mapping[str, Section]) -> str:
    """« 9 » of « 9.6 » when the scheme has a heading 9, else the section itself."""
    chapter = section.split(".")[0]
    return chapter if chapter in titles else section


def load_scheme(code: str, edition: str) -> Scheme:
    """Raises FileNotFoundError for an edition that was never published."""
    return _read(FOLDER / f"{code}-{edition}.toml")


def editions() -> tuple[Scheme, ...]:
    """Every edition published, the marketplace's own conditions first, then by name and date."""
    return tuple(_all(FOLDER).values())


def edition_named(key: str) -> Scheme:
    """By its « code-edition ». Raises KeyError."""
    return _all(FOLDER)[key]


def current_editions() -> tuple[Scheme, ...]:
    """The last edition of each scheme."""
    last: dict[str, Scheme] = {}
    for scheme in editions():
        known = last.get(scheme.code)
        if known is None or (known.dated, known.edition) < (scheme.dated, scheme.edition):
            last[scheme.code] = scheme
    return tuple(last.values())


def current_edition(code: str) -> Scheme:
    """Raises KeyError."""
    return {scheme.code: scheme for scheme in current_editions()}[code]


def newer_edition(code: str, edition: str) -> Scheme | None:
    """The current edition when it is not this one, which a running dossier keeps."""
    last = current_edition(code)
    return None if last.edition == edition else last


@cache
def _all(folder: Path) -> dict[str, Scheme]:
    found = [_read(path) for path in folder.glob("*-*.toml")]
    found.sort(key=lambda one: (one.code != LISTING[0], one.title.casefold(), one.dated, one.edition))
    return {scheme.key: scheme for scheme in found}


@cache
def _read(path: Path) -> Scheme:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    rule, proof = data.pop("rule", ""), data.pop("proof", EVIDENCE)
    rows = tuple(_requirement(row, rule=rule, proof=proof) for row in data.pop("requirements"))
    headings = tuple(Section(**row) for row in data.pop("sections", ()))
    rating = data.pop("self_assessment", None)
    return Scheme(
        requirements=rows,
        sections=headings,
        notes=tuple(data.pop("notes", ())),
        self_assessment=SelfAssessment(**rating) if rating else None,
        **data,
    )


def _requirement(row: dict[str, Any], *, rule: str, proof: str) -> Requirement:
    given = {"rule": rule.replace("{code}", row["code"]), "proof": proof} | row
    given["checks"] = tuple(row.get("checks", ())) or tuple(filter(None, [given.pop("check", "")]))
    for name in ("mandatory", "questions", "models", "periods", "options"):
        given[name] = tuple(row.get(name, ()))
    given["answers"] = tuple(
        Expected(**{**each, "any_of": tuple(each.get("any_of", ()))}) for each in row.get("answers", ())
    )
    given["standards"] = {name: tuple(parts) for name, parts in row.get("standards", {}).items()}
    return Requirement(**given)
