"""Offers for tests, plainly fictitious."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from catalog.enums import OfferState, Origin, PriceKind, PricePeriod
from catalog.models import (
    Category,
    Offer,
    OfferSearchRow,
    OfferVersion,
    Plan,
    PriceLine,
    RegisterDifference,
    RegisterImport,
    Supplier,
    TrustMark,
)
from catalog.registers import actions as registers
from catalog.registers.specs import REGISTERS
from catalog.trust import add_mark
from marketplace.accounts.actors import Actor, system_actor
from marketplace.accounts.models import Organisation

_count = itertools.count(1)
ACTOR = system_actor("tests")

COMPLETE = {
    "service_models": ["saas"],
    "category": "collaboration",
    "description": "Un service fictif pour les essais.",
    "storage_regions": ["FR-Paris"],
    "processing_regions": ["FR"],
    "non_eu_law": False,
    "accessibility": "partial",
    "data_processing_agreement": True,
    "exit_notice_months": "2",
    "exit_transition_days": 30,
    "exit_retrieval_days": 30,
    "exit_formats": "CSV, ODF",
}


def make_category(code: str = "collaboration") -> Category:
    return Category.objects.get_or_create(code=code, defaults={"label": code.capitalize()})[0]


def make_supplier(organisation: Organisation | None = None, **values: Any) -> Supplier:
    n = next(_count)
    name = values.pop("name", f"Fournisseur Exemple {n}")
    return Supplier.objects.create(
        name=name,
        slug=slugify(name),
        country=values.pop("country", "FR"),
        organisation=organisation,
        **values,
    )


def make_offer(
    *,
    state: str = OfferState.LISTED,
    supplier: Supplier | None = None,
    organisation: Organisation | None = None,
    answers: dict[str, Any] | None = None,
    price: str | None = None,
    **values: Any,
) -> Offer:
    """An offer in a state, with a frozen live version (a draft one for a draft)."""
    n = next(_count)
    supplier = supplier or make_supplier(organisation)
    said = {**COMPLETE, "name": f"Offre Exemple {n}", **(answers or {})}
    if said.get("category"):
        make_category(said["category"])
    offer = Offer(state=OfferState.DRAFT, supplier=supplier, **values)
    offer.repeat_answers(said)
    offer.save()
    version = OfferVersion.objects.create(offer=offer, number=1, answers=said)
    if price is not None:
        add_price(version, price)
    if state != OfferState.DRAFT:
        version.freeze()
        Offer.objects.filter(pk=offer.pk).update(
            state=state, live_version=version, listed_on=timezone.localdate(), closed_reason="Motif d’essai."
        )
    offer.refresh_from_db()
    OfferSearchRow.objects.refresh([offer.pk])
    return offer


def add_price(
    version: OfferVersion, amount: str, *, plan: str = "standard", unit: str = "poste"
) -> PriceLine:
    made = Plan.objects.create(version=version, code=plan, name=plan.capitalize())
    return PriceLine.objects.create(
        plan=made,
        code="abonnement",
        label="Abonnement",
        kind=PriceKind.UNIT,
        unit=unit,
        period=PricePeriod.MONTH,
        amount_eur_ht=Decimal(amount),
    )


def make_mark(
    offer: Offer, *, status: str = "in_force", scheme: str = "secnumcloud", **values: Any
) -> TrustMark:
    values.setdefault("origin", Origin.REGISTER)
    return add_mark(offer, actor=ACTOR, scheme=scheme, status=status, **values)


REGISTER_HEAD = "service;provider;decision;status;valid_from;valid_until"
REGISTER_LINES = (
    "Nuage Essai;Essai SAS;900;in_force;2025-01-01;2028-01-01",
    "Coffre Essai;Essai SAS;901;in_force;2025-01-01;2027-06-30",
)


def register_file(*lines: str, head: str = REGISTER_HEAD) -> bytes:
    return "\n".join((head, *(lines or REGISTER_LINES))).encode()


def read_register(actor: Actor, *lines: str, days_ago: int = 0) -> RegisterImport:
    """A reading prepared from a CSV file of these lines."""
    read_on = timezone.localdate() - dt.timedelta(days=days_ago)
    return registers.prepare(
        REGISTERS["hds"],
        content=register_file(*lines),
        file_name="liste.csv",
        edition=f"{read_on.isoformat()} ({next(_count)})",
        read_on=read_on,
        source="https://registre.example/liste",
        actor=actor,
    )


def read_and_confirm(actor: Actor, *lines: str, days_ago: int = 0) -> RegisterImport:
    made = read_register(actor, *lines, days_ago=days_ago)
    return registers.confirm(made, sha256=made.sha256, without_faults=True, actor=actor)


def with_difference(actor: Actor) -> RegisterDifference:
    """A certified offer, a first reading that says so, a second one where its line is gone."""
    make_mark(
        make_offer(), scheme="hds", decision_number="900", valid_until=dt.date(2028, 1, 1), origin="register"
    )
    read_and_confirm(actor)
    read_and_confirm(actor, REGISTER_LINES[1])
    return RegisterDifference.objects.latest("pk")
