"""Thirty offers at most in a shortlist: the database says so too, also to two people at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.errors import RuleBroken
from procurement.actions.projects import add_to_shortlist
from procurement.models import EligibilityList, EligibilityRow, Project, ShortlistEntry
from procurement.models.eligibility import SHORTLIST_LIMIT
from tests.catalog.opendata.commits import separate
from tests.procurement.builders import Administration, assessed_project, make_project
from tests.procurement.order_builders import make_offer


def filled(project: Project, *, upto: int) -> list[Any]:
    offers = [make_offer() for _ in range(SHORTLIST_LIMIT + 2)]
    ShortlistEntry.objects.bulk_create(
        [ShortlistEntry(project=project, offer=offer) for offer in offers[:upto]]
    )
    return offers


@pytest.mark.django_db
def test_the_database_refuses_the_thirty_first_whoever_writes() -> None:
    project = make_project(Administration())
    offers = filled(project, upto=SHORTLIST_LIMIT)
    with pytest.raises(IntegrityError, match="at most 30"), transaction.atomic():
        ShortlistEntry.objects.bulk_create([ShortlistEntry(project=project, offer=offers[30])])
    other = make_project(Administration())
    moved = ShortlistEntry.objects.create(project=other, offer=offers[31])
    with pytest.raises(IntegrityError, match="at most 30"), transaction.atomic():
        ShortlistEntry.objects.filter(pk=moved.pk).update(project=project)
    assert project.shortlist.count() == SHORTLIST_LIMIT


@pytest.mark.django_db
def test_a_frozen_list_holds_no_more_and_the_others_are_not_counted() -> None:
    project = assessed_project(Administration())
    offers = filled(project, upto=0)
    made = EligibilityList.objects.create(
        project=project, assessment=project.decided_assessment(), obligations=[]
    )

    def row(place: int, *, shortlisted: bool) -> EligibilityRow:
        return EligibilityRow(
            eligibility_list=made, offer=offers[place], standing="eligible", shortlisted=shortlisted
        )

    EligibilityRow.objects.bulk_create([row(place, shortlisted=True) for place in range(SHORTLIST_LIMIT)])
    EligibilityRow.objects.bulk_create([row(30, shortlisted=False)])
    with pytest.raises(IntegrityError, match="at most 30"), transaction.atomic():
        EligibilityRow.objects.bulk_create([row(31, shortlisted=True)])


@pytest.mark.django_db(transaction=True)
def test_a_competing_connection_waits_for_the_project_then_counts() -> None:
    """The one that bypasses every rule of ours still meets the trigger and the project's lock."""
    administration = Administration()
    project = make_project(administration)
    offers = filled(project, upto=SHORTLIST_LIMIT - 1)
    outcome: list[str] = []

    def add() -> None:
        try:
            again = Project.objects.get(pk=project.pk)
            add_to_shortlist(again, actor=administration.requester, offer=offers[30])
            outcome.append("added")
        except RuleBroken as refused:
            outcome.append(refused.code)
        finally:
            connection.close()

    with separate() as other:
        other.execute(
            "INSERT INTO procurement_shortlistentry (project_id, offer_id, added_at) VALUES (%s, %s, now())",
            [project.pk, offers[29].pk],
        )
        thread = threading.Thread(target=add)
        thread.start()
        thread.join(timeout=1.5)
        assert thread.is_alive() and outcome == [], "it did not wait for the project's lock"
        other.commit()
    thread.join(timeout=30)
    assert outcome == ["shortlist_full"]
    assert project.shortlist.count() == SHORTLIST_LIMIT


@pytest.mark.django_db(transaction=True)
def test_two_bare_connections_at_once_one_is_refused() -> None:
    project = make_project(Administration())
    offers = filled(project, upto=SHORTLIST_LIMIT - 1)
    refused: list[str] = []

    def insert(offer: int) -> None:
        try:
            ShortlistEntry.objects.create(project_id=project.pk, offer_id=offer)
        except IntegrityError as error:
            refused.append(str(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=insert, args=(offer.pk,)) for offer in offers[29:31]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(refused) == 1 and "at most 30" in refused[0]
    assert project.shortlist.count() == SHORTLIST_LIMIT
