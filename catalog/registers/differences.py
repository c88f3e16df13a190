"""What changed between two readings of a register. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.enums import DifferenceKind
from catalog.registers.reading import Fault, Row, row_key

# What a row says of a service; the rest is how we read it.
TOLD = ("service", "provider", "status", "valid_from", "valid_until", "perimeter")


@dataclass(frozen=True, slots=True)
class Difference:
    """`before` is None for a new row, `after` for one that is gone. `fields` names what changed."""

    kind: DifferenceKind
    key: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    fields: tuple[str, ...] = ()

    @property
    def decision(self) -> str:
        return str((self.after or self.before or {}).get("decision") or "")

    @property
    def sheet(self) -> str:
        """The public sheet that the register's row was linked to by hand, of its earlier reading."""
        return str((self.before or {}).get("offer") or "")


def merged(
    rows: Sequence[Row], *, previous: Sequence[Mapping[str, Any]], faults: Iterable[Fault], read_on: str
) -> list[dict[str, Any]]:
    """The rows of the new release: what was read, over what was known of the columns that the file lacks and
    of the link its row already had; then what the register said before of the lines that could not be read,
    under its old reading date."""
    before = {row_key(row): row for row in previous}
    made = [{"offer": None, **before.get(row_key(row), {}), **row, "read_on": read_on} for row in rows]
    read = {row_key(row) for row in rows}
    unread = {fault.key for fault in faults if fault.key} - read
    return made + [dict(before[key]) for key in before if key in unread]


def differences(previous: Sequence[Mapping[str, Any]], rows: Sequence[Mapping[str, Any]]) -> list[Difference]:
    """Gone first, then changed, then new, each by its key."""
    before, after = ({row_key(row): row for row in side} for side in (previous, rows))
    gone = [Difference(DifferenceKind.GONE, key, before[key], None) for key in before if key not in after]
    new = [Difference(DifferenceKind.NEW, key, None, after[key]) for key in after if key not in before]
    changed = [
        Difference(DifferenceKind.CHANGED, key, before[key], after[key], fields)
        for key in before
        if key in after and (fields := _changed(before[key], after[key]))
    ]
    return [each for group in (gone, changed, new) for each in sorted(group, key=lambda d: d.key)]


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(name for name in TOLD if (before.get(name) or None) != (after.get(name) or None))
