"""Words on bitmaps. Three tiers: in the name; in the name, the supplier or the category; anywhere.

A phrase or a compound word takes its candidates here and is verified by PostgreSQL, on its positions.
"""

from __future__ import annotations

import string
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace

from django.db import connection
from pyroaring import BitMap

from catalog.search.lexemes import lexemes_of
from catalog.search.memory.generation import Generation
from catalog.search.memory.rows import ROW
from catalog.search.query import Reading
from catalog.search.words import PREFIX, TEXT_CONFIG, WORD, Sentence, Term, fold, read

NAME, MIDDLE, ANYWHERE = 0, 1, 2
LETTERS = string.ascii_lowercase + string.digits
SHORTEST_CORRECTED = 4
SHORTEST_PREFIX = 2
CORRECTED = "corrected"
# The text of each tier, as PostgreSQL reads it.
_TIER_SQL = ("name_text", "ts_filter(text, '{a,b}')", "text")


class Text:
    """A sentence on a generation: its hits, its tiers, and how unheard-of words were read."""

    def __init__(self, generation: Generation, typed: str) -> None:
        self.generation, self.store = generation, generation.store
        self.verified: dict[tuple[str, int], BitMap] = {}
        self.readings: tuple[Reading, ...] = ()
        sentence = read(typed)
        self.lexemes = lexemes_of(_forms(sentence)) if sentence else {}
        self.sentence = self._understood(sentence)
        self.hits = self._hits(ANYWHERE) & generation.alive if self.sentence else generation.alive

    def tiers(self, hits: BitMap) -> Iterator[BitMap]:
        """`hits` cut into those whose name says it all, those whose first lines do, and the rest."""
        if not self.sentence:
            yield hits
            return
        rest = hits
        for tier in (NAME, MIDDLE):
            found = rest & self._hits(tier)
            yield found
            rest = rest - found
        yield rest

    def _hits(self, tier: int) -> BitMap:
        """An alternative of stop words only is left out; a sentence of nothing else filters nothing."""
        alternatives = [[t for t in terms if not self._is_silent(t)] for terms in self.sentence]
        found = [self._all_of(told, tier) for told in alternatives if told]
        if not found:
            return self.generation.alive
        return found[0] if len(found) == 1 else BitMap.union(*found)

    def _all_of(self, told: list[Term], tier: int) -> BitMap:
        kept = [self._any_of(term, tier) for term in told if not term.is_excluded]
        kept.sort(key=len)
        found = BitMap.intersection(*kept) if kept else self.generation.alive
        for term in told:
            if term.is_excluded:
                found = found - self._any_of(term, tier)
        return found

    def _is_silent(self, term: Term) -> bool:
        """Made of stop words only: it filters nothing."""
        return term.kind == WORD and not any(self.lexemes[form] for form in term.forms)

    def _any_of(self, term: Term, tier: int) -> BitMap:
        if term.kind == PREFIX:
            return self._beginning(term.typed, tier)
        found = [self._form(form, tier) for form in term.forms if self.lexemes[form]]
        return found[0] if len(found) == 1 else BitMap.union(*found)

    def _form(self, form: str, tier: int) -> BitMap:
        lexemes = self.lexemes[form]
        postings = [self._posting(lexeme, tier) for lexeme in lexemes]
        if len(postings) == 1:
            return postings[0]
        if (form, tier) not in self.verified:
            candidates = BitMap.intersection(*postings) & self.generation.alive
            self.verified[form, tier] = self._verify(form, candidates, tier) if candidates else candidates
        return self.verified[form, tier]

    def _posting(self, lexeme: str, tier: int) -> BitMap:
        posting = self.store.words.get(lexeme)
        return (posting.at(tier) if posting else None) or _NOTHING

    def _verify(self, form: str, candidates: BitMap, tier: int) -> BitMap:
        """Those where the words follow one another. One statement; a row changed meanwhile makes the
        statement of the cards find the index late, and all is done again."""
        offers = self.store.offers.values
        slots = {int(offers[slot]): slot for slot in candidates}
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT offer_id FROM {ROW} WHERE offer_id = ANY(%s)"  # noqa: S608 -- constants
                f" AND {_TIER_SQL[tier]} @@ phraseto_tsquery(%s::regconfig, %s)",
                [list(slots), TEXT_CONFIG, form],
            )
            return BitMap(slots[offer] for (offer,) in cursor.fetchall())

    def _beginning(self, start: str, tier: int) -> BitMap:
        found = [self._posting(lexeme, tier) for lexeme in self._starting(start)]
        return BitMap.union(*found) if found else _NOTHING

    def _begins(self, start: str) -> bool:
        return self.generation.alive.intersect(self._beginning(start, ANYWHERE))

    def _starting(self, start: str) -> list[str]:
        words = self.store.vocabulary
        return words[bisect_left(words, start) : bisect_left(words, start + "\U0010ffff")]

    def _understood(self, sentence: Sentence) -> Sentence:
        """Words that nothing holds are read as a beginning (the last one typed), or with one letter
        mended; both are said."""
        return tuple(
            tuple(self._reading(term, is_last=(terms, term) == (sentence[-1], terms[-1])) for term in terms)
            for terms in sentence
        )

    def _reading(self, term: Term, *, is_last: bool) -> Term:
        if term.is_excluded or term.is_phrase or term.kind == PREFIX or not self._is_unheard(term):
            return term
        start = fold(term.typed)
        if is_last and len(start) >= SHORTEST_PREFIX and self._begins(start):
            self._tell(PREFIX, term.typed, start)
            return replace(term, forms=(start,), kind=PREFIX)
        near = self._near(self.lexemes[term.typed][0]) if len(start) >= SHORTEST_CORRECTED else None
        if near is None:
            return term
        word = self._spelled(near)
        self.lexemes[word] = (near,)
        self._tell(CORRECTED, term.typed, word)
        return replace(term, forms=(word,))

    def _is_unheard(self, term: Term) -> bool:
        """A plain word, none of whose forms is anywhere."""
        if len(self.lexemes[term.typed]) != 1:
            return False
        alive = self.generation.alive
        return not any(alive.intersect(self._form(form, ANYWHERE)) for form in term.forms)

    def _tell(self, kind: str, typed: str, used: str) -> None:
        self.readings = (*self.readings, Reading(kind, typed, used))

    def _near(self, lexeme: str) -> str | None:
        """The most frequent lexeme one letter away; of two as frequent, the first of the alphabet."""
        alive = self.generation.alive
        known = {near for near in one_letter_away(lexeme) if near in self.store.words}
        counted = [(-alive.intersection_cardinality(self.store.words[w].anywhere), w) for w in known]
        best = min(counted, default=(0, ""))
        return best[1] if best[0] else None

    def _spelled(self, lexeme: str) -> str:
        """A word as written in the catalogue that has this lexeme. One statement, for a correction only."""
        slot = (self.store.words[lexeme].anywhere & self.generation.alive).min()
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT lower(word) FROM catalog_offer offer JOIN catalog_supplier supplier"
                " ON supplier.id = offer.supplier_id LEFT JOIN catalog_category category"
                " ON category.id = offer.category_id, regexp_split_to_table(concat_ws(' ', offer.name,"
                " supplier.name, category.label, offer.description), '[^[:alnum:]]+') AS word"
                " WHERE offer.id = %s AND %s = ANY(tsvector_to_array(to_tsvector(%s::regconfig, word)))"
                " LIMIT 1",
                [int(self.store.offers.values[slot]), lexeme, TEXT_CONFIG],
            )
            found = cursor.fetchone()
        return found[0] if found else lexeme


_NOTHING = BitMap()


def _forms(sentence: Sentence) -> Iterator[str]:
    for terms in sentence:
        for term in terms:
            if term.kind == WORD:
                yield from term.forms


def one_letter_away(word: str) -> set[str]:
    """A letter missing, added, changed, or two neighbours exchanged."""
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    found = {left + right[1:] for left, right in cuts if right}
    found |= {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    for letter in LETTERS:
        found |= {left + letter + right[1:] for left, right in cuts if right}
        found |= {left + letter + right for left, right in cuts}
    return found - {word}
