"""What is known of an offer when its coverage is judged. No database here."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Held:
    """A certificate an offer holds on the day. ``proven``: read in a register, checked by us or joined as a
    file; otherwise it is the supplier's word. ``layer``: the base that holds it, empty for the offer's own.
    ``regions``: the places its perimeter names; empty: it names none.
    """

    code: str
    name: str
    proven: bool
    until: dt.date | None = None
    scope: str = ""
    layer: str = ""
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CoverageFacts:
    """``answers``: effective ones, of the version shown. ``on``: the day certificates are read. ``ended``:
    the offer's own certificates that no longer stand on that day."""

    answers: Mapping[str, Any]
    held: tuple[Held, ...]
    on: dt.date
    ended: tuple[Held, ...] = ()
