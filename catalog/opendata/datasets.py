"""What is given away: each dataset, its words, its formats, the rows it streams."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from catalog.enums import OfferState
from catalog.models import EffectiveTrust, Offer, TrustFact, TrustMark
from catalog.opendata.flat import catalogue_columns, catalogue_row
from catalog.opendata.records import Record, fact_record, offer_record, price_records

CHUNK = 200
MEDIA_TYPES = {"json": "application/json", "ndjson": "application/x-ndjson", "csv": "text/csv"}


@dataclass(frozen=True, slots=True)
class DataSet:
    """`records` reads through a server-side cursor, a chunk at a time: memory does not grow with the rows."""

    name: str
    title: str
    description: str
    formats: tuple[str, ...]
    keywords: tuple[str, ...]
    records: Callable[[], Iterator[Record]]
    columns: Callable[[], list[str]]
    flat: Callable[[Record], Record] = dict


def _offers() -> QuerySet[Offer]:
    return (
        Offer.objects.public()
        .select_related("supplier", "category", "live_version")
        .prefetch_related(
            "live_version__plans__lines",
            Prefetch("effective_trust", EffectiveTrust.objects.select_related("undermined_by", "mark")),
            Prefetch("trust_marks", TrustMark.objects.order_by("pk")),
            "stack_edges__base",
        )
        .order_by("pk")
    )


Load = Callable[[], Mapping[int, list[Record]]]
_PARTS: dict[str, Load] = {}


def register_offer_part(name: str, load: Load) -> None:
    """What an upper app says of each offer, from its `ready()`: a key of the catalogue's records and a column
    of its table. `load` reads all at once, by the offer's key. Registering a name again replaces it."""
    _PARTS[name] = load


def _catalogue() -> Iterator[Record]:
    today: datetime.date = timezone.localdate()
    parts = {name: load() for name, load in _PARTS.items()}
    for offer in _offers().iterator(chunk_size=CHUNK):
        said = {name: found.get(offer.pk, []) for name, found in parts.items()}
        yield offer_record(offer, on=today) | said


def _columns() -> list[str]:
    *columns, licence = catalogue_columns()
    return [*columns, *_PARTS, licence]


def _row(record: Record) -> Record:
    return catalogue_row(record) | {name: record[name] for name in _PARTS}


def _prices() -> Iterator[Record]:
    rows = Offer.objects.public().select_related("supplier", "live_version")
    for offer in rows.prefetch_related("live_version__plans__lines").order_by("pk").iterator(CHUNK):
        yield from price_records(offer)


def _facts() -> Iterator[Record]:
    """Facts told to the public. An offer withdrawn keeps its history; a removed one is said no more."""
    rows = TrustFact.objects.exclude(mark__offer__state=OfferState.REMOVED).filter(change__isnull=False)
    related = rows.select_related("mark__offer", "change", "supersedes__change")
    for fact in related.order_by("recorded_at", "pk").iterator(CHUNK):
        yield fact_record(fact)


PRICE_COLUMNS = (
    "offer", "offer_number", "offer_name", "supplier_name", "version", "plan", "plan_name", "code", "label",
    "kind", "unit", "period", "amount_eur_ht", "meter", "included_quantity", "minimum_quantity", "tier_mode",
    "tiers", "next_amount_eur_ht", "next_from", "prorata", "usage_step",
)  # fmt: skip
FACT_COLUMNS = (
    "id", "offer", "offer_number", "offer_name", "mark", "scheme", "name", "scope", "status", "milestone",
    "effective_at", "valid_until", "issuer", "act_reference", "act_date", "origin", "source", "reason",
    "recorded_at", "corrects",
)  # fmt: skip

DATASETS = {
    one.name: one
    for one in (
        DataSet(
            "catalogue",
            "Catalogue des offres",
            "Toutes les offres publiques : fournisseur, réponses, formules et prix, qualifications et labels "
            "avec leur origine, leur source et leur date, pile technique. Une valeur nulle est inconnue.",
            ("json", "ndjson", "csv"),
            ("cloud", "catalogue", "SecNumCloud", "HDS", "Gaia-X", "achat public"),
            _catalogue,
            _columns,
            _row,
        ),
        DataSet(
            "prices",
            "Lignes de prix",
            "Les prix publiés des offres publiques, hors taxes, une ligne par prix de la version en ligne.",
            ("json", "csv"),
            ("cloud", "prix"),
            _prices,
            lambda: [*PRICE_COLUMNS, "licence"],
        ),
        DataSet(
            "trust-history",
            "Historique des qualifications et labels",
            "Chaque fait daté : délivrance, suspension, retrait, expiration, et les corrections, qui nomment "
            "le fait corrigé. Rien n’est effacé.",
            ("json", "ndjson", "csv"),
            ("SecNumCloud", "HDS", "qualification", "historique"),
            _facts,
            lambda: [*FACT_COLUMNS, "licence"],
        ),
    )
}


def register_dataset(one: DataSet) -> None:
    """An upper app's own dataset, from its `ready()`. Registering a name again replaces it."""
    DATASETS[one.name] = one
