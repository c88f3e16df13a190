"""Alerts 120, 90, 60 and 30 days before each notice date of a contract."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Prefetch, Q, QuerySet

from marketplace.notifications.outbox import notify
from marketplace.ui.typography import date_text
from procurement.models import Contract, ContractReview
from procurement.register.dates import KeyDate, alert_reached, key_dates

BATCH = 500


def tell_notices(*, on: dt.date) -> int:
    """How many dates were in an alert. Safe to run again: a person is told once per date and alert,
    and who begins to follow the contract is told at the next run."""
    told = 0
    for contract in due_contracts(on):
        for date in key_dates(contract, contract.open_reviews):
            reached = alert_reached(date.on, today=on) if date.is_notice else None
            if reached is not None:
                _tell(contract, date, days=reached)
                told += 1
    return told


def due_contracts(on: dt.date) -> Iterable[Contract]:
    """Those with a notice date in an alert; the dates are read first, few contracts are loaded whole."""
    running = Contract.objects.running().filter(ends_on__gte=on)
    soon = [
        contract.pk
        for contract in running.filter(notice_months__isnull=False)
        .only("ends_on", "notice_months")
        .iterator(BATCH)
        if contract.notice_on is not None and alert_reached(contract.notice_on, today=on) is not None
    ]
    opened = _undecided().filter(notice_on__gte=on, contract__in=running).values("contract")
    contracts = Contract.objects.filter(Q(pk__in=soon) | Q(pk__in=opened)).order_by("pk")
    return contracts.select_related("buyer", "offer").prefetch_related("owners", open_reviews())


def open_reviews() -> Prefetch:
    return Prefetch("reviews", queryset=_undecided(), to_attr="open_reviews")


def _undecided() -> QuerySet[ContractReview]:
    return ContractReview.objects.filter(decision="")


def _tell(contract: Contract, date: KeyDate, *, days: int) -> None:
    notify(
        contract.owners.all(),
        subject=f"Contrat {contract.number}\u00a0: préavis dans {days} jours ou moins",
        body=f"{date.label}\u00a0: {date_text(date.on)}. Décidez de le dénoncer ou de le laisser courir.",
        url=contract.get_absolute_url(),
        organisation=contract.buyer,
        key=f"notice:{contract.uuid}:{date.kind}:{date.on}:{days}",
    )
