"""What a check is, and how several judgements become one."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from qualification.enums import Verdict

Facts = TypeVar("Facts")

WEEK, MONTH, YEAR = dt.timedelta(days=7), dt.timedelta(days=31), dt.timedelta(days=366)
# Unknown comes before warn: what nobody verified must not hide behind what was merely noted.
_GRAVITY = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN, Verdict.PASS)


@dataclass(frozen=True, slots=True)
class Judgement:
    """``message`` is what was seen, ``remedy`` how to repair it; ``evidence`` is JSON."""

    verdict: Verdict
    message: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Check(Generic[Facts]):
    """``judge`` is pure; ``observe`` (network) completes the facts just before, when there is one.

    ``version`` changes whenever the same facts may get another verdict or message. ``reads``: the
    questions of the catalogue whose answers it reads; ``facts``: what else (supplier, marks, plans, stack,
    register, files). After ``max_age`` a result says nothing any more: it reads unknown.
    """

    code: str
    version: str
    title: str
    rule: str
    judge: Callable[[Facts, dt.date], Judgement]
    observe: Callable[[Facts], Facts] | None = None
    reads: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    max_age: dt.timedelta = MONTH

    @property
    def queue(self) -> str:
        return "fetch" if self.observe else "checks"


def gravity(verdict: str) -> int:
    """0 is the gravest; a verdict not given yet counts as unknown."""
    return _GRAVITY.index(Verdict(verdict or Verdict.UNKNOWN))


def gravest(judgements: Iterable[Judgement]) -> Judgement:
    """One judgement that keeps every message, gravest first. Raises ValueError when there is none."""
    ordered = sorted(judgements, key=lambda judgement: gravity(judgement.verdict))
    if not ordered:
        raise ValueError("nothing was judged")
    evidence: dict[str, Any] = {}
    for judgement in reversed(ordered):
        evidence.update(judgement.evidence)
    return Judgement(
        ordered[0].verdict,
        " ".join(judgement.message for judgement in ordered),
        evidence,
        " ".join(dict.fromkeys(judgement.remedy for judgement in ordered if judgement.remedy)),
    )


def french_date(day: dt.date) -> str:
    return day.strftime("%d/%m/%Y")
