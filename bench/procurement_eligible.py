"""The offers that comply with a need, over a whole catalogue: engine time, and an oracle on each offer.

The catalogue is the search bench's. A question is a random need: it sorts every offer, counts each standing,
names the first page of each, and the closest of the refused when none complies. The oracle reads the rows by
itself and asks the doctrine's rule of each offer in turn.
"""

from __future__ import annotations

import datetime as dt
import random
import statistics
import time
from collections import Counter
from typing import Any

MOST_MS = 5.0
# Needs of which every offer is judged one by one: forty thousand judgements each.
JUDGED_WHOLE = 4
ROW = (
    "SELECT offer_id, service_models, regions, tags, secnumcloud, secnumcloud_until, secnumcloud_base_until,"
    " hds, hds_until, hds_base_until FROM catalog_offersearchrow WHERE is_public"
)
KINDS = ("state", "state_operator", "gip_listed", "gip", "local_authority", None)


def measure(offers: int, needs: int, seed: int, report: Any) -> None:
    """Django is set up, the database migrated and empty."""
    from django.utils import timezone

    from bench import search_data
    from catalog.search.memory import rows
    from catalog.search.memory.generation import build
    from catalog.search.sets import OfferSets
    from procurement.actions.eligible_catalogue import by_sets, sort_catalogue

    day, rng = timezone.localdate(), random.Random(seed)
    start = time.monotonic()
    search_data.fill(search_data.invent(seed, today=day), offers)
    sets = OfferSets(build(rows.everything(), day=day))
    print(f"  catalogue made and read in {time.monotonic() - start:.0f} s")
    asked = [_need(rng, day) for _ in range(needs)]
    spent = []
    for need in asked:
        began = time.process_time()
        by_sets(sets, asked={}, **need)
        spent.append((time.process_time() - began) * 1000)
    spent.sort()
    median, p95 = statistics.median(spent), spent[int(len(spent) * 0.95)]
    print(f"  {needs} needs: median {median:.2f} ms of CPU, p95 {p95:.2f}, worst {spent[-1]:.2f}")
    report.goal("eligible offers, ms of engine at p95", p95, MOST_MS)
    facts, slots = _facts(day), {sets.key(slot): slot for slot in sets.everything}
    wrong: Counter[str] = Counter()
    for need in asked[:JUDGED_WHOLE]:
        wrong.update(_wrong(facts, slots, sort_catalogue(sets, **need), need))
    print(f"  {JUDGED_WHOLE * len(facts):,} judgements one by one")
    report.goal("standings that differ from the rule", wrong["standing"], 0)
    report.goal("reasons that differ from the rule", wrong["reasons"], 0)
    report.goal("offers missing or unknown", len(slots.keys() ^ facts.keys()), 0)


def _need(rng: random.Random, day: dt.date) -> dict[str, Any]:
    from procurement.doctrine import AssessmentFacts, assess

    need = AssessmentFacts(
        buyer_kind=rng.choice(KINDS),
        hosting=rng.choice(("commercial_cloud", "commercial_cloud", "internal_cloud", None)),
        sensitive_data=rng.choice((frozenset({"protected_secret"}), frozenset(), None)),
        harms=rng.choice((frozenset({"health_life"}), frozenset(), None)),
        personal_data=rng.choice((True, False, None)),
        health_data=rng.choice((True, False, None)),
    )
    models = rng.choice((["saas"], ["iaas", "paas"], [], None))
    return {"result": assess(need, day), "service_models": models, "on": day}


def _facts(day: dt.date) -> dict[int, Any]:
    """By offer, from the rows and nothing of the index."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(ROW)
        return {row[0]: _offer(row, day) for row in cursor.fetchall()}


def _offer(row: tuple[Any, ...], day: dt.date) -> Any:
    from catalog.countries import EEA_COUNTRIES
    from catalog.models.trust import status_by_the_clock
    from procurement.doctrine.eligibility import OfferFacts, StatusSeen

    tags = dict(tag.split("=", 1) for tag in row[3])
    outside = tuple(code for code in row[2] if code not in EEA_COUNTRIES and code != "EU")
    statuses = {}
    for scheme, (status, until, base) in (("secnumcloud", row[4:7]), ("hds", row[7:10])):
        read = status_by_the_clock(status, until=until, base_until=base, on=day)
        statuses[scheme] = StatusSeen(status=read.value, label="")
    three = {"true": True, "false": False}
    return OfferFacts(
        is_internal_state=tags["internal"] == "true",
        is_suspended=tags["state"] == "suspended",
        service_models=frozenset(row[1]),
        statuses=statuses,
        outside_eea=None if row[2] == ["unknown"] else outside,
        non_eu_law=three.get(tags["non_eu_law"]),
        gdpr_clauses=three.get(tags["dpa"]),
    )


def _wrong(facts: dict[int, Any], slots: dict[int, int], found: Any, need: dict[str, Any]) -> Counter[str]:
    from procurement.doctrine.eligibility import judge
    from procurement.doctrine.eligible_sets import Reason

    wrong: Counter[str] = Counter()
    for key, offer in facts.items():
        judged, slot = judge(offer, **need), slots[key]
        wrong["standing"] += slot not in found.standings[judged.standing]
        wrong["reasons"] += found.reasons_of(slot) != {Reason.of(finding) for finding in judged.findings}
    wrong["standing"] += sum(map(len, found.standings.values())) != len(facts)
    return wrong
