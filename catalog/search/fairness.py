"""The order of equals: drawn afresh every day, the same for everybody on that day.

Each offer has a number drawn from its identifier; each day has a multiplier. Their product modulo a
prime gives every offer every rank as often as any other, whatever its name and its supplier's.
"""

from __future__ import annotations

import datetime
import hashlib

PRIME = 2**31 - 1  # the product of two residues fits in 64 bits


def multiplier(day: datetime.date) -> int:
    """In [1, PRIME): the same on every worker and in SQL."""
    digest = hashlib.sha256(day.isoformat().encode()).digest()
    return int.from_bytes(digest[:8], "big") % (PRIME - 1) + 1


def fair_rank(fair: int, *, day: datetime.date) -> int:
    return fair * multiplier(day) % PRIME


# With %(day)s the multiplier of the day.
FAIR_SQL = f"(fair::bigint * %(day)s) %% {PRIME}"
