"""Readings side by side: the rows that each queryset gives alone, in one statement a round."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import Count, Exists, Max, Min, OuterRef, Prefetch, QuerySet, Value
from django.test.utils import CaptureQueriesContext

from marketplace.accounts.models import Membership, Organisation, RoleGrant, User
from marketplace.audit.models import AuditEvent
from marketplace.readings import Reading, listed, read, rows_of, together
from tests.builders import make_member

pytestmark = pytest.mark.django_db


def people() -> list[Membership]:
    return [make_member("approver", ceiling_eur=Decimal("1234.50")) for _ in range(3)]


def state(row: Any) -> Any:
    """All that a row holds, the rows joined to it too."""
    if not hasattr(row, "_meta"):
        return row
    kept = {name: value for name, value in row.__dict__.items() if not name.startswith("_")}
    joined = {name: state(other) for name, other in row._state.fields_cache.items()}
    return type(row), kept, joined


def queries() -> list[QuerySet[Any, Any]]:
    grants = RoleGrant.objects.order_by("pk")
    ended = Membership.objects.filter(organisation=OuterRef("pk"), ended_at__isnull=False)
    return [
        grants.select_related("membership__user", "membership__organisation"),
        grants.filter(revoked_at__isnull=True)[:2],
        grants.reverse()[1:3],
        User.objects.none(),
        User.objects.only("email").order_by("email"),
        Organisation.objects.annotate(n=Count("memberships"), left=Exists(ended)).order_by("name", "pk"),
        Organisation.objects.order_by("kind", "-pk").distinct("kind"),
        User.objects.order_by("memberships__organisation__name", "pk").distinct(),
        grants.values_list("role", "ceiling_eur", "starts_on"),
        grants.values_list("ceiling_eur", flat=True),
        grants.values("role").annotate(most=Max("ceiling_eur"), first=Min("granted_at")).order_by("role"),
        AuditEvent.objects.order_by("-pk"),
        Organisation.objects.filter(name__contains="%").annotate(one=Value("1 % of it")).order_by("pk"),
        Organisation.objects.order_by("pk").annotate(keys=ArrayAgg("memberships__uuid", default=[])),
    ]


def test_each_gives_what_it_gives_alone_in_one_statement() -> None:
    people()
    Organisation.objects.update(name="50 % du tout")
    with CaptureQueriesContext(connection) as seen:
        told = rows_of(queries())
    assert len(seen) == 1
    for rows, alone in zip(told, queries(), strict=True):
        assert [state(row) for row in rows] == [state(row) for row in alone]
    assert sum(map(len, told)) > 25


def test_values_keep_their_types() -> None:
    member = people()[0]
    ((role, ceiling, since, granted),) = rows_of(
        [member.grants.values_list("role", "ceiling_eur", "starts_on", "granted_at")]
    )[0]
    assert (role, ceiling) == ("approver", Decimal("1234.50"))
    assert str(ceiling) == "1234.50"
    assert isinstance(since, dt.date) and granted.tzinfo is not None


def test_a_row_read_so_is_saved_and_followed_like_another() -> None:
    member = people()[0]
    ((row,),) = rows_of([Organisation.objects.filter(pk=member.organisation_id)])
    row.name = "Autre nom"
    row.save(update_fields=["name"])
    assert Organisation.objects.get(pk=row.pk).name == "Autre nom"
    assert list(row.memberships.all()) == [member]


def test_nothing_that_can_match_costs_no_statement() -> None:
    with CaptureQueriesContext(connection) as seen:
        assert rows_of([User.objects.none(), User.objects.filter(pk__in=[])]) == [[], []]
    assert len(seen) == 0


def names(model: Any, log: list[str]) -> Reading[list[str]]:
    (first,) = yield [model.objects.order_by("pk")[:1]]
    log.append("first")
    again, more = yield [model.objects.filter(pk=first[0].pk), model.objects.all()]
    log.append("second")
    return [str(again[0]), str(len(more))]


def at_once() -> Reading[list[str]]:
    return ["ready"]
    yield []


def test_readings_advance_together_and_answer_in_their_order() -> None:
    people()
    log: list[str] = []
    with CaptureQueriesContext(connection) as seen:
        told = read(together([names(User, log), at_once(), names(Organisation, log)]))
    assert len(seen) == 2
    assert log == ["first", "first", "second", "second"]
    assert [len(each) for each in told] == [2, 1, 2]
    assert told[1] == ["ready"] and told[0][1] == str(User.objects.count())


@pytest.mark.parametrize(
    "lookup", ["grants", Prefetch("grants", queryset=RoleGrant.objects.only("membership_id", "role"))]
)
def test_what_is_prefetched_is_read_in_a_second_round(lookup: str | Prefetch) -> None:
    members = people()
    bare = make_member()
    with CaptureQueriesContext(connection) as seen:
        found = read(listed(Membership.objects.order_by("pk").prefetch_related(lookup)))
        told = {row.pk: [grant.role for grant in row.grants.all()] for row in found}
    assert len(seen) == 2
    assert told == {**{one.pk: ["approver"] for one in members}, bare.pk: []}
    found[0].grants.create(role="finance", granted_by=members[0].user, starts_on=dt.date(2026, 1, 1))
    assert found[0].grants.filter(role="finance").exists(), "the related manager still asks"


def test_another_prefetch_is_refused() -> None:
    people()
    with pytest.raises(TypeError):
        read(listed(Membership.objects.prefetch_related("user__memberships")))
