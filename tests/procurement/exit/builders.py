from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from procurement.exit import actions
from procurement.models import Contract, ExitPlan
from tests.procurement.amendments.builders import make_contract
from tests.procurement.order_builders import Purchase

HASH = "0" * 64
YEAR = {"starts_on": dt.date(2026, 1, 1), "ends_on": dt.date(2026, 12, 31)}


def make_running_contract(purchase: Purchase, **terms: Any) -> Contract:
    return make_contract(purchase, **{**YEAR, **terms})


def make_exit(purchase: Purchase, contract: Contract, *, state: str = "running") -> ExitPlan:
    """With an export awaited while it runs, received when it is closed."""
    actor, today = purchase.actor("requester"), timezone.localdate()
    plan = actions.open_plan(contract, actor=actor, reason="Fin du contrat")
    if state == "preparing":
        return plan
    actions.give_notice(plan, actor=actor, given_on=today)
    actions.request_export(plan, actor=actor, label="Boîtes", format="MBOX")
    if state == "closed":
        export = plan.exports.get()
        actions.receive_export(export, actor=actor, received_on=today, sha256=HASH, size=12)
        plan.refresh_from_db()
        actions.record_erasure(plan, actor=actor, erased_on=today, reference="ATT-ESSAI")
        actions.close(plan, actor=actor)
    return plan
