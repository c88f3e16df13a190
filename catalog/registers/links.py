"""Which offers a row of a register touches: by the number of its decision on a mark read in that register,
or by the sheet its row was already linked to. A like name proves nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.enums import Origin
from catalog.models import Offer, RegisterImport, TrustMark
from catalog.registers.differences import Difference
from catalog.registers.specs import Register

Touched = tuple[Offer, TrustMark | None]


@dataclass(frozen=True, slots=True)
class Linked:
    difference: Difference
    touched: tuple[Touched, ...]


def linked(found: Iterable[Difference], *, register: Register) -> list[Linked]:
    """In the given order, those that touch nothing included. Two queries."""
    found = list(found)
    by_number = _marks(register, {each.decision for each in found if each.decision})
    by_sheet = _sheets(register, {each.sheet for each in found if each.sheet})
    return [
        Linked(each, tuple(by_number.get(each.decision, ()) or by_sheet.get(each.sheet, ())))
        for each in found
    ]


def _of_register(register: Register) -> Any:
    rows = TrustMark.objects.filter(scheme=register.scheme, origin=Origin.REGISTER)
    return rows.select_related("offer__supplier").order_by("pk")


def _marks(register: Register, numbers: set[str]) -> dict[str, list[Touched]]:
    found: dict[str, list[Touched]] = defaultdict(list)
    for mark in _of_register(register).filter(decision_number__in=numbers):
        found[mark.decision_number].append((mark.offer, mark))
    return found


def _sheets(register: Register, keys: set[str]) -> dict[str, list[Touched]]:
    found: dict[str, list[Touched]] = defaultdict(list)
    for mark in _of_register(register).filter(offer__source_key__in=keys):
        found[mark.offer.source_key].append((mark.offer, mark))
    return found


def marks_read_again(
    rows: Sequence[Mapping[str, Any]], *, register: Register, reading: RegisterImport
) -> list[dict[str, Any]]:
    """Marks that the new reading confirms (same status, same end): their reading date follows. Answers what
    they said before. Never a status."""
    told = {
        str(row["decision"]): (row["status"], row.get("valid_until"))
        for row in rows
        if row.get("decision") and row.get("read_on") == reading.read_on.isoformat()
    }
    kept, same = [], []
    for mark in _of_register(register).filter(decision_number__in=told):
        until = mark.valid_until.isoformat() if mark.valid_until else None
        if told[mark.decision_number] == (mark.status, until):
            day = mark.read_on.isoformat() if mark.read_on else None
            kept.append({"mark": mark.pk, "read_on": day, "source": mark.source})
            same.append(mark.pk)
    TrustMark.objects.filter(pk__in=same).update(read_on=reading.read_on, source=reading.source)
    return kept
