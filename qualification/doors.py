"""What stands before each host that the fetcher looks at: nothing, or the door that a work came with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar

# Held while one host is looked at; it may make the look wait, or raise.
Door = Callable[[str], AbstractContextManager[None]]

_DOOR: ContextVar[Door] = ContextVar("door", default=lambda host: nullcontext())


def door(host: str) -> AbstractContextManager[None]:
    return _DOOR.get()(host)


@contextmanager
def through(way: Door) -> Iterator[None]:
    """Inside, each host looked at is entered by ``way``, those that redirects lead to as well: one at a time,
    left before the next."""
    before = _DOOR.set(way)
    try:
        yield
    finally:
        _DOOR.reset(before)
