"""me/: who speaks now, and every organisation of the person."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from marketplace.accounts.models import ApiToken, Membership, ServiceAccount
from tests.builders import client_for, grant, make_member, make_organisation
from tests.rest.builders import client_for_token, problem_of

pytestmark = pytest.mark.django_db
ME = "/api/v1/me/"


def organisation_of(member: Membership) -> dict[str, str]:
    found = member.organisation
    return {"id": str(found.uuid), "name": found.name, "kind": found.kind, "state": found.state}


def membership_of(member: Membership, roles: list[str], *, current: bool = False) -> dict[str, object]:
    return {
        "id": str(member.uuid),
        "organisation": organisation_of(member),
        "roles": roles,
        "current": current,
    }


def test_a_stranger_is_nobody() -> None:
    problem_of(client_for_token(None).get(ME), 401)


def test_every_organisation_of_the_person_with_the_roles_of_today() -> None:
    here = make_member(
        "requester", "security_officer", organisation=make_organisation(name="Administration A")
    )
    there = make_member("curator", user=here.user, organisation=make_organisation(kind="operator", name="B"))
    bare = make_member(user=here.user, organisation=make_organisation(name="C"))
    left = make_member("finance", user=here.user)
    Membership.objects.filter(pk=left.pk).update(ended_at=timezone.now())
    grant(
        bare, "purchasing", expires_on=timezone.localdate() - dt.timedelta(1), starts_on=dt.date(2020, 1, 1)
    )
    make_member("finance")
    body = client_for_token(here, "requester").get(ME).json()
    assert body == {
        "label": here.user.full_name,
        "email": here.user.email,
        "organisation": organisation_of(here),
        "roles": ["requester"],
        "scopes": ["requester"],
        "memberships": [
            membership_of(here, ["requester", "security_officer"], current=True),
            membership_of(there, ["curator"]),
            membership_of(bare, []),
        ],
    }
    browser = client_for(there).get(ME).json()
    assert [row["current"] for row in browser["memberships"]] == [False, True, False]


def test_an_organisation_not_verified_gives_no_role() -> None:
    member = make_member("requester", organisation=make_organisation(state="pending"))
    assert client_for_token(member).get(ME).json()["memberships"] == [membership_of(member, [], current=True)]


def test_a_service_account_has_no_memberships() -> None:
    member = make_member("organisation_admin")
    account = ServiceAccount.objects.create(
        organisation=member.organisation, name="Passerelle", roles=["requester"], created_by=member.user
    )
    _, secret = ApiToken.issue(
        label="essai", scopes=["requester"], lifetime=dt.timedelta(hours=1), service_account=account
    )
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    assert client.get(ME).json()["memberships"] == []


def test_it_costs_the_same_whatever_the_number_of_organisations() -> None:
    member = make_member("requester")
    client = client_for_token(member)
    client.get(ME)
    with CaptureQueriesContext(connection) as few:
        client.get(ME)
    for _ in range(4):
        make_member("requester", user=member.user)
    with CaptureQueriesContext(connection) as many:
        assert len(client.get(ME).json()["memberships"]) == 5
    assert len(many) == len(few)
