"""Old results that say the same go; what is kept, who decides it, and how the gap is told."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from marketplace.audit.models import AuditEvent
from marketplace.leases import LeaseState
from qualification.models import CheckRun, Dossier, OfferCheck
from qualification.thinning import HOURS, thin, thin_results
from tests.builders import client_for
from tests.qualification import builders
from tests.rest.builders import client_for_token

pytestmark = pytest.mark.django_db
CODE = "website_tls"
# More than a year ago, the first of a month.
START = (timezone.now() - dt.timedelta(days=430)).replace(day=1, hour=6)
DAY = dt.timedelta(days=1)


@pytest.fixture
def people() -> builders.People:
    return builders.make_people()


@pytest.fixture
def dossier(people: builders.People) -> Dossier:
    return builders.make_dossier(people, upto="draft")


def looks(dossier: Dossier, *said: tuple[str, str], since: dt.datetime = START, **fields: Any) -> list[int]:
    """One result a day, each (verdict, message), numbered on from those that are there; their numbers."""
    first = dossier.runs.filter(check_code=CODE).count() + 1
    rows = [
        CheckRun(
            dossier=dossier, offer_version=dossier.offer.shown_for_edit, round=1, check_code=CODE,
            run_number=number, trigger="watch", lease_state=LeaseState.DONE, verdict=verdict, message=message,
            done_at=since + DAY * (number - first), input_hash="a", **fields,
        )
        for number, (verdict, message) in enumerate(said, first)
    ]  # fmt: skip
    CheckRun.objects.bulk_create(rows)
    return [row.run_number for row in rows]


def numbers(dossier: Dossier) -> list[int]:
    return list(dossier.runs.order_by("run_number").values_list("run_number", flat=True))


PASS, WARN, FAIL, OURS = ("pass", "Conforme."), ("warn", "Bientôt."), ("fail", "Expiré."), ("unknown", "")


def test_ends_of_like_results_changes_and_failures_stay(dossier: Dossier) -> None:
    looks(
        dossier,
        *[PASS] * 5,
        *[FAIL] * 4,
        *[PASS] * 3,
        ("pass", "Conforme, autrement."),
        *[WARN] * 4,
        OURS,
        WARN,
    )
    assert thin(dossier) == 3 + 1 + 2
    #                          passes | failures  | passes | other | warns | ours, warn
    assert numbers(dossier) == [1, 5, 6, 7, 8, 9, 10, 12, 13, 14, 17, 18, 19]
    (line,) = AuditEvent.objects.filter(what="thin_results")
    assert line.object_id == dossier.pk and line.side.detail["results"] == {CODE: 6}
    assert thin(dossier) == 0
    assert AuditEvent.objects.filter(what="thin_results").count() == 1


def test_one_a_month_stays_and_all_of_the_last_three_months(dossier: Dossier) -> None:
    days = (timezone.now() - START).days
    looks(dossier, *[PASS] * days)
    thin(dossier)
    kept = list(dossier.runs.order_by("run_number").values_list("done_at", flat=True))
    old = [day for day in kept if day < timezone.now() - DAY * 92]
    months = [(day.year, day.month) for day in old]
    assert len(months) == len(set(months)) and all(day.day == 1 for day in old)
    edge = timezone.now() - DAY * 92
    assert len(kept) - len(old) == sum(START + DAY * place >= edge for place in range(days)) > 90


def oracle(said: list[tuple[str, str]], when: list[dt.datetime]) -> list[int]:
    """In plain words: what differs from one of its neighbours, opens a month, or failed."""
    kept = []
    for place, one in enumerate(said):
        ends = place in (0, len(said) - 1)
        alone = ends or said[place - 1] != one or said[place + 1] != one
        opens = not ends and when[place - 1].month != when[place].month
        if alone or opens or one[0] == "fail":
            kept.append(place + 1)
    return kept


@pytest.mark.parametrize("seed", range(3))
def test_whichever_go_first_the_same_ones_stay(dossier: Dossier, seed: int) -> None:
    chance = random.Random(seed)
    said = [
        one for _ in range(25) for one in [chance.choice((PASS, WARN, FAIL, OURS))] * chance.randint(1, 9)
    ]
    looks(dossier, *said)
    some = list(dossier.runs.values_list("pk", flat=True))
    chance.shuffle(some)
    for pk in some[: len(some) // 2]:
        delete(pk)
    thin(dossier)
    assert numbers(dossier) == oracle(said, [START + DAY * place for place in range(len(said))])


def delete(pk: int) -> bool:
    """Whether the database lets it go."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM qualification_checkrun WHERE id = %s", [pk])
    except Error as refused:
        assert "is written" in str(refused)
        return False
    return True


def test_the_database_lets_nothing_else_go(dossier: Dossier) -> None:
    looks(dossier, *[FAIL] * 3)
    looks(dossier, *[PASS] * 3, since=timezone.now() - DAY * 20)
    assert [delete(pk) for pk in dossier.runs.order_by("run_number").values_list("pk", flat=True)] == [
        False
    ] * 6


def test_what_something_points_to_stays(dossier: Dossier) -> None:
    looks(dossier, *[PASS] * 5)
    run = dossier.runs.get(run_number=3)
    OfferCheck.objects.create(
        offer=dossier.offer, check_code=CODE, run=run, verdict="pass",
        since=run.done_at, seen_at=run.done_at, tried_at=run.done_at,
    )  # fmt: skip
    thin(dossier)
    assert numbers(dossier) == [1, 3, 5]


def test_the_page_and_the_endpoint_say_how_many_went(people: builders.People, dossier: Dossier) -> None:
    looks(dossier, *[PASS] * 5, FAIL, PASS, PASS)
    run = dossier.runs.get(run_number=8)
    OfferCheck.objects.create(
        offer=dossier.offer, check_code=CODE, run=run, verdict="pass",
        since=run.done_at, seen_at=run.done_at, tried_at=run.done_at,
    )  # fmt: skip
    thin(dossier)
    page = client_for(people.manager).get(f"/controles/{dossier.offer.number}/{CODE}/").content.decode()
    assert page.count("ne sont plus gardés.") == 1 and "3\u00a0résultats identiques" in page
    assert "gardé au moins 92" in page
    page = client_for(people.manager).get(run.get_absolute_url()).content.decode()
    assert "3\u00a0résultats identiques" in page
    api = client_for_token(people.manager)
    told = api.get("/api/v1/checks/", {"offer": str(dossier.offer.uuid)}).json()["results"]
    assert [(row["run_number"], row["thinned_before"]) for row in told] == [
        (8, 0), (7, 0), (6, 0), (5, 3), (1, 0),
    ]  # fmt: skip
    # What a filter leaves out is no gap.
    told = api.get("/api/v1/checks/", {"offer": str(dossier.offer.uuid), "verdict": "pass"}).json()["results"]
    assert [row["thinned_before"] for row in told] == [0, 0, 3, 0]


def test_each_dossier_that_listed_an_offer_has_its_hour(people: builders.People) -> None:
    dossier = builders.make_dossier(people, upto="decided")
    looks(dossier, *[PASS] * 5)
    hour = dt.datetime.fromtimestamp(HOURS * 1000 * 3600, dt.UTC)
    mine = hour + dt.timedelta(hours=dossier.pk % HOURS)
    assert thin_results(at=mine + dt.timedelta(hours=1)) == 0
    assert thin_results(at=mine) == 3
    assert thin_results(at=mine) == 0
