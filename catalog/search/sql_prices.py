"""The price of a usage in SQL: the rule of `catalog.prices.usage_price`, read from the row's `prices`.

Written apart from the arrays in memory: in tests each is the other's oracle.
"""

# ruff: noqa: S608 -- SQL is assembled from constants of this module; every value is a parameter.

from __future__ import annotations

from typing import Any

from catalog.prices.cost import HOURS_PER_MONTH
from catalog.prices.usage import Usage
from marketplace.calendar_months import add_months
from marketplace.money import LARGEST_TOTAL

# Of a usage and of a commitment alike.
MOST_MONTHS = 120


def parameters(usage: Usage) -> dict[str, Any]:
    return {
        "usage_months": usage.months,
        # Of each month, and of the twelve after, where an unfinished year ends.
        "usage_starts": [add_months(usage.starts_on, month) for month in range(MOST_MONTHS + 13)],
        "usage_seat": usage.seats,
        "usage_vcpu_hour": usage.vcpu_hours or 0,
        "usage_storage_gb": usage.storage_gb or 0,
        "usage_egress_gb": usage.egress_gb or 0,
        "usage_support": usage.support,
        "usage_needed": [meter.value for meter in usage.needed],
        "usage_hours": HOURS_PER_MONTH,
        "usage_largest": LARGEST_TOTAL,
    }


# Of one line: null, unknown; zero, not needed. What is charged whatever the usage counts once.
_QUANTITY = """
CASE
  WHEN l->>'meter' = 'support' AND NOT %(usage_support)s THEN 0
  WHEN l->>'kind' <> 'unit' THEN 1
  WHEN l->>'meter' IN ('other', 'assistance_day') THEN NULL
  WHEN l->>'meter' = 'support' THEN %(usage_seat)s::numeric
  WHEN l->>'meter' = 'seat' THEN COALESCE(%(usage_seat)s::numeric, 0)
  WHEN l->>'meter' = 'vcpu_hour' THEN %(usage_vcpu_hour)s::numeric
  WHEN l->>'meter' = 'storage_gb' THEN %(usage_storage_gb)s::numeric
  ELSE %(usage_egress_gb)s::numeric
END"""
_IS_ONCE = "(l->>'kind') = 'one_off'"
# Charged in one period: by the hour, every hour of the month unless the usage counts its hours.
_COUNTED = f"""
SELECT quantity * CASE
  WHEN l->>'period' = 'hour' AND l->>'meter' <> 'vcpu_hour' AND NOT {_IS_ONCE} THEN %(usage_hours)s ELSE 1
END AS counted, COALESCE(l->>'step', '0')::numeric AS step OFFSET 0"""
_USED = """
SELECT greatest(CASE WHEN step = 0 THEN counted
  ELSE (div(counted, step) + (mod(counted, step) > 0)::int) * step END, (l->>'minimum')::numeric) AS used
OFFSET 0"""
# Started periods within so many months.
_STARTED = f"""
CASE WHEN {_IS_ONCE} THEN least({{0}}, 1) WHEN l->>'period' = 'year' THEN ({{0}} + 11) / 12 ELSE {{0}} END"""
_MONTHS = "greatest(%(usage_months)s, (p->>'commitment')::int)"
# OFFSET 0 keeps the planner from writing an expression out wherever its name stands: ten times faster.
_BEFORE = """
(SELECT count(*) FROM unnest(%(usage_starts)s::date[]) AS start(day) WHERE day < (l->>'from')::date)"""
_MONTH = "(%(usage_starts)s::date[])[{0} + 1]"
_BY_DAY = "(l->>'prorata') = 'day'"
# Those before the announced price, if any, and those from its day; then the year that the months leave
# unfinished, when it is prorated (`used` of `of_all`): the last one started, whose first day says its price.
_PERIODS = f"""
SELECT every - later - part * (later = 0)::int AS before, later - part * (later > 0)::int AS after,
  part * (later = 0)::int AS part_before, part * (later > 0)::int AS part_after, part_used, part_of
FROM (
  SELECT {_STARTED.format("months")} AS every,
    CASE WHEN l->>'from' IS NULL THEN 0
      ELSE {_STARTED.format("months")} - {_STARTED.format("least(months, before_it)")} END AS later,
    (l->>'period' = 'year' AND l->>'prorata' IN ('month', 'day') AND months %% 12 > 0)::int AS part,
    CASE WHEN {_BY_DAY} THEN {_MONTH.format("months")} - {_MONTH.format("months / 12 * 12")}
      ELSE months %% 12 END AS part_used,
    CASE WHEN {_BY_DAY} THEN {_MONTH.format("(months / 12 + 1) * 12")} - {_MONTH.format("months / 12 * 12")}
      ELSE 12 END AS part_of
  FROM (SELECT {_MONTHS} AS months,
          CASE WHEN l->>'from' IS NOT NULL THEN {_BEFORE} END AS before_it OFFSET 0) AS counted
) AS split OFFSET 0"""
_STEPS = """
SELECT 0 AS low, (l->'tiers'->0->>'above')::numeric AS high, (l->>'amount')::numeric AS amount,
       COALESCE(l->>'next', l->>'amount')::numeric AS later
UNION ALL
SELECT above, lead(above) OVER (ORDER BY above), amount, amount
FROM jsonb_to_recordset(l->'tiers') AS tier(above numeric, amount_eur_ht numeric),
 LATERAL (SELECT tier.amount_eur_ht AS amount) AS its"""
_CHARGED = """
CASE WHEN l->>'mode' = 'volume'
  THEN CASE WHEN low < used AND (high IS NULL OR used <= high) THEN used - free ELSE 0 END
  ELSE greatest(0, least(used, COALESCE(high, used)) - greatest(low, free)) END"""
# Whole divisions: a quotient cut short could round a half the other way.
_PART = "div(charged * {0} * part_used * 200 + part_of, 2 * part_of) * 0.01"
_LINE = f"""
SELECT sum(before * round(charged * amount, 2) + after * round(charged * later, 2)
         + CASE WHEN part_before > 0 THEN {_PART.format("amount")}
                WHEN part_after > 0 THEN {_PART.format("later")} ELSE 0 END) AS total,
       max(greatest(CASE WHEN before + part_before > 0 THEN round(charged * amount, 2) END,
                    CASE WHEN after + part_after > 0 THEN round(charged * later, 2) END)) AS dearest
FROM ({_COUNTED}) AS zero,
 LATERAL ({_USED}) AS one,
 LATERAL (SELECT least(used, (l->>'included')::numeric) AS free) AS two,
 LATERAL ({_STEPS}) AS step,
 LATERAL (SELECT {_CHARGED} AS charged OFFSET 0) AS three,
 LATERAL ({_PERIODS}) AS period
WHERE quantity > 0"""
_PLAN = f"""
SELECT CASE WHEN bool_or(quantity > 0)
    AND NOT bool_or(quantity IS NULL)
    AND %(usage_needed)s::text[] <@ array_agg(l->>'meter') FILTER (WHERE quantity > 0)
    AND max(dearest) <= %(usage_largest)s AND sum(total) <= %(usage_largest)s
  THEN sum(total) END AS total
FROM jsonb_array_elements(p->'lines') AS line(l),
 LATERAL (SELECT {_QUANTITY} AS quantity OFFSET 0) AS needed,
 LATERAL ({_LINE}) AS priced
WHERE l->>'kind' <> 'exit'"""
# HT, of the cheapest formula that prices the whole usage; null when none does.
USAGE_PRICE = (
    f"(SELECT min(whole.total) FROM jsonb_array_elements(prices->'plans') AS plan(p),"
    f" LATERAL ({_PLAN}) AS whole)"
)
