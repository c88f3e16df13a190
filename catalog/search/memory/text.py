"""Words on bitmaps. Three tiers: in the name; in the name, the supplier or the category; anywhere.

A phrase or a compound word takes its candidates here and is verified by PostgreSQL, on its positions.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator

from django.db import connection
from pyroaring import BitMap

from catalog.search.lexemes import lexemes_of
from catalog.search.memory.generation import Generation
from catalog.search.memory.rows import ROW
from catalog.search.memory.store import ids
from catalog.search.mending import Readings, forms_of, understood
from catalog.search.words import LEXEME, PREFIX, TEXT_CONFIG, WORD, Term, read

NAME, MIDDLE, ANYWHERE = 0, 1, 2
# The text of each tier, as PostgreSQL reads it.
_TIER_SQL = ("name_text", "ts_filter(text, '{a,b}')", "text")


class Text:
    """A sentence on a generation: its hits, its tiers, and how unheard-of words were read. Itself the
    vocabulary by which they are (`catalog.search.mending`)."""

    def __init__(self, generation: Generation, typed: str) -> None:
        self.generation, self.store = generation, generation.store
        self.verified: dict[tuple[str, int], BitMap] = {}
        self.readings: Readings = ()
        self.sentence = read(typed)
        self.lexemes: dict[str, tuple[str, ...]] = {}
        self.hits = generation.alive
        # An alternative of stop words only is left out; a sentence of nothing else filters nothing.
        self.alternatives: list[list[Term]] = []
        if self.sentence:
            self.lexemes = lexemes_of(forms_of(self.sentence))
            self.sentence, self.readings = understood(self.sentence, lexemes=self.lexemes, vocabulary=self)
            told = [[term for term in terms if not self._is_silent(term)] for terms in self.sentence]
            self.alternatives = [terms for terms in told if terms]
        if self.alternatives:
            self.hits = self._hits(ANYWHERE) & generation.alive

    def tiers(self, hits: BitMap) -> Iterator[BitMap]:
        """`hits` cut into those whose name says it all, those whose first lines do, and the rest."""
        if not self.alternatives:
            yield hits
            return
        rest = hits
        for tier in (NAME, MIDDLE):
            found = rest & self._hits(tier)
            yield found
            rest = rest - found
        yield rest

    def _hits(self, tier: int) -> BitMap:
        if len(self.alternatives) == 1:
            return self._all_of(self.alternatives[0], tier)
        return BitMap.union(*(self._all_of(told, tier) for told in self.alternatives))

    def _all_of(self, told: list[Term], tier: int) -> BitMap:
        if len(told) == 1 and not told[0].is_excluded:
            return self._any_of(told[0], tier)
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
        if term.kind == LEXEME:
            return self._posting(term.typed, tier)
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

    def _starting(self, start: str) -> list[str]:
        words = self.store.vocabulary
        return words[bisect_left(words, start) : bisect_left(words, start + "\U0010ffff")]

    def held(self, forms: Collection[str]) -> set[str]:
        alive = self.generation.alive
        return {form for form in forms if alive.intersect(self._form(form, ANYWHERE))}

    def begins(self, start: str) -> bool:
        return self.generation.alive.intersect(self._beginning(start, ANYWHERE))

    def commonest(self, lexemes: Collection[str]) -> str | None:
        alive, words = self.generation.alive, self.store.words
        known = [lexeme for lexeme in lexemes if lexeme in words]
        counted = [(-alive.intersection_cardinality(words[lexeme].anywhere), lexeme) for lexeme in known]
        best = min(counted, default=(0, ""))
        return best[1] if best[0] else None

    def first_with(self, lexeme: str) -> int:
        slots = self.store.words[lexeme].anywhere & self.generation.alive
        return int(self.store.offers.values[ids(slots)].min())


_NOTHING = BitMap()
