"""Ten thousand invented offers, the same for the same seed. Plain Python: the oracle reads them too."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from decimal import Decimal

SYLLABLES = tuple(
    "ba bro cal den dru fal gor hel jun kra lim mor nev pol qua ril sto tam ulm vro xan yor zeb".split()  # noqa: SIM905 - one line is easier to read
)
MODELS = ("iaas", "caas", "paas", "saas")
CATEGORIES = tuple(f"banc-{letter}" for letter in "abcdefghijkl")
COUNTRIES = ("FR", "FR", "FR", "DE", "NL", "ES", "CH", "US", "GB")
EU = {"FR", "DE", "NL", "ES"}
SCHEMES = ("secnumcloud", "hds", "gaiax", "iso27001")
STATUSES = ("in_force", "in_force", "in_force", "in_progress", "announced", "suspended", "renewal_pending")
LEVELS = ("label_1", "label_2", "label_3", "standard")


@dataclass(frozen=True)
class Mark:
    status: str
    until: dt.date | None
    level: str = ""


@dataclass(frozen=True)
class Invented:
    """One offer as invented. `None` is unknown, as in the product."""

    name: str
    words: tuple[str, ...]
    supplier: int
    models: tuple[str, ...]
    category: str
    regions: tuple[str, ...] | None
    open_source: bool | None
    price: Decimal | None
    is_internal_state: bool
    marks: dict[str, Mark] = field(default_factory=dict)


def vocabulary(count: int = 300) -> list[str]:
    """Words of three syllables that no stemmer folds into one another: they end alike."""
    maker = random.Random("vocabulaire")
    words: dict[str, None] = {}
    while len(words) < count:
        words["".join(maker.sample(SYLLABLES, 3)) + "ck"] = None
    return list(words)


def invent(count: int, *, seed: int, today: dt.date, suppliers: int = 500) -> list[Invented]:
    chance, words = random.Random(seed), vocabulary()
    return [_one(chance, number, words, today=today, suppliers=suppliers) for number in range(count)]


def _one(chance: random.Random, number: int, words: list[str], *, today: dt.date, suppliers: int) -> Invented:
    # A few words are everywhere and most are rare, as in real texts.
    some = tuple(words[min(int(chance.paretovariate(0.6)) - 1, len(words) - 1)] for _ in range(18))
    regions = tuple(sorted({chance.choice(COUNTRIES) for _ in range(chance.randint(1, 3))}))
    price = Decimal(chance.randint(50, 900_000)) / 100
    return Invented(
        name=f"{some[0].capitalize()} {some[1]} {number:05d}",
        words=some,
        supplier=chance.randrange(suppliers),
        models=tuple(sorted(chance.sample(MODELS, chance.choice((1, 1, 1, 2))))),
        category=chance.choice(CATEGORIES),
        regions=regions if chance.random() < 0.9 else None,
        open_source=chance.choice((True, False, False, None)),
        price=price if chance.random() < 0.7 else None,
        is_internal_state=chance.random() < 0.002,
        marks={scheme: _mark(chance, scheme, today) for scheme in SCHEMES if chance.random() < 0.2},
    )


def _mark(chance: random.Random, scheme: str, today: dt.date) -> Mark:
    status = chance.choice(STATUSES)
    until = today + dt.timedelta(days=chance.randint(-200, 1000)) if chance.random() < 0.9 else None
    return Mark(status, until, chance.choice(LEVELS) if scheme == "gaiax" else "")
