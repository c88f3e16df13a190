"""The « Tremplin » path of a publisher that moves to SaaS: steps, progress kept, help from the catalogue."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from catalog.models import Offer
from marketplace.accounts.abilities import require
from marketplace.audit.journal import record
from marketplace.errors import NotVisible
from qualification.programmes.abilities import tremplin_abilities
from qualification.programmes.help import ADVICE, MOST
from qualification.programmes.models import TremplinProgress

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import Organisation

FILE = Path(__file__).with_name("tremplin.toml")
TRIALS = ("free", "paid")


@dataclass(frozen=True, slots=True)
class Step:
    code: str
    title: str
    what: str


@dataclass(frozen=True, slots=True)
class Way:
    steps: tuple[Step, ...]
    source: str
    read_on: dt.date


@dataclass(frozen=True, slots=True)
class StepDone:
    """A step beside the supplier's progress; None: nothing was said of it."""

    step: Step
    progress: TremplinProgress | None

    @property
    def is_done(self) -> bool:
        return self.progress is not None and self.progress.done_on is not None


@cache
def tremplin() -> Way:
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return Way(tuple(Step(**row) for row in data["steps"]), data["source"], data["read_on"])


def steps_of(actor: Actor) -> list[StepDone]:
    """One query for a supplier's people, none for others."""
    known: dict[str, TremplinProgress] = {}
    if actor.is_supplier and actor.organisation is not None:
        rows = TremplinProgress.objects.filter(organisation=actor.organisation)
        known = {row.step: row for row in rows}
    return [StepDone(step, known.get(step.code)) for step in tremplin().steps]


def mark(code: str, *, actor: Actor, done: bool, note: str = "") -> TremplinProgress:
    """Keep where the supplier stands on one step, in place of what was said before. Raises NotVisible."""
    organisation = may_mark(code, actor=actor)
    with transaction.atomic():
        row, _ = TremplinProgress.objects.select_for_update().get_or_create(
            organisation=organisation, step=code
        )
        row.done_on = (row.done_on or timezone.localdate()) if done else None
        row.note, row.marked_at, row.marked_by = note, timezone.now(), actor.user
        row.save()
        record(row, "mark", actor=actor, detail={"step": code, "done": done})
    return row


def may_mark(code: str, *, actor: Actor) -> Organisation:
    """Whose progress it is. Raises NotAllowed, NotVisible for a step that is none."""
    require(tremplin_abilities(actor), "mark")
    if code not in {step.code for step in tremplin().steps} or actor.organisation is None:
        raise NotVisible
    return actor.organisation


def sandboxes() -> list[Offer]:
    """Offers online that say they can be tried."""
    found = Offer.objects.public().filter(live_version__answers__trial__in=TRIALS)
    return list(found.select_related("supplier").order_by("name", "pk")[:MOST])


def integrators() -> list[Offer]:
    """Listed offers of advice and integration."""
    found = Offer.objects.public().filter(service_models__contains=[ADVICE], state="listed")
    return list(found.select_related("supplier").order_by("name", "pk")[:MOST])
