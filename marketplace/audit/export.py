"""The journal as CSV, written as it is read, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice

from django.db.models import QuerySet
from django.utils import timezone

from marketplace.audit.listing import Line, lines_of
from marketplace.audit.models import AuditEvent

HEADER = [
    "Maillon",
    "Date",
    "Objet",
    "Numéro",
    "Acte",
    "Avant",
    "Après",
    "Personne",
    "Organisation",
    "Motif",
    "Événement",
]
CHUNK = 1_000
# What a spreadsheet would run instead of showing.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def plain(value: str) -> str:
    """A cell that is text for every spreadsheet: a formula's first character is preceded by « ' »."""
    return (
        f"'{value}"
        if value.lstrip(" \u00a0\ufeff").startswith(FORMULA_STARTS) or value.startswith(FORMULA_STARTS)
        else value
    )


class _Echo:
    def write(self, text: str) -> str:
        return text


def csv_rows(events: QuerySet[AuditEvent]) -> Iterator[str]:
    """UTF-8 with its mark, semicolons: what a French spreadsheet opens without asking."""
    writer = csv.writer(_Echo(), delimiter=";")
    yield "\ufeff" + str(writer.writerow(HEADER))
    rows = events.select_related("side", "seal").order_by("pk").iterator(chunk_size=CHUNK)
    while chunk := list(islice(rows, CHUNK)):
        for line in lines_of(chunk):
            yield str(writer.writerow([plain(cell) for cell in _cells(line)]))


def _cells(line: Line) -> list[str]:
    return [
        str(line.seq) if line.seq is not None else "non scellé",
        timezone.localtime(line.at).isoformat(timespec="seconds"),
        line.object_word,
        line.object_number,
        line.act,
        line.before,
        line.after,
        line.who,
        line.organisation,
        line.reason if line.reason is not None else "effacé",
        str(line.uuid),
    ]
