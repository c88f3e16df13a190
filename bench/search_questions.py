"""Random questions of each class, drawn from the corpus of the run; none twice."""

from __future__ import annotations

import random
from decimal import Decimal

from bench.search_data import COUNTED, COUNTRIES, Corpus
from catalog.search.facets import FACETS
from catalog.search.query import OfferQuery

CLASSES = ("filt3", "w1", "w2f2", "w1price", "rare", "prefix", "typo", "broad", "all")
# Held against tantivy by the goals; the others are told apart.
JUDGED = ("filt3", "w1", "w2f2", "w1price")
_PLAIN = tuple(name for name in COUNTED if name in FACETS)


class Asker:
    def __init__(self, corpus: Corpus, seed: int) -> None:
        self.corpus, self.chance = corpus, random.Random(seed)
        self.asked: set[str] = set()

    def ask(self, kind: str) -> OfferQuery:
        """A question never asked in this run (where the class has enough of them)."""
        for _ in range(50):
            query = self._draw(kind)
            if repr(query) not in self.asked:
                break
        self.asked.add(repr(query))
        return query

    def _draw(self, kind: str) -> OfferQuery:
        chance, corpus = self.chance, self.corpus
        order = chance.choice(("price", "-listed_on"))
        if kind == "filt3":
            return self._query(facets=3, ordering=order)
        if kind == "broad":
            return self._query(q=corpus.words[chance.randrange(4)], facets=chance.randint(0, 1))
        if kind == "w1":
            return self._query(q=chance.choice(corpus.common))
        if kind == "w2f2":
            return self._query(q=" ".join(chance.sample(corpus.common, 2)), facets=2)
        if kind == "w1price":
            return self._query(q=chance.choice(corpus.common), facets=1, ordering="price")
        if kind == "rare":
            return self._query(q=chance.choice(corpus.brands))
        if kind == "prefix":
            return self._query(q=chance.choice(corpus.words)[:5] + "*")
        if kind == "typo":
            word = chance.choice(corpus.words)
            place = chance.randrange(1, len(word) - 2)
            return self._query(q=word[:place] + word[place + 1 :], facets=1)
        return self._query(page=chance.randint(1, 50))

    def _query(self, *, q: str = "", facets: int = 0, ordering: str = "", page: int = 1) -> OfferQuery:
        chance = self.chance
        names = chance.sample(_PLAIN, facets)
        return OfferQuery(
            today=self.corpus.today,
            q=q,
            facets={name: self._values(name) for name in names},
            price_max=Decimal(chance.choice((50, 100, 500, 5000)))
            if facets == 3 and chance.random() < 0.2
            else None,
            ordering=ordering,
            page=page,
            with_facets=True,
            counted=COUNTED,
        )

    def _values(self, name: str) -> tuple[str, ...]:
        known = self.corpus.categories if name == "category" else list(FACETS[name].labels) or list(COUNTRIES)
        return tuple(self.chance.sample(known, min(len(known), self.chance.choice((1, 1, 2)))))
