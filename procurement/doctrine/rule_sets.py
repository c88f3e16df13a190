"""The texts, as dated data: who is bound, from when to when, and where their author is not sure."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "texts"
GENERAL_LAW = "general_law"
# What the texts say on a date does not change while a process lives: prepared once for each date asked.
DATES_KEPT = 512


@dataclass(frozen=True)
class RuleText:
    code: str
    kind: str
    title: str
    summary: str
    short: str
    binds: frozenset[str]
    encourages: frozenset[str]

    @property
    def source(self) -> str:
        named = self.code.startswith("R") and self.code[1:].isdigit()
        return f"Règle {self.code}, {self.short}" if named else self.short[:1].upper() + self.short[1:]


@dataclass(frozen=True)
class RuleSet:
    """`in_force_until` is the last day, None while nothing ends it. `not_held`: obligations that the text
    touches and that cannot be settled, its own words not being held."""

    code: str
    kind: str
    title: str
    in_force_from: dt.date
    in_force_until: dt.date | None
    read_on: dt.date
    sha256: str
    binds: frozenset[str]
    uncertain: tuple[str, ...]
    rules: tuple[RuleText, ...]
    not_held: frozenset[str] = frozenset()

    @property
    def is_computed(self) -> bool:
        """Whether some rule of it is answered from facts; else people attest it."""
        return any(rule.kind == "automatic" for rule in self.rules)

    def in_force(self, on: dt.date) -> bool:
        return self.in_force_from <= on and (self.in_force_until is None or on <= self.in_force_until)

    def text(self, code: str) -> RuleText:
        """Raises KeyError: the registry names a rule that the text does not hold."""
        for rule in self.rules:
            if rule.code == code:
                return rule
        raise KeyError(code)


@cache
def all_rule_sets() -> tuple[RuleSet, ...]:
    """Read once a process from the package's own files; by date of entry into force."""
    found = (_read(path) for path in sorted(FOLDER.glob("*.yaml")))
    return tuple(sorted(found, key=lambda rule_set: rule_set.in_force_from))


@lru_cache(maxsize=DATES_KEPT)
def rule_sets_on(day: dt.date) -> tuple[RuleSet, ...]:
    return tuple(rule_set for rule_set in all_rule_sets() if rule_set.in_force(day))


def _read(path: Path) -> RuleSet:
    raw = path.read_bytes()
    data = yaml.safe_load(raw)
    return RuleSet(
        code=data["code"],
        kind=data["kind"],
        title=data["title"],
        in_force_from=data["in_force_from"],
        in_force_until=data["in_force_until"],
        read_on=data["read_on"],
        sha256=hashlib.sha256(raw).hexdigest(),
        binds=frozenset(data["binds"]),
        uncertain=tuple(data["uncertain"]),
        rules=tuple(_rule(rule, whole=data) for rule in data["rules"]),
        not_held=frozenset(data.get("not_held", ())),
    )


def _rule(rule: dict[str, Any], *, whole: dict[str, Any]) -> RuleText:
    """A rule says who it binds and its reference only where it differs from its text."""
    own = {**whole, **rule}
    return RuleText(
        code=str(rule["code"]),
        kind=str(rule["kind"]),
        title=str(rule["title"]),
        summary=str(rule["summary"]),
        short=str(own["short"]),
        binds=frozenset(own["binds"]),
        encourages=frozenset(own["encourages"]),
    )
