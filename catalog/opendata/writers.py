"""A dataset as text, written as it is read."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings

from catalog.opendata.datasets import DataSet
from catalog.opendata.flat import cell
from catalog.opendata.licence import ATTRIBUTION, LICENCE_NAME, LICENCE_URL, publisher
from catalog.opendata.records import Record
from marketplace.documents.tables import inert


def dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def head(dataset: DataSet, *, day: str, changes: str) -> Record:
    """What a copy must carry with it. `changes`: where to follow what comes after it."""
    return {
        "dataset": dataset.name,
        "title": dataset.title,
        "description": dataset.description,
        "publisher": publisher(),
        # A copy of a demonstration holds invented suppliers beside real public sheets: it says so.
        "demonstration": settings.DEMONSTRATION,
        "licence": {"name": LICENCE_NAME, "url": LICENCE_URL, "attribution": ATTRIBUTION},
        "statuses_on": day,
        "changes": changes,
    }


def as_json(first: Record, rows: Iterable[Record]) -> Iterator[str]:
    yield dumps(first)[:-1] + ',"results":['
    comma = ""
    for row in rows:
        yield comma + dumps(row)
        comma = ",\n"
    yield "]}\n"


def as_ndjson(first: Record, rows: Iterable[Record]) -> Iterator[str]:
    """The first line is about the file, each other one is a record."""
    yield dumps({"about": first}) + "\n"
    for row in rows:
        yield dumps(row) + "\n"


class _Echo:
    def write(self, text: str) -> str:
        return text


def as_csv(dataset: DataSet, rows: Iterable[Record]) -> Iterator[str]:
    """UTF-8 with its mark and semicolons: what a French spreadsheet opens without asking."""
    columns = dataset.columns()
    writer = csv.writer(_Echo(), delimiter=";")
    yield "\ufeff" + str(writer.writerow(columns))
    for row in rows:
        flat = {"licence": LICENCE_NAME, **dataset.flat(row)}
        yield str(writer.writerow([inert(cell(flat[name])) for name in columns]))


def text_of(dataset: DataSet, fmt: str, *, first: Record) -> Iterator[str]:
    if fmt == "csv":
        return as_csv(dataset, dataset.records())
    return (as_json if fmt == "json" else as_ndjson)(first, dataset.records())
