"""The statement of applicability and evidence file of an offer, to hand to an auditor: table or PDF."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from marketplace.documents.pdf import compile_pdf
from marketplace.documents.tables import Cell, Column, Table
from marketplace.ui.typography import date_text, datetime_text
from qualification.applicability import Stated, edition_key
from qualification.coverage.facts import CoverageFacts, Held
from qualification.coverage.judge import Judged, SchemeCoverage
from qualification.coverage.rating import Rating
from qualification.coverage.shown import BAR_WORDS, chapters_of
from qualification.schemes import Scheme

_TEMPLATE = Path(__file__).with_name("evidence.typ")
WARNING = (
    "Préparation établie sur les réponses du fournisseur et les certificats lus à cette date. Elle ne vaut "
    "ni qualification, que seule l’ANSSI prononce, ni certification, ni référencement."
)
COLUMNS = (
    Column("scheme", "Référentiel"),
    Column("edition", "Édition"),
    Column("level", "Niveau"),
    Column("chapter", "Chapitre"),
    Column("requirement", "Exigence"),
    Column("title", "Libellé court"),
    Column("kind", "Nature"),
    Column("applicable", "Applicabilité"),
    Column("justification", "Justification"),
    Column("status", "Où en est le fournisseur"),
    Column("evidence", "Preuves"),
    Column("state", "Couverture"),
    Column("grounds", "Couverte par"),
    Column("gap", "Écart"),
    Column("rule", "Règle"),
    Column("declared_level", "Niveau auto-évalué"),
    Column("weight", "Poids du niveau (%)"),
)


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """``models``: the offer's service models, to say which requirements name another one. ``stated``: the
    supplier's statement, by edition and requirement; what it does not say is read from the text's tags."""

    offer: str
    supplier: str
    models: tuple[str, ...]
    facts: CoverageFacts
    coverages: Sequence[SchemeCoverage]
    stated: Mapping[tuple[str, str], Stated] = field(default_factory=dict)

    def line(self, scheme: Scheme, row: Judged) -> Stated | None:
        return self.stated.get((edition_key(scheme), row.requirement.code))

    @property
    def title(self) -> str:
        return f"Déclaration d’applicabilité et preuves\u00a0: {self.offer}"


def evidence_table(file: EvidenceFile) -> Table:
    """One row a requirement, then one for the whole of a self-assessment."""
    return Table(file.title, COLUMNS, _rows(file))


def _rows(file: EvidenceFile) -> Iterator[tuple[Cell, ...]]:
    for coverage in file.coverages:
        scheme = coverage.scheme
        for chapter in chapters_of(coverage):
            for row in chapter.rows:
                yield (
                    scheme.title,
                    scheme.edition,
                    scheme.level,
                    f"{chapter.section.code} {chapter.section.title}".strip(),
                    row.requirement.code,
                    row.requirement.title,
                    row.requirement.kind_words,
                    *_stated_cells(file.line(scheme, row), row, file.models),
                    row.words,
                    " ".join(ground.text for ground in row.grounds),
                    gap_words(row),
                    row.requirement.rule,
                    *_level_cells(coverage, row),
                )
        if coverage.rating is not None:
            yield _whole(scheme, coverage.rating)


def _level_cells(coverage: SchemeCoverage, row: Judged) -> tuple[Cell, Cell]:
    """Empty where no level is asked; None, unknown, where it is not given."""
    rated = coverage.rating.rows if coverage.rating is not None else ()
    for each in rated:
        if each.requirement.code == row.requirement.code:
            return (None if each.concerned and each.level is None else each.words), each.requirement.weight
    return "", ""


def _whole(scheme: Scheme, rating: Rating) -> tuple[Cell, ...]:
    said: dict[str, Cell] = {
        "scheme": scheme.title,
        "edition": scheme.edition,
        "title": "Ensemble de l’auto-évaluation",
        "justification": rating.grounds or None,
        "grounds": rating.terms.words,
        "declared_level": rating.summary,
    }
    return tuple(said.get(column.code, "") for column in COLUMNS)


def weights_words(rating: Rating) -> str:
    """Where the weights come from and what is not sure of them."""
    terms = rating.terms
    return (
        f"Poids datés de {terms.weights_dated}. Source : {terms.weights_source}. "
        f"Confiance : {terms.weights_confidence}. {terms.weights_uncertainty}"
    )


def _stated_cells(line: Stated | None, row: Judged, models: Sequence[str]) -> tuple[Cell, Cell, Cell, Cell]:
    """Applicability, justification, status, evidence; None is unknown."""
    if line is None:
        return applicability(row, models), None, None, None
    said = (line.justification or None, line.status_words or None, line.evidence_words or None)
    return (line.words, *said)


def applicability(row: Judged, models: Sequence[str]) -> str:
    """Model tags come from a search of words: they call for a reading, they exclude nothing."""
    asked = row.requirement.models
    if not asked or not models or not set(asked).isdisjoint(models):
        return "Applicable"
    return f"À confirmer\u00a0: le texte nomme {row.requirement.models_told}"


def gap_words(row: Judged) -> str:
    asked = f"À répondre\u00a0: {row.missing_told}." if row.missing else ""
    return f"{row.reason} {asked}".strip()


def evidence_pdf(file: EvidenceFile, *, when: dt.datetime) -> bytes:
    """PDF/A-3a and PDF/UA-1."""
    data = {
        "title": file.title,
        "author": file.supplier,
        "description": f"Couverture de {file.offer} dans {len(file.coverages)} référentiels",
        "made": f"Établi le {datetime_text(when)} (heure de Paris) pour {file.supplier}.",
        "warning": WARNING,
        "held": [held_words(each) for each in file.facts.held],
        "summary": [
            [one.scheme.name, *(str(count) for count in one.counts.values())] for one in file.coverages
        ],
        "heads": ["Référentiel", *BAR_WORDS.values()],
        "parts": [_part(one, file) for one in file.coverages],
    }
    return compile_pdf(_TEMPLATE, data, when=when)


def _part(coverage: SchemeCoverage, file: EvidenceFile) -> dict[str, object]:
    rows = [
        [
            f"{row.requirement.code} {row.requirement.title}",
            _stated_text(file.line(coverage.scheme, row), row, file.models),
            row.words,
            " ".join([*(ground.text for ground in row.grounds), gap_words(row)]).strip(),
        ]
        for row in coverage.rows
    ]
    scheme, rating = coverage.scheme, coverage.rating
    return {
        "title": scheme.name,
        "source": scheme.source,
        "rows": rows,
        "levels": [[one.name, one.words, one.weight_words] for one in rating.rows] if rating else [],
        "rating": [rating.summary, *scheme.notes, rating.terms.words, rating.grounds_words] if rating else [],
    }


def _stated_text(line: Stated | None, row: Judged, models: Sequence[str]) -> str:
    """The four cells in one, for a page."""
    said = [cell for cell in _stated_cells(line, row, models) if cell]
    return ". ".join(str(cell).rstrip(".") for cell in said)


def held_words(each: Held) -> str:
    """« Certification HDS, jusqu’au 12 mai 2028, déclaré sans preuve »."""
    parts = [each.name]
    if each.layer:
        parts.append(f"porté par la couche «\u00a0{each.layer}\u00a0»")
    if each.scope:
        parts.append(f"périmètre «\u00a0{each.scope}\u00a0»")
    if each.until:
        parts.append(f"jusqu’au {date_text(each.until)}")
    if not each.proven:
        parts.append("déclaré, sans preuve jointe ni registre")
    return ", ".join(parts)
