"""How much a document may cost. What passes a bound is refused before the costly step."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

# Characters of the credential or presentation; of a DID document; of a certificate chain.
DOCUMENT = 400_000
DID_DOCUMENT = 100_000
CHAIN = 100_000
DEPTH = 40
CREDENTIALS = 40
# Triples and blank nodes of one credential: URDNA2015 is exponential in alike blank nodes.
TRIPLES = 4_000
BLANK_NODES = 400
CANON_SECONDS = 3.0


class TooCostly(ValueError):
    """The graph is larger, or harder to put in canonical form, than any honest description."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raises TooCostly in the block after ``seconds``. Acts in the main thread only, which is where the
    child process (qualification.gaiax.child) works; its own limits hold in any case."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise TooCostly

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
