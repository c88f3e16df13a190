"""Words that no offer holds, read as a beginning or with one letter mended, and said: one rule, whoever
answers. What the offers hold is told by a vocabulary: the index in memory, or PostgreSQL."""

from __future__ import annotations

import string
from collections.abc import Collection, Iterator, Mapping
from typing import Protocol

from django.db import connection

from catalog.search.query import Reading
from catalog.search.words import LEXEME, PREFIX, TEXT_CONFIG, WORD, Sentence, Term, fold

LETTERS = string.ascii_lowercase + string.digits
SHORTEST_CORRECTED = 4
SHORTEST_PREFIX = 2
CORRECTED = "corrected"


class Vocabulary(Protocol):
    """What the offers that may be found hold."""

    def held(self, forms: Collection[str]) -> Collection[str]:
        """Those of these words and phrases that some offer holds."""
        ...

    def begins(self, start: str) -> bool:
        """Whether some offer holds a word that begins so."""
        ...

    def commonest(self, lexemes: Collection[str]) -> str | None:
        """The lexeme that the most offers hold; of two as common, the first of the alphabet."""
        ...

    def first_with(self, lexeme: str) -> int:
        """The lowest key of the offers that hold a lexeme; some offer does."""
        ...


Readings = tuple[Reading, ...]


def understood(
    sentence: Sentence, *, lexemes: Mapping[str, tuple[str, ...]], vocabulary: Vocabulary
) -> tuple[Sentence, Readings]:
    """The sentence as it is searched for, and what was mended in it. `lexemes`: of every form of it."""
    plain = [term for terms in sentence for term in terms if _is_plain(term, lexemes)]
    held = set(vocabulary.held({form for term in plain for form in term.forms})) if plain else set()
    if all(held.intersection(term.forms) for term in plain):
        return sentence, ()
    told: list[Reading] = []

    def reading(term: Term, *, is_last: bool) -> Term:
        if not _is_plain(term, lexemes) or held.intersection(term.forms):
            return term
        start = fold(term.typed)
        if is_last and len(start) >= SHORTEST_PREFIX and vocabulary.begins(start):
            told.append(Reading(PREFIX, term.typed, start))
            return Term((start,), PREFIX)
        if len(start) < SHORTEST_CORRECTED:
            return term
        near = vocabulary.commonest(one_letter_away(lexemes[term.typed][0]))
        if near is None:
            return term
        told.append(Reading(CORRECTED, term.typed, spelled(near, offer=vocabulary.first_with(near))))
        return Term((near,), LEXEME)

    last = sentence[-1], sentence[-1][-1]
    mended = tuple(
        tuple(reading(term, is_last=(terms, term) == last) for term in terms) for terms in sentence
    )
    return mended, tuple(told)


def _is_plain(term: Term, lexemes: Mapping[str, tuple[str, ...]]) -> bool:
    """One word, to be found: what may be mended."""
    return term.kind == WORD and not term.is_excluded and not term.is_phrase and len(lexemes[term.typed]) == 1


def forms_of(sentence: Sentence) -> Iterator[str]:
    for terms in sentence:
        for term in terms:
            if term.kind == WORD:
                yield from term.forms


def spelled(lexeme: str, *, offer: int) -> str:
    """A word as written in this offer that has this lexeme. One statement, for a correction only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(lower(word)) FROM catalog_offer offer JOIN catalog_supplier supplier"
            " ON supplier.id = offer.supplier_id LEFT JOIN catalog_category category"
            " ON category.id = offer.category_id, regexp_split_to_table(concat_ws(' ', offer.name,"
            " supplier.name, category.label, offer.description), '[^[:alnum:]]+') AS word"
            " WHERE offer.id = %s AND %s = ANY(tsvector_to_array(to_tsvector(%s::regconfig, word)))",
            [offer, lexeme, TEXT_CONFIG],
        )
        found = cursor.fetchone()
    return found[0] or lexeme


def one_letter_away(word: str) -> set[str]:
    """A letter missing, added, changed, or two neighbours exchanged."""
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    found = {left + right[1:] for left, right in cuts if right}
    found |= {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    for letter in LETTERS:
        found |= {left + letter + right[1:] for left, right in cuts if right}
        found |= {left + letter + right for left, right in cuts}
    return found - {word, ""}
