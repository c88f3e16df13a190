"""The issuers' registers as they read on a day: the release in force, and the demonstration's own lines."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings

from catalog.registers.specs import REGISTERS
from marketplace.reference.releases import current_release

DEMO_RELEASE = "anssi_register_demo"


def lines_of(register: str, *, on: dt.date) -> tuple[str, list[dict[str, Any]]]:
    """(edition, lines); an empty edition when the register was never read. Two queries at most."""
    known = REGISTERS[register]
    release = current_release(known.name, on=on)
    if release is None:
        return "", fictitious_lines(register, on=on)
    return release.edition, [*release.payload["rows"], *fictitious_lines(register, on=on)]


def fictitious_lines(register: str, *, on: dt.date) -> list[dict[str, Any]]:
    """The demonstration's own services, kept apart from the ANSSI's catalogue; none in production."""
    if register != "anssi" or not settings.DEMONSTRATION:
        return []
    release = current_release(DEMO_RELEASE, on=on)
    return list(release.payload["rows"]) if release else []
