"""Random questions, none of them the same twice in a row: nothing to gain from a cache."""

from __future__ import annotations

import random
from decimal import Decimal

from bench.invent import CATEGORIES, MODELS, vocabulary
from bench.oracle import Question

CHOICES: dict[str, tuple[str, ...]] = {
    "model": MODELS,
    "category": CATEGORIES,
    "secnumcloud": (
        "in_force",
        "expiring",
        "in_progress",
        "suspended",
        "expired",
        "unknown",
        "renewal_pending",
    ),
    "hds": ("in_force", "expiring", "expired", "unknown"),
    "gaiax": ("label_1", "label_2", "label_3", "standard", "unknown"),
    "region": ("FR", "DE", "EU", "US", "unknown"),
    "open_source": ("true", "false", "unknown"),
}


def ask(chance: random.Random) -> Question:
    """Nothing, one or two facets, one or two values each; a word in one of three; a price in one of four."""
    names = chance.sample(sorted(CHOICES), chance.choice((0, 1, 1, 2)))
    facets = {name: tuple(chance.sample(CHOICES[name], chance.choice((1, 1, 2)))) for name in names}
    words = vocabulary()
    q = words[min(int(chance.paretovariate(0.6)) - 1, len(words) - 1)] if chance.random() < 1 / 3 else ""
    price = Decimal(chance.choice((50, 100, 500, 1000, 5000))) if chance.random() < 1 / 4 else None
    return Question(facets, q, price)
