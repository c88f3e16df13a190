"""Dashboard and registers over 100,000 orders of 5,000 organisations: queries, CPU, an oracle that counts.

One administration holds a tenth of the orders, the others share the rest: what a big buyer reads must not
cost more because it is big. Rows are invented and written in one statement a table; pages are read over
HTTP, signed in.
"""

from __future__ import annotations

import datetime as dt
import http.client
import os
import re
import statistics
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bench import processes, server

ORGANISATIONS, SUPPLIERS, SHARE = 5_000, 500, 0.1
MOST_QUERIES = 10
ROUNDS = 3
# The page, and the words before which it says how many it found (None: it says none).
PAGES = {"dashboard": "/bureau/", "orders": "/commandes/", "contracts": "/contrats/"}
LISTS = {"orders": "/api/v1/orders/", "contracts": "/api/v1/contracts/"}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: the session that opens their pages, and what they must find."""

    who: str
    session: str
    found: dict[str, int]


def fill(count: int, seed: int) -> list[Reader]:
    """Django is set up. Returns a member of the biggest administration and one of a supplier."""
    buyers, sellers = _organisations()
    version, plan, offers = _offers(sellers)
    member = _member(buyers[0], "requester")
    seller = _member(sellers[0], "supplier_manager")
    projects = _projects(buyers)
    _orders(count, seed, _first(member.user, projects[buyers[0].pk], offers[0], version, plan))
    _analyze()
    return [_reader("administration", member), _reader("supplier", seller)]


def _organisations() -> tuple[list[Any], list[Any]]:
    from django.utils import timezone

    from marketplace.accounts.models import Organisation

    made = Organisation.objects.bulk_create(
        Organisation(
            number=800_000 + rank,
            kind="supplier" if rank < SUPPLIERS else "state",
            name=f"Organisation inventée {rank}",
            identifier=f"000{rank:011d}",
            state="verified",
            proof_kind="banc",
            proof_date=timezone.localdate(),
        )
        for rank in range(ORGANISATIONS)
    )
    return made[SUPPLIERS:], made[:SUPPLIERS]


def _offers(sellers: list[Any]) -> tuple[dict[int, Any], dict[int, Any], list[Any]]:
    """One listed offer a supplier; their version and formula by the key of the offer."""
    from django.db import connection
    from django.utils import timezone

    from bench.load import LIST_THEM
    from catalog.models import Offer, OfferVersion, Plan, Supplier

    suppliers = Supplier.objects.bulk_create(
        Supplier(organisation=one, name=one.name, slug=f"banc-{one.number}", country="FR", size="pme")
        for one in sellers
    )
    offers = Offer.objects.bulk_create(
        Offer(supplier=one, name=f"Offre {one.slug}", slug=one.slug, state="draft") for one in suppliers
    )
    versions = OfferVersion.objects.bulk_create(
        OfferVersion(offer=one, number=1, answers={}) for one in offers
    )
    plans = Plan.objects.bulk_create(Plan(version=one, code="unique", name="Unique") for one in versions)
    OfferVersion.objects.update(frozen_at=timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(LIST_THEM, [[one.pk for one in offers]])
    by_offer = {one.offer_id: one for one in versions}
    return by_offer, dict(zip(by_offer, plans, strict=True)), offers


def _member(organisation: Any, role: str) -> Any:
    from django.utils import timezone

    from marketplace.accounts.models import Membership, RoleGrant, User

    user = User.objects.create_user(f"{role}@banc.example", password=None, full_name="Personne de banc")
    member = Membership.objects.create(user=user, organisation=organisation)
    since = timezone.localdate() - dt.timedelta(days=1)
    RoleGrant.objects.create(membership=member, role=role, granted_by=user, starts_on=since)
    return member


def _projects(buyers: list[Any]) -> dict[int, Any]:
    from procurement.models import Project

    made = Project.objects.bulk_create(
        Project(number=f"BANC-{one.number}", title="Projet de banc", organisation=one) for one in buyers
    )
    return {one.organisation_id: one for one in made}


def _first(author: Any, project: Any, offer: Any, versions: Any, plans: Any) -> tuple[Any, Any]:
    """One order and its contract, made by the models: all others are copies that differ where it matters."""
    from procurement.models import Contract, Order

    now = dt.datetime.now(dt.UTC)
    shared = {
        "buyer": project.organisation, "supplier": offer.supplier, "offer": offer,
        "offer_version": versions[offer.pk], "starts_on": now.date(), "ends_on": now.date(),
    }  # fmt: skip
    order = Order(
        number="CMD-BANC-0", sent_number="BANC-0", state="acknowledged", project=project,
        plan=plans[offer.pk], below_threshold_reason="Banc d’essai.", total_eur_ht=Decimal("100.00"),
        approved_by=author, approved_at=now, approved_hash="0" * 64, commitment_number="E0", sent_at=now,
        answered_at=now, **shared,
    )  # fmt: skip
    Order.objects.bulk_create([order])
    contract = Contract(number="CTR-BANC-0", order=order, notice_months=Decimal(2), **shared)
    Contract.objects.bulk_create([contract])
    return order, contract


# One row an order: who buys what, from when, for how long. The first buyer takes a share of its own.
DRAWN = """
CREATE TEMP TABLE drawn AS
SELECT rank, buyer.pk AS buyer_id, project.id AS project_id, offer.id AS offer_id, offer.supplier_id,
       version.id AS version_id, plan.id AS plan_id, total, CURRENT_DATE - age AS starts_on,
       CURRENT_DATE - age + length AS ends_on
FROM (
    SELECT rank, random() < %(share)s AS big, floor(random() * %(buyers)s)::int AS one,
           floor(random() * %(offers)s)::int AS two, floor(random() * 700)::int AS age,
           200 + floor(random() * 1000)::int AS length, (1 + floor(random() * 1e7))::numeric / 100 AS total
    FROM generate_series(1, %(count)s) AS rank OFFSET 0
) AS chance
JOIN (
    SELECT id AS pk, row_number() OVER (ORDER BY number) - 1 AS one
    FROM accounts_organisation WHERE kind = 'state' AND number BETWEEN 800000 AND 899999
) AS buyer ON buyer.one = CASE WHEN chance.big THEN 0 ELSE chance.one END
JOIN (
    SELECT id, supplier_id, row_number() OVER (ORDER BY id) - 1 AS two FROM catalog_offer
    WHERE slug LIKE 'banc-%%'
) AS offer ON offer.two = chance.two
JOIN procurement_project AS project ON project.organisation_id = buyer.pk
JOIN catalog_offerversion AS version ON version.offer_id = offer.id
JOIN catalog_plan AS plan ON plan.version_id = version.id
"""


def _orders(count: int, seed: int, first: tuple[Any, Any]) -> None:
    """The others, in one statement a table."""
    from django.db import connection

    order, contract = first
    size = {"share": SHARE, "buyers": ORGANISATIONS - SUPPLIERS, "offers": SUPPLIERS, "count": count - 1}
    shared = {
        "uuid": "gen_random_uuid()", "buyer_id": "drawn.buyer_id", "supplier_id": "drawn.supplier_id",
        "offer_id": "drawn.offer_id", "offer_version_id": "drawn.version_id",
        "starts_on": "drawn.starts_on", "ends_on": "drawn.ends_on",
    }  # fmt: skip
    own = {
        "number": "'CMD-BANC-' || drawn.rank", "sent_number": "'BANC-' || drawn.rank",
        "project_id": "drawn.project_id", "plan_id": "drawn.plan_id", "total_eur_ht": "drawn.total",
        "commitment_number": "'E' || drawn.rank",
    }  # fmt: skip
    with connection.cursor() as cursor:
        # What was just written has no statistics yet: each step would be planned for a few rows.
        cursor.execute("ANALYZE")
        cursor.execute("SELECT setseed(%s)", [seed % 1000 / 1000])
        cursor.execute(DRAWN, size)
        cursor.execute("ANALYZE drawn")
        _copies(cursor, order, source="drawn", values={**shared, **own})
        cursor.execute("ANALYZE procurement_order")
        made = "drawn JOIN (SELECT id AS made, number AS called FROM procurement_order) AS orders"
        made += " ON orders.called = 'CMD-BANC-' || drawn.rank"
        own = {"number": "'CTR-BANC-' || drawn.rank", "order_id": "orders.made"}
        _copies(cursor, contract, source=made, values={**shared, **own})


def _copies(cursor: Any, row: Any, *, source: str, values: dict[str, str]) -> None:
    """A copy of `row` for each row of `source`, with `values` (column → SQL) in place of its own."""
    table, names = row._meta.db_table, [field.column for field in row._meta.concrete_fields]
    told = [name for name in names if name != "id"]
    given = ", ".join(values.get(name, f'model."{name}"') for name in told)
    into = ", ".join(f'"{name}"' for name in told)
    cursor.execute(
        f"INSERT INTO {table} ({into}) SELECT {given} FROM {source}, {table} AS model WHERE model.id = %s",
        [row.pk],
    )


def _analyze() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _reader(who: str, member: Any) -> Reader:
    """Counted by plain loops over the columns, not by the product's own querysets."""
    from marketplace.ui.testing import open_session
    from procurement.models import Contract, Order

    side = "supplier__organisation_id" if who == "supplier" else "buyer_id"
    found = {}
    for name, model in (("orders", Order), ("contracts", Contract)):
        mine = list(model.objects.values_list(side, flat=True))
        found[name] = sum(1 for each in mine if each == member.organisation_id)
    return Reader(who, open_session(member).session_key, found)


def queries(readers: list[Reader], report: Any) -> None:
    """In this process, under production's settings."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    for reader in readers:
        client = Client(headers=server.HEADERS)
        client.cookies[settings.SESSION_COOKIE_NAME] = reader.session
        for name, path in PAGES.items():
            client.get(path, secure=True)
            with CaptureQueriesContext(connection) as seen:
                status = client.get(path, secure=True).status_code
            if status != 200:
                raise SystemExit(f"{path} answered {status}")
            report.goal(f"queries of {name}, {reader.who}", len(seen), MOST_QUERIES)


def measure(readers: list[Reader], env: dict[str, str], database: int, report: Any, requests: int) -> None:
    """CPU of web and database by page, and how many empty « hello » that is; lists counted by the oracle."""
    with (
        server.gunicorn("marketplace.wsgi:application", env=env, path="/livez") as (web, port),
        server.gunicorn("bench.hello:application", env=dict(os.environ), path="/") as (hello, hello_port),
    ):
        # The clock of a process counts hundredths of a second.
        bare = _spent((hello,), hello_port, "/", "", max(1000, requests))
        print(f"  bare WSGI hello {bare:.3f} ms of CPU")
        for reader in readers:
            for name, path in PAGES.items():
                spent = _spent((web, database), port, path, reader.session, requests)
                print(f"  {name:<10} {reader.who:<15} {spent:7.2f} ms of CPU, {spent / bare:5.0f} × hello")
            for name, path in LISTS.items():
                told = re.search(rb'"count":\s*(\d+)', _get(_open(port), path, reader.session))
                right = told is not None and int(told[1]) == reader.found[name]
                report.oracle(f"{path} tells {reader.found[name]:,} to the {reader.who}", holds=right)


def _spent(pids: tuple[int, ...], port: int, path: str, session: str, requests: int) -> float:
    connection, figures = _open(port), []
    for _ in range(5):
        _get(connection, path, session)
    for _ in range(ROUNDS):
        before = sum(map(processes.cpu_seconds, pids))
        for _ in range(requests):
            _get(connection, path, session)
        figures.append((sum(map(processes.cpu_seconds, pids)) - before) * 1000 / requests)
    return statistics.median(figures)


def _open(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=60)


def _get(connection: http.client.HTTPConnection, path: str, session: str) -> bytes:
    from django.conf import settings

    cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"} if session else {}
    connection.request("GET", path, headers={**server.HEADERS, **cookie})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise SystemExit(f"{path} answered {answer.status}: {body[:300]!r}")
    return body
