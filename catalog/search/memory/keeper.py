"""The generation in force in this process: loaded once, brought up to date by whoever finds it late."""

from __future__ import annotations

import datetime
import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.db import connection
from django.utils import timezone
from pyroaring import BitMap

from catalog.categories import CategoryTree
from catalog.search.memory import file, rows
from catalog.search.memory.find import find, supplier_names
from catalog.search.memory.generation import Generation, build
from catalog.search.memory.store import ids
from catalog.search.query import Answer, OfferQuery
from catalog.search.spelling import Spellings

ATTEMPTS = 6
RETRY_SECONDS = 30
SAVE_AFTER = 1000
# A slot dead for longer than any request lasts is cleared from the bitmaps.
REQUEST_SECONDS = 300
MOST_DEAD = 0.2  # of the offers alive
logger = logging.getLogger(__name__)
T = TypeVar("T")


class Keeper:
    """One a process. `answer` is None while there is nothing sound to answer from: the caller has SQL.

    Only a process that serves pages loads an index of itself: tasks and commands have no use for its
    memory.
    """

    def __init__(self) -> None:
        self.serves = False
        self.generation: Generation | None = None
        self._writing = threading.Lock()
        self._loader: threading.Thread | None = None
        self._failed_at = -float(RETRY_SECONDS)
        self._spellings: tuple[BitMap, CategoryTree, Spellings] | None = None

    def answer(self, query: OfferQuery) -> Answer | None:
        """Exact at the moment of its last statement, which reads the cards and finds the index late.

        An index that is late takes what it lacks and answers again. Inside a transaction the rows not
        committed yet are this connection's alone: never in the index, which all requests share.
        """
        if query.owner is not None or connection.in_atomic_block:
            return None
        for _ in range(ATTEMPTS):
            generation = self._current(query.today)
            if generation is None:
                return None
            found = find(generation, query)
            cards, is_late, categories = rows.cards(
                list(found.offers),
                seen=generation.snapshot,
                today=query.today,
                priced=query.priced_usage is not None,
                with_data=not query.markup_only,
            )
            if not is_late and len(cards) == len(found.offers):
                return Answer(
                    version=f"{generation.store.seq}-{query.today.isoformat()}",
                    total=found.total,
                    ids=found.offers,
                    cards=tuple(cards[offer] for offer in found.offers),
                    counts=found.counts,
                    suppliers=supplier_names(generation, found, query),
                    readings=found.readings,
                    unpriced=found.unpriced,
                    categories=categories,
                )
            self.catch_up(generation)
        return None

    @property
    def is_ready(self) -> bool:
        """Whether `answer` would answer now."""
        return self.generation is not None and not connection.in_atomic_block

    def ask(self, question: Callable[[Generation], T], *, on: datetime.date) -> T | None:
        """What `question` makes of the generation in force: exact at the moment of the one statement, which
        finds the index late. None where `answer` would be."""
        if connection.in_atomic_block:
            return None
        for _ in range(ATTEMPTS):
            generation = self._current(on)
            if generation is None:
                return None
            found = question(generation)
            if not rows.is_late(generation.snapshot):
                return found
            self.catch_up(generation)
        return None

    def totals(self, queries: Sequence[OfferQuery], *, answered: bool = False) -> list[int] | None:
        """As `answer`, of the numbers alone, all of one moment and one day: one statement; none for who has
        been `answered` since the request began, after all that was written before it."""
        if any(query.owner is not None for query in queries):
            return None

        def counted(now: Generation) -> list[int]:
            return [find(now, query).total for query in queries]

        if answered and self.is_ready and (generation := self._current(queries[0].today)):
            return counted(generation)
        return self.ask(counted, on=queries[0].today)

    def spellings(self, tree: CategoryTree, *, limit: int) -> Spellings | None:
        """Words of the names of `limit` offers as the index knows them, kept until it changes: a hint, that
        may be late. None where `answer` would be."""
        generation = self.generation
        if generation is None or connection.in_atomic_block:
            return None
        kept = self._spellings
        if kept is None or kept[0] is not generation.alive or kept[1] is not tree:
            kept = self._spellings = (generation.alive, tree, Spellings(_names(generation, tree, limit)))
        return kept[2]

    def catch_up(self, late: Generation) -> None:
        """One statement. A failure halfway leaves no index: the next search starts loading one."""
        with self._writing:
            if self.generation is not late:
                return
            catch = rows.since(late.snapshot)
            try:
                self.generation = late.after(catch.rows, snapshot=catch.snapshot)
            except BaseException:
                self.generation = None
                raise
            self._clear_dead(late, self.generation)

    def _clear_dead(self, former: Generation, current: Generation) -> None:
        now, dead = time.monotonic(), current.store.dead
        if died := former.alive - current.alive:
            dead.append((now, died))
        old = [slots for at, slots in dead if now - at > REQUEST_SECONDS]
        if sum(map(len, old)) > MOST_DEAD * len(current.alive) + 1:
            current.store.forget(BitMap.union(*old), also=current.today.bitmaps())
            dead[:] = [(at, slots) for at, slots in dead if now - at <= REQUEST_SECONDS]

    def _current(self, day: datetime.date) -> Generation | None:
        generation = self.generation
        if generation is None:
            if self.serves:
                self._start_loading()
            return None
        if day > generation.today.day:
            with self._writing:
                if self.generation is generation:
                    self.generation = generation.on(day)
            return generation.on(day) if self.generation is None else self.generation.on(day)
        return generation.on(day)

    def _start_loading(self) -> None:
        with self._writing:
            idle = self._loader is None or not self._loader.is_alive()
            if idle and self.generation is None and time.monotonic() - self._failed_at > RETRY_SECONDS:
                self._loader = threading.Thread(target=self._load, name="search-index", daemon=True)
                self._loader.start()

    def _load(self) -> None:
        try:
            self.load()
        except Exception:
            self._failed_at = time.monotonic()
            logger.exception("the search index did not load; PostgreSQL answers")
        finally:
            connection.close()

    def load(self, *, only_file: bool = False) -> bool:
        """From the file kept on disk and what was written since, else from all rows. Outside any transaction.

        A file far behind is written again. False: there is no sound file and all rows were not asked for.
        """
        day, place = timezone.localdate(), place_of_file()
        generation = file.load(place, day=day) if place else None
        fresh = 0
        if generation is not None:
            catch = rows.since(generation.snapshot)
            generation, fresh = generation.after(catch.rows, snapshot=catch.snapshot), len(catch.rows)
        elif only_file:
            return False
        else:
            generation, fresh = build(rows.everything(), day=day), SAVE_AFTER
        if place and fresh >= SAVE_AFTER:
            file.save(generation, place)
        with self._writing:
            self.generation = generation
        return True


def _names(generation: Generation, tree: CategoryTree, limit: int) -> Iterator[str]:
    store, looked = generation.store, generation.alive[:limit]
    for slot in looked:
        yield from store.names[slot].split()
    for number in set(store.supplier.values[ids(looked)].tolist()):
        yield from store.supplier_names.get(str(number), "").lower().split()
    for code, offers in store.values.get("category", {}).items():
        if code in tree.nodes and looked.intersect(offers):
            yield from tree.nodes[code].label.lower().split()


def place_of_file() -> Path | None:
    """None: no file is kept. Its name says which table of which database it stands for."""
    folder = settings.SEARCH_FOLDER
    return Path(folder) / f"offers-{rows.identity()}.index" if folder else None


keeper = Keeper()


def preload() -> None:
    """Before the web server forks: its workers share the pages of the index. Never keeps it from starting."""
    if not settings.SEARCH_IN_MEMORY:
        return
    keeper.serves = True
    try:
        keeper.load(only_file=True)
    except Exception:
        logger.exception("the search index was not loaded before the workers started")
    finally:
        connection.close()
