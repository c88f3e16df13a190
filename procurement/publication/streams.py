"""The exports as text, written as rows are read: memory does not grow with them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from django.db.models import QuerySet, TextField
from django.db.models.functions import Cast

from procurement.models import Publication, PublicationRelease
from procurement.publication import ocds

# Rows of one reading of the server-side cursor, and of one piece of text.
CHUNK = 1000


def dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def decp_objects(rows: QuerySet[Publication]) -> Iterator[str]:
    """Each object as the database writes it: it was made once, at publication, and is not made again."""
    texts = rows.order_by("pk").annotate(text=Cast("decp", TextField())).values_list("text", flat=True)
    return texts.iterator(chunk_size=CHUNK)


def decp_document(texts: Iterable[str]) -> Iterator[str]:
    """`{"marches": {"marche": […]}}`, the root of the official schema."""
    yield '{"marches":{"marche":['
    comma = ""
    for piece in _pieces(texts):
        yield comma + ",\n".join(piece)
        comma = ",\n"
    yield "]}}\n"


def _pieces(texts: Iterable[str]) -> Iterator[list[str]]:
    piece: list[str] = []
    for text in texts:
        piece.append(text)
        if len(piece) == CHUNK:
            yield piece
            piece = []
    if piece:
        yield piece


def release_texts() -> Iterator[str]:
    """Every release, oldest first."""
    texts = (
        PublicationRelease.objects.order_by("pk")
        .annotate(text=Cast("ocds", TextField()))
        .values_list("text", flat=True)
    )
    return texts.iterator(chunk_size=CHUNK)


def record_texts() -> Iterator[str]:
    """One record a process, with its releases and the compiled one."""
    rows = PublicationRelease.objects.order_by("ocid", "rank").values_list("ocid", "ocds")
    for _, releases in groupby(rows.iterator(chunk_size=CHUNK), key=lambda row: row[0]):
        yield dumps(ocds.record([release for _, release in releases]))
