"""The security checklist after the award: dated items, answered one by one before 30 working days."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from marketplace.audit.journal import record
from marketplace.errors import MoveRefused, NotAllowed, NotVisible
from marketplace.working_days import add_working_days
from procurement.enums_orders import RUNNING_CONTRACTS
from procurement.models import Contract, SecurityCheck

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

_FILE = Path(__file__).with_name("checklist.toml")


@dataclass(frozen=True, slots=True)
class Item:
    code: str
    label: str
    help: str
    since: dt.date


@dataclass(frozen=True, slots=True)
class Limit:
    working_days: int
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Line:
    """`check` None: not answered yet."""

    item: Item
    check: SecurityCheck | None


@dataclass(frozen=True, slots=True)
class Checklist:
    lines: tuple[Line, ...]
    due_on: dt.date

    @property
    def left(self) -> int:
        return sum(line.check is None for line in self.lines)

    @property
    def done(self) -> int:
        return len(self.lines) - self.left


@cache
def _held() -> dict[str, Any]:
    with _FILE.open("rb") as stream:
        return tomllib.load(stream)


def items(on: dt.date) -> dict[str, Item]:
    """Those asked of a contract signed that day, in order."""
    rows = (row for row in _held()["item"] if row["from"] <= on)
    return {row["code"]: Item(row["code"], row["label"], row["help"], row["from"]) for row in rows}


def limit() -> Limit:
    held = _held()["limit"]
    return Limit(held["working_days"], held["source"], held["confidence"])


def due_on(contract: Contract) -> dt.date:
    return add_working_days(timezone.localdate(contract.signed_at), limit().working_days)


def checklist_of(contract: Contract) -> Checklist:
    """One query, none when the checks were prefetched."""
    answered = {check.code: check for check in contract.security_checks.all()}
    asked = items(timezone.localdate(contract.signed_at))
    return Checklist(tuple(Line(item, answered.get(code)) for code, item in asked.items()), due_on(contract))


def item_of(contract: Contract, code: str) -> Item:
    """Raises NotVisible on one that is not asked of this contract."""
    found = items(timezone.localdate(contract.signed_at)).get(code)
    if found is None:
        raise NotVisible("item_not_found", "Ce point n’est pas dans la liste de ce contrat.")
    return found


def answer(contract: Contract, *, actor: Actor, code: str, outcome: str, note: str) -> SecurityCheck:
    """Answering again replaces; the journal keeps both. Raises MoveRefused on a contract that is over."""
    if actor.user is None:
        raise NotAllowed("not_allowed", "Cet acte est celui d’une personne.")
    item_of(contract, code)
    with transaction.atomic():
        row = Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
        refuse_over(row)
        made, _ = SecurityCheck.objects.update_or_create(
            contract=row,
            code=code,
            defaults={
                "outcome": outcome, "note": note, "done_by": actor.user, "done_at": timezone.now(),
            },
        )  # fmt: skip
        record(row, "security_check", actor=actor, reason=note, detail={"code": code, "outcome": outcome})
    return made


def refuse_over(contract: Contract) -> None:
    if contract.state not in RUNNING_CONTRACTS:
        raise MoveRefused("contract_over", "Ce contrat est clos : sa liste ne se remplit plus.")
