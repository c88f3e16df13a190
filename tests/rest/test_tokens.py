"""A token is its holder of this moment, never more."""

import datetime as dt
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from marketplace.accounts.models import ApiToken, ServiceAccount
from tests.builders import make_member, make_organisation, make_user
from tests.rest.builders import client_for_token, problem_of

pytestmark = pytest.mark.django_db
ME = "/api/v1/me/"


def test_me_says_who_speaks() -> None:
    member = make_member("requester", "finance")
    body = client_for_token(member).get(ME).json()
    assert [row["current"] for row in body.pop("memberships")] == [True]  # the rest: test_me.py
    assert body == {
        "label": member.user.full_name,
        "email": member.user.email,
        "organisation": {
            "id": str(member.organisation.uuid),
            "name": member.organisation.name,
            "kind": "state",
            "state": "verified",
        },
        "roles": ["finance", "requester"],
        "scopes": ["finance", "requester"],
    }


def test_scopes_restrict_and_never_add() -> None:
    member = make_member("requester", "finance")
    assert client_for_token(member, "finance", "approver").get(ME).json()["roles"] == ["finance"]


def test_a_role_lost_is_lost_at_the_next_request() -> None:
    member = make_member("requester")
    client = client_for_token(member)
    assert client.get(ME).json()["roles"] == ["requester"]
    member.grants.update(revoked_at=timezone.now())
    assert client.get(ME).json()["roles"] == []


def test_an_unverified_organisation_has_no_power() -> None:
    member = make_member("requester", organisation=make_organisation(state="pending"))
    assert client_for_token(member).get(ME).json()["roles"] == []


@pytest.mark.parametrize("end", ["membership", "user", "token", "age"])
def test_an_ended_holder_or_token_is_401(end: str) -> None:
    member = make_member("requester")
    client = client_for_token(member)
    now = timezone.now()
    if end == "membership":
        type(member).objects.update(ended_at=now)
    elif end == "user":
        type(member.user).objects.filter(pk=member.user_id).update(is_active=False)
    elif end == "token":
        ApiToken.objects.update(revoked_at=now)
    else:
        ApiToken.objects.update(expires_at=now)
    code = problem_of(client.get(ME), 401)["code"]
    assert code == ("token_expired" if end == "age" else "token_unknown")


def test_a_service_account_never_decides() -> None:
    account = ServiceAccount.objects.create(
        organisation=make_organisation(),
        name="Passerelle",
        roles=["requester", "approver"],
        created_by=make_user(),
    )
    _, secret = ApiToken.issue(
        label="x", scopes=["requester", "approver"], lifetime=dt.timedelta(hours=1), service_account=account
    )
    client = client_for_token(None)
    body = client.get(ME, HTTP_AUTHORIZATION=f"Bearer {secret}").json()
    assert (body["roles"], body["email"], body["label"]) == (["requester"], None, "Passerelle")


def test_in_production_a_decision_takes_a_fresh_second_factor(settings: Any) -> None:
    settings.DECISION_TOKEN_NEEDS_MFA = True
    client = client_for_token(make_member("approver", "requester"))
    assert client.get(ME).json()["roles"] == ["requester"]
    ApiToken.objects.update(created_with_totp=True)
    assert client.get(ME).json()["roles"] == ["approver", "requester"]
    ApiToken.objects.update(created_at=timezone.now() - dt.timedelta(minutes=61))
    assert client.get(ME).json()["roles"] == ["requester"]


def test_the_secret_is_kept_nowhere() -> None:
    member = make_member("requester")
    token, secret = ApiToken.issue(label="x", scopes=[], lifetime=dt.timedelta(hours=1), membership=member)
    assert secret not in str(ApiToken.objects.filter(pk=token.pk).values().get())


def test_demo_token_prints_a_working_token(settings: Any, client: Any) -> None:
    make_member("decision_maker")
    out = StringIO()
    call_command("demo_token", "decision_maker", stdout=out)
    body = client.get(ME, HTTP_AUTHORIZATION=f"Bearer {out.getvalue().strip()}").json()
    assert body["roles"] == ["decision_maker"]
    settings.DEMONSTRATION = False
    with pytest.raises(CommandError):
        call_command("demo_token", "decision_maker")
