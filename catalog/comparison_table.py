"""A comparison to take away: as a table, as a PDF."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from catalog.comparison import Comparison, Criterion
from catalog.yearly_cost import BASIS, conclusion
from marketplace.documents.pdf import compile_pdf
from marketplace.documents.tables import Cell, Column, Table
from marketplace.ui.typography import datetime_text, plural

_TEMPLATE = Path(__file__).with_name("comparison.typ")
BAR_MM = 120
UNSETTLED = "Pas assez de réponses pour comparer"


def comparison_table(comparison: Comparison) -> Table:
    """One row a criterion; after the offers' columns, whether they differ (unknown while answers that agree
    are not all there) and where each fact was read."""
    names = [column.name for column in comparison.columns]
    columns = (
        Column("group", "Rubrique"),
        Column("criterion", "Critère"),
        *(Column(f"offer_{n}", name) for n, name in enumerate(names, start=1)),
        Column("differs", "Diffère"),
        Column("unknown", "Inconnues"),
        *(Column(f"source_{n}", f"Source\u00a0: {name}") for n, name in enumerate(names, start=1)),
    )
    return Table(title_of(comparison), columns, (_row(row) for row in comparison.rows))


def _row(row: Criterion) -> tuple[Cell, ...]:
    values = tuple(cell.text if cell.gone else cell.value for cell in row.cells)
    sources = tuple(cell.source.text if cell.source else "" for cell in row.cells)
    differs = None if row.is_unsettled else row.differs
    return (row.group, row.label, *values, differs, row.unknown, *sources)


def title_of(comparison: Comparison) -> str:
    return f"Comparaison de {plural(len(comparison.columns), one='offre', many='offres')}"


def counts_of(comparison: Comparison) -> str:
    """« 18 différences, 6 inconnues »."""
    differences = plural(len(comparison.differences), one="différence", many="différences")
    return f"{differences}, {plural(comparison.unknown, one='inconnue', many='inconnues')}"


def conclusion_of(comparison: Comparison) -> str:
    return conclusion([(column.name, cost) for column, cost in comparison.known_costs])


def comparison_pdf(comparison: Comparison, *, when: dt.datetime, address: str) -> bytes:
    """PDF/A-3a and PDF/UA-1, differences first. `address` is where the comparison is read again."""
    title = title_of(comparison)
    names = [column.name for column in comparison.columns]
    data: dict[str, Any] = {
        "title": title,
        "author": "Place de marché",
        "description": f"{title}\u00a0: {', '.join(names)}",
        "counts": counts_of(comparison),
        "made": f"Établie le {datetime_text(when)} (heure de Paris).",
        "address": address,
        "names": names,
        "gone": [f"{column.name}\u00a0: {column.gone}" for column in comparison.columns if column.gone],
        "parts": [
            {"title": "Là où les offres diffèrent", "rows": _printed(comparison.differences)},
            {"title": UNSETTLED, "rows": _printed(comparison.unsettled)},
            {"title": "Critères identiques", "rows": _printed(comparison.same)},
        ],
        "cost": _printed_cost(comparison),
        "sources": _printed_sources(comparison),
    }
    return compile_pdf(_TEMPLATE, data, when=when)


def _printed(rows: tuple[Criterion, ...]) -> list[list[str]]:
    return [[row.label, *(cell.text for cell in row.cells)] for row in rows]


def _printed_cost(comparison: Comparison) -> dict[str, Any]:
    amounts = [cost.amount_eur_ht or 0 for _, cost in comparison.known_costs]
    greatest = max(amounts, default=0)
    bars = [
        {
            "name": column.name,
            "text": cost.text,
            "detail": cost.detail,
            "width": float(BAR_MM * (cost.amount_eur_ht or 0) / greatest) if greatest else 0,
        }
        for column, cost in comparison.known_costs
    ]
    return {"basis": BASIS, "conclusion": conclusion_of(comparison), "bars": bars}


def _printed_sources(comparison: Comparison) -> list[list[str]]:
    """(offer, criterion, source) of each fact whose source is known; the costs' details are above."""
    return [
        [cell.name, row.label, cell.source.text]
        for row in comparison.rows
        for cell in row.cells
        if cell.source and row.code != "yearly_cost_eur_ht"
    ]
