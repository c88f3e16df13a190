"""The search rows as the index reads them, and what it lacks: three statements, no model."""

# ruff: noqa: S608 -- SQL is assembled from constants of this module; every value is a parameter.

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from catalog.card_markup import edition
from catalog.categories import STATE
from catalog.prices.packed import Packed
from catalog.search.cards import CARD_HTML, CARD_PRICES, KeptCard
from marketplace.postgres.prepared import Prepared

ROW, GONE = "catalog_offersearchrow", "catalog_searchgone"
Status = tuple[str, datetime.date | None, datetime.date | None]
COLUMNS = (
    "offer_id, is_public, sort_name, price_eur_ht, listed_on, fair, seq, changed_in::text::bigint,"
    " card->'supplier'->>'number', card->'supplier'->>'name', tags, numbers::text,"
    " service_models, category, regions, open_source,"
    " secnumcloud, secnumcloud_until, secnumcloud_base_until, hds, hds_until, hds_base_until,"
    " gaiax, gaiax_until, gaiax_base_until, statuses::text, prices::text,"
    " COALESCE(tsvector_to_array(text), '{}'),"
    " COALESCE(tsvector_to_array(ts_filter(text, '{a,b}')), '{}'),"
    " COALESCE(tsvector_to_array(name_text), '{}')"
)
KEPT_SCHEMES = ("iso27001", "c5", "cspn")
OPEN_SOURCE = {True: "true", False: "false", None: "unknown"}
# What a transaction not seen by the snapshot %(seen)s has written since.
LACKED = (
    "changed_in >= pg_snapshot_xmin(%(seen)s::pg_snapshot)"
    " AND NOT pg_visible_in_snapshot(changed_in, %(seen)s::pg_snapshot)"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A public offer as the index reads it; `is_public` false: only that it is no more to be found."""

    offer_id: int
    is_public: bool
    sort_name: str = ""
    price: Decimal | None = None
    listed_on: datetime.date | None = None
    fair: int = 0
    seq: int = 0
    changed_in: int = 0
    supplier_number: str = ""
    supplier_name: str = ""
    tags: tuple[str, ...] = ()
    numbers: dict[str, Decimal] | Any = None
    statuses: dict[str, Status] | Any = None
    prices: Packed | None = None
    anywhere: tuple[str, ...] = ()
    middle: tuple[str, ...] = ()
    name: tuple[str, ...] = ()

    def values(self) -> Iterator[tuple[str, str]]:
        """(facet, value) of every facet that the clock does not change."""
        for tag in self.tags:
            name, _, value = tag.partition("=")
            yield name, value


@dataclass(frozen=True, slots=True)
class Catch:
    """What an index lacked, and the snapshot it stands for once it has it."""

    snapshot: str
    rows: tuple[Row, ...]


def everything(batch: int = 2000) -> Iterator[tuple[str, list[Row]]]:
    """(snapshot, rows) by batches, all of one snapshot. In a transaction of its own: outside any other."""
    with transaction.atomic():
        snapshot = _freeze()
        with connection.chunked_cursor() as cursor:
            cursor.execute(f"SELECT {COLUMNS} FROM {ROW} WHERE is_public")
            while found := cursor.fetchmany(batch):
                yield snapshot, [_row(one) for one in found]
        yield snapshot, []


def _freeze() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        cursor.execute("SELECT pg_current_snapshot()::text")
        snapshot: str = cursor.fetchone()[0]
    return snapshot


def identity() -> str:
    """Which table of which database, on which timeline: a restored copy is another one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT concat_ws('-', system_identifier, timeline_id, %s::regclass::oid,"
            " (SELECT oid FROM pg_database WHERE datname = current_database()))"
            " FROM pg_control_system(), pg_control_checkpoint()",
            [ROW],
        )
        found: str = cursor.fetchone()[0]
    return found


def since(snapshot: str) -> Catch:
    """What was written or deleted by transactions that `snapshot` did not see. One statement."""
    sql = (
        f"WITH lacked AS (SELECT {COLUMNS} FROM {ROW} WHERE {LACKED}),"
        f" gone AS (SELECT offer_id AS gone_id FROM {GONE} WHERE {LACKED})"
        " SELECT pg_current_snapshot()::text, gone.gone_id, lacked.* FROM (SELECT 1) AS one"
        " LEFT JOIN (lacked FULL JOIN gone ON gone_id = lacked.offer_id) ON true"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {"seen": snapshot})
        found = cursor.fetchall()
    rows = tuple(_caught(row[1], row[2:]) for row in found if row[1] is not None or row[2] is not None)
    return Catch(found[0][0], rows)


def _caught(gone: int | None, row: tuple[Any, ...]) -> Row:
    """A row deleted then written again stands; deleted only, it is public no more."""
    return _row(row) if row[0] is not None else Row(offer_id=int(gone or 0), is_public=False)


def cards(
    offers: list[int], *, seen: str, today: datetime.date, priced: bool = False, with_data: bool = True
) -> tuple[dict[int, KeptCard], bool, bytes]:
    """(cards by offer, whether anything was written that `seen` did not see, the state of the categories):
    one statement.

    Without `with_data`, a card whose markup is kept comes without its data.
    """
    found = _CARDS.rows(offers, seen, today, edition(), priced, with_data)
    told = {offer: KeptCard(*card) for offer, *card in found if offer is not None}
    beside = [row for row in found if row[0] is None]
    (state,) = (row[1] for row in beside if row[2] is not None)
    return told, len(beside) > 1, state or b""


def is_late(seen: str) -> bool:
    """Whether anything was written that `seen` did not see. One statement."""
    ((late,),) = _LATE.rows(seen)
    return bool(late)


def _is_late(table: str, *, seen: str) -> str:
    """Read in the order of the index, which one plan for all snapshots would else take for longer than all
    the rows."""
    return (
        f"EXISTS (SELECT 1 FROM (SELECT changed_in FROM {table} WHERE changed_in >= pg_snapshot_xmin({seen})"
        f" ORDER BY changed_in OFFSET 0) AS recent WHERE NOT pg_visible_in_snapshot(changed_in, {seen}))"
    )


_CARDS = Prepared(
    "catalog_search_cards",
    ("bigint[]", "pg_snapshot", "date", "text", "boolean", "boolean"),
    "SELECT offer_id, CASE WHEN $6 OR html IS NULL THEN card::text END, html, prices FROM ("
    f"SELECT offer_id, card, {CARD_HTML % {'today': '$3', 'edition': '$4'}} AS html,"
    f" {CARD_PRICES % {'priced': '$5'}} AS prices FROM {ROW} WHERE offer_id = ANY($1)) AS kept"
    f" UNION ALL SELECT NULL, NULL, NULL, NULL WHERE {_is_late(ROW, seen='$2')}"
    f" OR {_is_late(GONE, seen='$2')}"
    f" UNION ALL SELECT NULL, {STATE}, '', NULL",
    (int, bytes, bytes, bytes),
)
_LATE = Prepared(
    "catalog_search_late",
    ("pg_snapshot",),
    f"SELECT {_is_late(ROW, seen='$1')} OR {_is_late(GONE, seen='$1')}",
    (bool,),
)


def _row(found: tuple[Any, ...]) -> Row:
    (offer_id, is_public, sort_name, price, listed_on, fair, seq, changed_in, number, name) = found[:10]
    tags, numbers, models, category, regions, open_source = found[10:16]
    secnumcloud, hds, gaiax, kept = found[16:19], found[19:22], found[22:25], json.loads(found[25])
    statuses: dict[str, Status] = {"secnumcloud": secnumcloud, "hds": hds, "gaiax": gaiax}
    for scheme in KEPT_SCHEMES:
        statuses[scheme] = _kept(kept.get(scheme))
    return Row(
        offer_id=offer_id,
        is_public=is_public,
        sort_name=sort_name,
        price=price,
        listed_on=listed_on,
        fair=fair,
        seq=seq,
        changed_in=changed_in,
        supplier_number=number or "",
        supplier_name=name or "",
        tags=(
            *tags,
            *(f"model={model}" for model in models),
            f"category={category}",
            *(f"region={region}" for region in regions),
            f"open_source={OPEN_SOURCE[open_source]}",
        ),
        numbers={key: Decimal(value) for key, value in json.loads(numbers).items()},
        statuses=statuses,
        prices=json.loads(found[26]),
        anywhere=tuple(found[27]),
        middle=tuple(found[28]),
        name=tuple(found[29]),
    )


def _kept(found: dict[str, Any] | None) -> Status:
    if found is None:
        return "unknown", None, None
    return found["status"], _day(found["until"]), _day(found["base_until"])


def _day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None
