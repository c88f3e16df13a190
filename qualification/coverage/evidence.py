"""The statement of applicability and evidence file of an offer, to hand to an auditor: table or PDF."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from marketplace.documents.pdf import compile_pdf
from marketplace.documents.tables import Cell, Column, Table
from marketplace.ui.typography import date_text, datetime_text
from qualification.coverage.facts import CoverageFacts, Held
from qualification.coverage.judge import Judged, SchemeCoverage
from qualification.coverage.shown import BAR_WORDS, chapters_of

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
    Column("state", "Couverture"),
    Column("grounds", "Couverte par"),
    Column("gap", "Écart"),
    Column("rule", "Règle"),
)


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """``models``: the offer's service models, to say which requirements name another one."""

    offer: str
    supplier: str
    models: tuple[str, ...]
    facts: CoverageFacts
    coverages: Sequence[SchemeCoverage]

    @property
    def title(self) -> str:
        return f"Déclaration d’applicabilité et preuves\u00a0: {self.offer}"


def evidence_table(file: EvidenceFile) -> Table:
    """One row a requirement."""
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
                    "Recommandation" if row.requirement.is_recommendation else "Obligation",
                    applicability(row, file.models),
                    row.words,
                    " ".join(ground.text for ground in row.grounds),
                    gap_words(row),
                    row.requirement.rule,
                )


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
        "parts": [_part(one, file.models) for one in file.coverages],
    }
    return compile_pdf(_TEMPLATE, data, when=when)


def _part(coverage: SchemeCoverage, models: Sequence[str]) -> dict[str, object]:
    rows = [
        [
            f"{row.requirement.code} {row.requirement.title}",
            applicability(row, models),
            row.words,
            " ".join([*(ground.text for ground in row.grounds), gap_words(row)]).strip(),
        ]
        for row in coverage.rows
    ]
    return {"title": coverage.scheme.name, "source": coverage.scheme.source, "rows": rows}


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
