"""A change of a running contract signed by one person of three, and the discounts of two vehicles."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from catalog.models import Supplier
from marketplace.site.demo.acting import act
from procurement.amendments.actions import approve, write_amendment
from procurement.discounts.recording import record_discount
from procurement.models import Contract, PurchasingVehicle

WRITER, BUYER = "prescripteur@ministere.example", "achats@ministere.example"
SECURITY = "rssi@ministere.example"


def load_amendment() -> None:
    contract = Contract.objects.get(order__commitment_number="1400000001")
    made = write_amendment(
        contract,
        actor=act(WRITER),
        kind="amendment",
        delta_eur_ht=Decimal("6240.00"),
        reason="Deux cents postes de plus pour un service rattaché au 1er janvier (fictif).",
        new_ends_on=contract.ends_on + dt.timedelta(days=90),
    )
    approve(made, actor=act(SECURITY))


def load_discounts() -> None:
    """Of every offer under the central body; of one holder alone under the agreement, from next month on."""
    today, seller = timezone.localdate(), act("responsable@nuage.example")
    record_discount(
        PurchasingVehicle.objects.get(reference="DEMO-CLOUD-2026"),
        actor=act(BUYER),
        percent=Decimal("4.00"),
        starts_on=today,
    )
    record_discount(
        PurchasingVehicle.objects.get(reference="DEMO-AC-2026-02"),
        actor=act(BUYER),
        percent=Decimal("7.50"),
        starts_on=today + dt.timedelta(days=30),
        supplier=Supplier.objects.get(organisation=seller.organisation),
    )
