from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from marketplace.calendar_months import add_months
from procurement.models import Contract, UsageStatement
from procurement.statements import serving, writing
from tests.procurement.amendments.builders import make_contract
from tests.procurement.order_builders import Purchase

START, END = dt.date(2026, 1, 1), dt.date(2026, 12, 31)


def month(rank: int) -> dict[str, dt.date]:
    """First and last day of a month of this year, from 1."""
    first = dt.date(2026, rank, 1)
    return {"starts_on": first, "ends_on": add_months(first, 1) - dt.timedelta(days=1)}


JANUARY, FEBRUARY = month(1), month(2)


def make_used_contract(purchase: Purchase, **terms: Any) -> Contract:
    """Of this year: 10 seats a month at 10 €, 1,200.00 € HT in all."""
    return make_contract(purchase, **{"starts_on": START, "ends_on": END, **terms})


def make_statement(
    purchase: Purchase, contract: Contract, *, state: str = "draft", seats: str = "10", **values: Any
) -> UsageStatement:
    """Of January, brought to `state` by its own moves."""
    terms = {**JANUARY, "rows": [("poste", Decimal(seats))], **values}
    made = writing.create_statement(contract, actor=purchase.actor("manager"), **terms)
    steps = {
        "submitted": lambda: serving.submit(made, actor=purchase.actor("manager")),
        "attested": lambda: serving.attest(
            made, actor=purchase.actor("requester"), service_done_on=min(made.ends_on, timezone.localdate())
        ),
        "certified": lambda: serving.certify(made, actor=purchase.actor("finance")),
    }
    for name, step in steps.items():
        if made.state == state:
            break
        step()
        assert made.state == name
    return made
