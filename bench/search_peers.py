"""Who the engine is measured beside: tantivy doing the same work, and the least the machine can do."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import tantivy
from django.db import connection

from bench.search_oracle import Oracle
from catalog.search.query import OfferQuery

FLOOR = """
#include <stdint.h>
#include <stddef.h>
void count(const uint64_t *query, const uint64_t *values, size_t words, size_t many, uint64_t *out) {
  for (size_t v = 0; v < many; v++) {
    uint64_t total = 0;
    const uint64_t *value = values + v * words;
    for (size_t i = 0; i < words; i++) total += (uint64_t)__builtin_popcountll(query[i] & value[i]);
    out[v] = total;
  }
}
"""


class Tantivy:
    """One segment, PostgreSQL's lexemes, facets as fast fields; top 20, count, 1 + k aggregations."""

    def __init__(self, oracle: Oracle, counted: tuple[str, ...]) -> None:
        self.counted = [name for name in counted if name in oracle.facets]
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("offer", stored=True, fast=True)
        builder.add_text_field("text", tokenizer_name="whitespace", index_option="freq")
        builder.add_float_field("price", fast=True, indexed=True)
        builder.add_integer_field("listed", fast=True)
        for name in self.counted:
            builder.add_text_field(name, fast=True, tokenizer_name="raw")
        self.schema = builder.build()
        self.index = tantivy.Index(self.schema)
        writer = self.index.writer(200_000_000, 1)
        values = self._values(oracle)
        for place, lexemes in enumerate(_lexemes()):
            document = tantivy.Document()
            document.add_integer("offer", int(oracle.offers[place]))
            document.add_text("text", " ".join(lexemes))
            document.add_integer("listed", int(oracle.listed[place]))
            document.add_float("price", float(np.nan_to_num(oracle.price[place], nan=1e12)))
            for name, value in values[place]:
                document.add_text(name, value)
            writer.add_document(document)
        writer.commit()
        writer.wait_merging_threads()
        self.index.reload()
        self.searcher = self.index.searcher()

    def _values(self, oracle: Oracle) -> list[list[tuple[str, str]]]:
        found: list[list[tuple[str, str]]] = [[] for _ in oracle.offers]
        for name in self.counted:
            for value, mask in oracle.facets[name].items():
                for place in np.flatnonzero(mask).tolist():
                    found[place].append((name, value))
        return found

    def answer(self, query: OfferQuery, lexemes: list[str]) -> int:
        """The total; hits and counts are made and dropped."""
        must = [(tantivy.Occur.Must, tantivy.Query.term_query(self.schema, "text", word)) for word in lexemes]
        chosen = {
            name: (tantivy.Occur.Must, tantivy.Query.term_set_query(self.schema, name, list(values)))
            for name, values in query.facets.items()
        }
        if query.price_max is not None:
            most = tantivy.Query.range_query(
                self.schema, "price", tantivy.FieldType.Float, 0.0, float(query.price_max)
            )
            chosen["price_max"] = (tantivy.Occur.Must, most)
        found = self._search(query, _all([*must, *chosen.values()]))
        free = [name for name in self.counted if name not in chosen]
        self.searcher.aggregate(_all([*must, *chosen.values()]), _terms(free))
        for name in chosen:
            if name in self.counted:
                others = [one for other, one in chosen.items() if other != name]
                self.searcher.aggregate(_all([*must, *others]), _terms([name]))
        total: int = found.count
        return total

    def _search(self, query: OfferQuery, asked: Any) -> Any:
        if query.ordering == "price":
            return self.searcher.search(
                asked, 20, count=True, order_by_field="price", order=tantivy.Order.Asc
            )
        if query.ordering == "-listed_on":
            return self.searcher.search(asked, 20, count=True, order_by_field="listed")
        return self.searcher.search(asked, 20, count=True)


def _all(must: list[Any]) -> Any:
    return tantivy.Query.boolean_query(must) if must else tantivy.Query.all_query()


def _terms(names: list[str]) -> dict[str, Any]:
    return {name: {"terms": {"field": name, "size": 400}} for name in names}


def _lexemes() -> Any:
    # The words of a million offers do not all fit at once.
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT tsvector_to_array(text) FROM catalog_offersearchrow WHERE is_public ORDER BY offer_id"
        )
        while rows := cursor.fetchmany(2000):
            for (found,) in rows:
                yield found


class Floor:
    """AND and popcount of every counted value: in C when a compiler is found, else in numpy."""

    def __init__(self, oracle: Oracle, counted: tuple[str, ...]) -> None:
        masks = [mask for name in counted for mask in oracle._known(name).values()]
        count = -(-len(oracle.offers) // 64) * 64
        self.values = np.zeros((len(masks), count // 64), dtype=np.uint64)
        for at, mask in enumerate(masks):
            self.values[at] = _packed(mask, count)
        rng = np.random.default_rng()
        self.query = _packed(rng.random(len(oracle.offers)) < 0.3, count)
        self.out = np.zeros(len(masks), dtype=np.uint64)
        self.compiled = _compile()
        self.kind = "C" if self.compiled else "numpy (no C compiler found)"

    def milliseconds(self, rounds: int = 200) -> float:
        spent = []
        for _ in range(rounds):
            start = time.thread_time_ns()
            self._once()
            spent.append(time.thread_time_ns() - start)
        return float(np.median(spent)) / 1e6

    def _once(self) -> None:
        if self.compiled is None:
            np.bitwise_count(self.values & self.query).sum(axis=1)
            return
        pointers = (array.ctypes.data_as(ctypes.c_void_p) for array in (self.query, self.values))
        many, words = self.values.shape
        self.compiled.count(
            *pointers, ctypes.c_size_t(words), ctypes.c_size_t(many), self.out.ctypes.data_as(ctypes.c_void_p)
        )


def _packed(mask: Any, count: int) -> Any:
    longer = np.zeros(count, dtype=bool)
    longer[: len(mask)] = mask
    return np.packbits(longer, bitorder="little").view(np.uint64)


def _compile() -> Any:
    compiler = next((found for name in ("cc", "gcc", "clang") if (found := shutil.which(name))), None)
    if compiler is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "floor.c", Path(folder) / "floor.so"
        source.write_text(FLOOR)
        command = [compiler, "-O3", "-march=native", "-shared", "-fPIC", str(source), "-o", str(made)]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            return None
        return ctypes.CDLL(str(made))
