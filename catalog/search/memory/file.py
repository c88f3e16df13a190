"""The index on disk, to be ready at once: numbers and bitmaps in their own formats, never code.

Layout: MAGIC; 8 bytes, the length of the head; the head, JSON: {"snapshot", "seq", "codes", "parts":
[[name, length], ...], "crc32"}; then the parts one after the other. A part is UTF-8 text joined
by newlines, a raw little-endian array, or bitmaps in the portable roaring format preceded by their
lengths (int64). The file is a cache: anything unexpected makes it ignored and written again.
"""

from __future__ import annotations

import datetime
import json
import logging
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from pyroaring import BitMap

from catalog.search.memory.clock import Today
from catalog.search.memory.columns import Column
from catalog.search.memory.generation import Generation
from catalog.search.memory.prices import Kind, Prices
from catalog.search.memory.store import Dated, Posting, Store

MAGIC = b"offers-index 5\n"
COLUMNS = ("offers", "price", "listed", "fair", "supplier", "changed")
logger = logging.getLogger(__name__)


def save(generation: Generation, place: Path) -> None:
    """Whole or not at all. An error is logged: the file only saves time."""
    try:
        store = generation.store
        parts = [(name, _bytes(part)) for name, part in _parts(store, generation.alive)]
        body = b"".join(part for _, part in parts)
        head = {
            "snapshot": generation.snapshot,
            "seq": store.seq,
            "codes": store.codes,
            "parts": [[name, len(part)] for name, part in parts],
            "crc32": zlib.crc32(body),
        }
        told = json.dumps(head).encode()
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = place.with_name(f"{place.name}.{os.getpid()}")
        with fresh.open("wb") as out:
            out.write(MAGIC + len(told).to_bytes(8, "little") + told)
            out.write(body)
        fresh.replace(place)
    except OSError:
        logger.exception("the search index was not kept on disk")


def load(place: Path, *, day: datetime.date) -> Generation | None:
    """None when there is no file, or not a sound one."""
    try:
        with place.open("rb") as kept:
            if kept.read(len(MAGIC)) != MAGIC:
                return None
            head = json.loads(kept.read(int.from_bytes(kept.read(8), "little")))
            body = memoryview(kept.read())
        if zlib.crc32(body) != head["crc32"]:
            return None
        return _generation(head, _cut(head["parts"], body), day)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError):
        logger.exception("the search index kept on disk is not readable")
        return None


def _cut(parts: list[list[Any]], body: memoryview) -> dict[str, memoryview]:
    found, start = {}, 0
    for name, length in parts:
        found[name] = body[start : start + length]
        start += length
    return found


def _bytes(part: Any) -> bytes:
    if isinstance(part, np.ndarray):
        return part.astype(part.dtype.newbyteorder("<")).tobytes()
    if isinstance(part, str):
        return part.encode()
    return _bitmaps(part)


def _bitmaps(found: Iterable[BitMap | None]) -> bytes:
    kept = [b"" if bitmap is None else bitmap.serialize() for bitmap in found]
    lengths = np.array([len(kept), *map(len, kept)], dtype="<i8")
    return lengths.tobytes() + b"".join(kept)


def _read_bitmaps(part: memoryview) -> Iterator[BitMap | None]:
    count = int(np.frombuffer(part[:8], dtype="<i8")[0])
    lengths = np.frombuffer(part[8 : 8 * (count + 1)], dtype="<i8").tolist()
    start = 8 * (count + 1)
    for length in lengths:
        yield BitMap.deserialize(bytes(part[start : start + length])) if length else None
        start += length


def _parts(store: Store, alive: BitMap) -> Iterator[tuple[str, Any]]:
    count = store.count
    for name in COLUMNS:
        yield name, getattr(store, name).values[:count]
    prices = store.prices
    yield "price kinds", np.array(prices.kinds, dtype=np.int64).ravel()
    for name, length in (("kind", prices.steps), ("amount", prices.steps), ("holds", prices.plans)):
        yield f"price {name}", getattr(prices, name).values[:length]
    yield "price step_end", prices.step_end.values[: prices.plans]
    yield "price plan_end", prices.plan_end.values[:count]
    yield "names", "\n".join(name.replace("\n", " ") for name in store.names)
    yield "suppliers", json.dumps(store.supplier_names)
    for name, column in store.numbers.items():
        yield f"number {name}", column.values[:count]
    for scheme, kept in store.statuses.items():
        for field in ("code", "until", "base_until"):
            yield f"{field} {scheme}", getattr(kept, field).values[:count]
    tagged = [(name, value) for name, values in store.values.items() for value in values]
    yield "tags", "\n".join(f"{name}={value}" for name, value in tagged)
    yield "tagged", [store.values[name][value] for name, value in tagged]
    yield "steps", list(store.steps.values())
    words = list(store.words)
    yield "words", "\n".join(words)
    for field in ("anywhere", "middle", "name"):
        yield f"words {field}", [getattr(store.words[word], field) for word in words]
    yield "alive", [alive]


def _generation(head: dict[str, Any], parts: dict[str, memoryview], day: datetime.date) -> Generation:
    store = Store()
    _read_columns(store, parts)
    store.codes, store.seq = head["codes"], head["seq"]
    store.supplier_names = json.loads(bytes(parts["suppliers"]))
    tags = _lines(parts["tags"], empty=store.count == 0)
    for tag, bitmap in zip(tags, _read_bitmaps(parts["tagged"]), strict=True):
        name, _, value = tag.partition("=")
        store.values.setdefault(name, {})[value] = bitmap or BitMap()
    steps = zip(store.steps, _read_bitmaps(parts["steps"]), strict=True)
    store.steps = {step: bitmap or BitMap() for step, bitmap in steps}
    postings = (_read_bitmaps(parts[f"words {field}"]) for field in ("anywhere", "middle", "name"))
    for word, *found in zip(_lines(parts["words"], empty=not len(parts["words"])), *postings, strict=True):
        store.words[word] = Posting(found[0] or BitMap(), found[1], found[2])
    (alive,) = _read_bitmaps(parts["alive"])
    alive = alive or BitMap()
    offers = store.offers.values
    store.slots = {int(offers[slot]): slot for slot in alive}
    return Generation(store, alive, head["snapshot"], Today(store, alive, day))


def _read_columns(store: Store, parts: dict[str, memoryview]) -> None:
    for name in COLUMNS:
        column: Column = getattr(store, name)
        column.values = _array(parts[name], column.values.dtype)
    store.count = len(store.offers.values)
    _read_prices(store.prices, parts)
    store.names = _lines(parts["names"], empty=store.count == 0)
    for part, raw in parts.items():
        kind, _, name = part.partition(" ")
        if kind == "number":
            store.numbers[name] = Column(np.int64, _array(raw, np.int64))
        elif kind in ("code", "until", "base_until"):
            kept = store.statuses.setdefault(name, Dated())
            column = getattr(kept, kind)
            column.values = _array(raw, column.values.dtype)


def _read_prices(prices: Prices, parts: dict[str, memoryview]) -> None:
    rows = _array(parts["price kinds"], np.int64).reshape(-1, len(Kind._fields)).tolist()
    prices.kinds = [Kind(*row) for row in rows]
    prices.numbers = {kind: number for number, kind in enumerate(prices.kinds)}
    for name in ("kind", "amount", "holds", "step_end", "plan_end"):
        column: Column = getattr(prices, name)
        column.values = _array(parts[f"price {name}"], column.values.dtype)
    prices.steps, prices.plans = len(prices.kind.values), len(prices.holds.values)


def _array(raw: memoryview, dtype: Any) -> Any:
    """A copy of its own, which may be written to."""
    return np.frombuffer(raw, dtype=np.dtype(dtype).newbyteorder("<")).astype(dtype)


def _lines(raw: memoryview, *, empty: bool = False) -> list[str]:
    """`empty`: no line at all, where one empty line would look the same."""
    return [] if empty else bytes(raw).decode().split("\n")
