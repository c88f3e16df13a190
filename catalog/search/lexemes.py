"""PostgreSQL's stems of the words typed: one statement for those never met, then remembered.

What is remembered is the dictionary of the text configuration, which never changes: no answer is.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from catalog.search.words import TEXT_CONFIG

MOST_REMEMBERED = 20_000
_SQL = (
    "SELECT form, tsvector_to_array(to_tsvector(%(config)s::regconfig, form)),"
    " numnode(phraseto_tsquery(%(config)s::regconfig, form)) FROM unnest(%(forms)s::text[]) AS form"
)
_known: dict[str, tuple[str, ...]] = {}


def lexemes_of(forms: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Form → its lexemes; none for a stop word, several for a phrase or a compound word (the same one
    twice for a word repeated: its place has to be verified too)."""
    found: dict[str, tuple[str, ...]] = {}
    unknown: set[str] = set()
    for form in forms:
        lexemes = _known.get(form)
        if lexemes is None:
            unknown.add(form)
        else:
            found[form] = lexemes
    if unknown:
        with connection.cursor() as cursor:
            cursor.execute(_SQL, {"config": TEXT_CONFIG, "forms": sorted(unknown)})
            fresh = {
                form: tuple(read) * (2 if len(read) == 1 < nodes else 1)
                for form, read, nodes in cursor.fetchall()
            }
        if len(_known) > MOST_REMEMBERED:
            _known.clear()
        _known.update(fresh)
        found.update(fresh)
    return found
