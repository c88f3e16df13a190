"""The answer by brute force: numpy over the columns read again from PostgreSQL, texts by its own operators.

Shares no code with the engine: statuses, orders and counts are written again here from the rule.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection

from catalog.search.query import OfferQuery

PRIME = 2**31 - 1
STEPS = (10, 50, 100, 500, 1000, 5000)
SOON = 180


@dataclass
class Expected:
    total: int
    offers: list[int]
    counts: dict[tuple[str, str], int]


class Oracle:
    """Everything in memory as plain arrays: facet → (offer's place, value's number) pairs."""

    def __init__(self, today: dt.date) -> None:
        self.today = today
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT offer_id, sort_name, price_eur_ht, listed_on, fair, tags, service_models, category,"
                " regions, open_source, secnumcloud, secnumcloud_until, hds, hds_until, gaiax, gaiax_until,"
                " statuses FROM catalog_offersearchrow WHERE is_public ORDER BY offer_id"
            )
            rows = cursor.fetchall()
        self.offers = np.array([row[0] for row in rows])
        self.names = [row[1] for row in rows]
        self.price = np.array([np.nan if row[2] is None else float(row[2]) for row in rows])
        self.listed = np.array([-1 if row[3] is None else row[3].toordinal() for row in rows])
        day = int.from_bytes(hashlib.sha256(today.isoformat().encode()).digest()[:8], "big") % (PRIME - 1) + 1
        self.fair = np.array([row[4] * day % PRIME for row in rows])
        self.facets: dict[str, dict[str, Any]] = {}
        told: dict[tuple[str, str], list[int]] = {}
        for place, row in enumerate(rows):
            for name, value in self._values(row):
                told.setdefault((name, value), []).append(place)
        for (name, value), places in told.items():
            mask = np.zeros(len(rows), dtype=bool)
            mask[places] = True
            self.facets.setdefault(name, {})[value] = mask

    def _values(self, row: tuple[Any, ...]) -> set[tuple[str, str]]:
        found = {tuple(tag.split("=", 1)) for tag in row[5]}
        found |= {("model", model) for model in row[6]} | {("region", region) for region in row[8]}
        found |= {
            ("category", row[7]),
            ("open_source", {True: "true", False: "false", None: "unknown"}[row[9]]),
        }
        found.add(("secnumcloud", self._status(row[10], row[11])))
        found.add(("hds", self._status(row[12], row[13])))
        found.add(("gaiax", "expired" if row[15] and row[15] < self.today else row[14]))
        kept = json.loads(row[16]) if isinstance(row[16], str) else row[16]
        for scheme, one in kept.items():
            until = one["until"] and dt.date.fromisoformat(one["until"])
            found.add((scheme, self._status(one["status"], until)))
        return found

    def _status(self, status: str, until: dt.date | None) -> str:
        if status in ("in_force", "renewal_pending") and until is not None:
            if until < self.today:
                return "expired"
            if status == "in_force" and until <= self.today + dt.timedelta(days=SOON):
                return "expiring"
        return status

    def answer(self, query: OfferQuery, *, q: str | None = None) -> Expected:
        """`q`: the text as the engine said it read it (a word mended)."""
        tiers, base = self._text(query.q if q is None else q)
        masks = {name: self._chosen(name, values) for name, values in query.facets.items()}
        if query.price_max is not None:
            masks["price_max"] = self.price <= float(query.price_max)
        found = self._all(base, masks)
        places = np.flatnonzero(found)
        first = (query.page - 1) * query.page_size
        arranged = self._arranged(query, places, tiers)[first : first + query.page_size]
        counts = {}
        for name in query.counted or ():
            within = self._all(base, {k: v for k, v in masks.items() if k != name})
            for value, mask in self._known(name).items():
                if count := int(np.count_nonzero(within & mask)):
                    counts[name, value] = count
        return Expected(len(places), [int(self.offers[place]) for place in arranged], counts)

    def _known(self, name: str) -> dict[str, Any]:
        if name != "price_max":
            return self.facets.get(name, {})
        bounds = zip((-1, *STEPS[:-1]), STEPS, strict=True)
        return {str(most): (self.price > least) & (self.price <= most) for least, most in bounds}

    def _chosen(self, name: str, values: tuple[str, ...]) -> Any:
        found = np.zeros(len(self.offers), dtype=bool)
        for value in values:
            found |= self.facets.get(name, {}).get(value, False)
        return found

    def _all(self, base: Any, masks: dict[str, Any]) -> Any:
        found = base.copy()
        for mask in masks.values():
            found &= mask
        return found

    def _text(self, q: str) -> tuple[Any, Any]:
        """(tier of each offer, whether it is found): by `@@` on PostgreSQL's own vectors."""
        count = len(self.offers)
        if not q:
            return np.zeros(count, dtype=int), np.ones(count, dtype=bool)
        prefix = q.endswith("*")
        made = "to_tsquery('simple', %(q)s)" if prefix else "websearch_to_tsquery('catalog_french', %(q)s)"
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT offer_id, CASE WHEN name_text @@ {made} THEN 0"
                f" WHEN ts_filter(text, '{{a,b}}') @@ {made} THEN 1 ELSE 2 END"
                f" FROM catalog_offersearchrow WHERE is_public AND text @@ {made}",
                {"q": q[:-1] + ":*" if prefix else q},
            )
            rows = cursor.fetchall()
        tiers, base = np.full(count, 2), np.zeros(count, dtype=bool)
        if rows:
            places = np.searchsorted(self.offers, [row[0] for row in rows])
            base[places] = True
            tiers[places] = [row[1] for row in rows]
        return tiers, base

    def _arranged(self, query: OfferQuery, places: Any, tiers: Any) -> Any:
        keys = {
            "price": np.where(np.isnan(self.price), np.inf, self.price),
            "-listed_on": np.where(self.listed < 0, np.inf, -self.listed),
        }
        first = keys.get(query.ordering, tiers)[places]
        return places[np.lexsort((self.offers[places], self.fair[places], first))]
