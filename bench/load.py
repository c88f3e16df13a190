"""The invented offers into an empty, migrated database, by the product's own models."""

from __future__ import annotations

from django.db import connection, transaction
from django.utils import timezone

from bench.invent import CATEGORIES, Invented
from catalog.models import Category, Offer, OfferVersion, Plan, PriceLine, Supplier, TrustMark
from catalog.trust import lock_stack, recompute

CHUNK = 1000
# By SQL: a bench invents histories that no actor went through.
LIST_THEM = """
UPDATE catalog_offer SET state = 'listed', live_version_id = version.id, listed_on = current_date
FROM catalog_offerversion version WHERE version.offer_id = catalog_offer.id AND catalog_offer.id = ANY(%s)
"""


def load(offers: list[Invented]) -> None:
    """About a minute for 10,000. Ends with ANALYZE, as autovacuum would have by then."""
    categories = {
        code: Category.objects.create(code=code, label=f"Banc {code[-1].upper()}", position=number)
        for number, code in enumerate(CATEGORIES)
    }
    count = max(offer.supplier for offer in offers) + 1
    suppliers = Supplier.objects.bulk_create(
        Supplier(name=f"Entreprise {n:03d}", slug=f"entreprise-{n:03d}", country="FR", size="pme")
        for n in range(count)
    )
    for start in range(0, len(offers), CHUNK):
        with transaction.atomic():
            _load(offers[start : start + CHUNK], suppliers, categories)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _load(invented: list[Invented], suppliers: list[Supplier], categories: dict[str, Category]) -> None:
    rows = Offer.objects.bulk_create(_offer(one, suppliers, categories) for one in invented)
    versions = OfferVersion.objects.bulk_create(
        OfferVersion(offer=row, number=1, answers=_answers(one))
        for row, one in zip(rows, invented, strict=True)
    )
    _prices(versions, invented)
    OfferVersion.objects.filter(pk__in=[version.pk for version in versions]).update(frozen_at=timezone.now())
    ids = [row.pk for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(LIST_THEM, [ids])
    _marks(rows, invented)
    lock_stack()
    recompute(ids)


def _offer(one: Invented, suppliers: list[Supplier], categories: dict[str, Category]) -> Offer:
    return Offer(
        state="draft",
        slug=one.name.lower().replace(" ", "-"),
        name=one.name,
        supplier=suppliers[one.supplier],
        category=categories[one.category],
        service_models=list(one.models),
        description=" ".join(one.words),
        website="https://banc.example/",
        regions=list(one.regions) if one.regions else None,
        open_source=one.open_source,
        is_internal_state=one.is_internal_state,
    )


def _answers(one: Invented) -> dict[str, object]:
    return {
        "name": one.name,
        "service_models": list(one.models),
        "category": one.category,
        "description": " ".join(one.words),
        "website": "https://banc.example/",
        "storage_regions": list(one.regions) if one.regions else None,
        "open_source": one.open_source,
    }


def _prices(versions: list[OfferVersion], invented: list[Invented]) -> None:
    priced = [
        (version, one.price) for version, one in zip(versions, invented, strict=True) if one.price is not None
    ]
    plans = Plan.objects.bulk_create(Plan(version=version, code="base", name="Base") for version, _ in priced)
    PriceLine.objects.bulk_create(
        PriceLine(
            plan=plan, code="forfait", label="Forfait", kind="fixed", period="month", amount_eur_ht=price
        )
        for plan, (_, price) in zip(plans, priced, strict=True)
    )


def _marks(rows: list[Offer], invented: list[Invented]) -> None:
    TrustMark.objects.bulk_create(
        TrustMark(
            offer=row,
            scheme=scheme,
            status=mark.status,
            level=mark.level,
            valid_until=mark.until,
            origin="register",
            source="Banc d’essai",
        )
        for row, one in zip(rows, invented, strict=True)
        for scheme, mark in one.marks.items()
    )
