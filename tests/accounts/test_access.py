"""Tokens, service accounts, erasure."""

import datetime as dt

import pytest
from django.conf import settings as django_settings

from marketplace.accounts.actions.access import (
    close_service_account,
    create_machine_token,
    create_service_account,
    create_token,
    machine_roles,
    revoke_token,
)
from marketplace.accounts.actions.erasure import erase_person
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import HUMAN_ONLY_ROLES, OrganisationKind, Role
from marketplace.accounts.models import ApiToken, Membership, ServiceAccount, User
from marketplace.audit.chain import seal_events
from marketplace.audit.journal import record
from marketplace.audit.models import AuditSide
from marketplace.audit.verify import verify_journal
from marketplace.errors import NotAllowed, RuleBroken
from marketplace.notifications.outbox import notify
from tests.accounts.builders import make_confirmed_member
from tests.builders import PASSWORD, actor_for, client_for, make_member, make_organisation

pytestmark = pytest.mark.django_db
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def new_token(actor: Actor, *scopes: str, lifetime: dt.timedelta = HOUR, second_factor: bool = False):
    return create_token(
        actor.membership,
        label="essai",
        scopes=scopes,
        lifetime=lifetime,
        actor=actor,
        with_second_factor=second_factor,
    )


def test_a_token_has_at_most_the_roles_held() -> None:
    actor = actor_for(Role.REQUESTER)
    token, secret = new_token(actor, Role.REQUESTER)
    assert token.token_sha256 == ApiToken.digest(secret)
    assert secret not in str(ApiToken.objects.filter(pk=token.pk).values().get())
    for scopes in ([], [Role.APPROVER], [Role.REQUESTER, Role.APPROVER]):
        with pytest.raises(RuleBroken, match="rôles que vous avez"):
            new_token(actor, *scopes)


def test_a_token_is_made_for_oneself() -> None:
    actor, other = actor_for(Role.REQUESTER), actor_for(Role.REQUESTER)
    with pytest.raises(NotAllowed):
        create_token(
            other.membership,
            label="x",
            scopes=[Role.REQUESTER],
            lifetime=HOUR,
            actor=actor,
            with_second_factor=True,
        )


def test_in_prod_a_token_that_decides_needs_a_second_factor_and_an_hour(settings) -> None:
    actor = actor_for(Role.APPROVER)
    assert new_token(actor, Role.APPROVER, lifetime=DAY)[0].created_with_totp is False
    settings.DECISION_TOKEN_NEEDS_MFA = True
    with pytest.raises(NotAllowed, match="double authentification"):
        new_token(actor, Role.APPROVER)
    with pytest.raises(RuleBroken, match="une heure au plus"):
        new_token(actor, Role.APPROVER, lifetime=DAY, second_factor=True)
    assert new_token(actor, Role.APPROVER, second_factor=True)[0].created_with_totp is True
    reader = actor_for(Role.REQUESTER)
    assert new_token(reader, Role.REQUESTER, lifetime=DAY)[0].is_open


def test_a_token_ends() -> None:
    actor = actor_for(Role.REQUESTER)
    for lifetime in (dt.timedelta(0), dt.timedelta(days=366)):
        with pytest.raises(RuleBroken):
            new_token(actor, Role.REQUESTER, lifetime=lifetime)
    token, _ = new_token(actor, Role.REQUESTER)
    revoke_token(token, actor=actor)
    revoke_token(token, actor=actor)
    token.refresh_from_db()
    assert not token.is_open


@pytest.mark.parametrize("kind", OrganisationKind.values)
def test_a_machine_never_decides_nor_gives_roles(kind: str) -> None:
    assert not machine_roles(make_organisation(kind=kind)) & (
        HUMAN_ONLY_ROLES | {Role.ORGANISATION_ADMIN, Role.SUPPLIER_MANAGER, Role.PLATFORM_ADMIN}
    )


def test_service_account() -> None:
    admin = actor_for(Role.ORGANISATION_ADMIN)
    with pytest.raises(RuleBroken):
        create_service_account(admin.organisation, name="robot", roles=[Role.APPROVER], actor=admin)
    account = create_service_account(admin.organisation, name="robot", roles=[Role.REQUESTER], actor=admin)
    with pytest.raises(RuleBroken, match="porte déjà ce nom"):
        create_service_account(admin.organisation, name="robot", roles=[Role.REQUESTER], actor=admin)
    token, _ = create_machine_token(account, label="nuit", lifetime=DAY, actor=admin)
    assert Actor(service_account=account).roles == {Role.REQUESTER}
    close_service_account(account, actor=admin)
    token.refresh_from_db()
    assert not token.is_open
    with pytest.raises(RuleBroken, match="est fermé"):
        create_machine_token(account, label="nuit", lifetime=DAY, actor=admin)


def test_the_token_page_shows_the_secret_once() -> None:
    member = make_member(Role.REQUESTER)
    browser = client_for(member)
    made = browser.post("/compte/jetons/", {"label": "tableau", "scopes": ["requester"], "lifetime": "30d"})
    secret = made.content.decode().split('id="jeton">')[1].split("<")[0]
    token = ApiToken.objects.get()
    assert (ApiToken.digest(secret), made["Cache-Control"].count("no-store")) == (token.token_sha256, 1)
    again = browser.get("/compte/jetons/").content.decode()
    assert secret not in again
    assert "tableau" in again
    assert (
        browser.post("/compte/jetons/", {"label": "x", "scopes": ["approver"], "lifetime": "30d"}).status_code
        == 400
    )
    revoke = f"/compte/jetons/{token.uuid}/revoquer/"
    assert client_for(make_member(Role.REQUESTER)).post(revoke).status_code == 404
    assert browser.get(revoke).status_code == 200
    assert browser.post(revoke).status_code == 302
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_the_service_account_pages() -> None:
    admin = make_member(Role.ORGANISATION_ADMIN)
    browser = client_for(admin)
    address = "/organisation/comptes-de-service/"
    assert client_for(None).get(address).status_code == 302
    assert (
        client_for(make_member(Role.REQUESTER, organisation=admin.organisation)).get(address).status_code
        == 403
    )
    assert browser.post(address, {"name": "robot", "roles": ["approver"]}).status_code == 400
    made = browser.post(address, {"name": "robot", "roles": ["requester"]})
    account = ServiceAccount.objects.get()
    assert made["Location"] == f"{address}{account.uuid}/"
    page = browser.post(made["Location"], {"label": "nuit", "lifetime": "1d"})
    assert 'id="jeton">' in page.content.decode()
    token = ApiToken.objects.get()
    stranger = client_for(make_member(Role.ORGANISATION_ADMIN))
    assert stranger.get(made["Location"]).status_code == 404
    assert stranger.post(f"{made['Location']}jetons/{token.uuid}/revoquer/").status_code == 404
    assert browser.post(f"{made['Location']}jetons/{token.uuid}/revoquer/").status_code == 302
    assert browser.get(f"{made['Location']}fermer/").status_code == 200
    assert browser.post(f"{made['Location']}fermer/").status_code == 302
    account.refresh_from_db()
    assert account.closed_at is not None


def test_an_erased_person_leaves_a_valid_chain_and_nothing_to_guess_from(settings, tmp_path) -> None:
    settings.AUDIT_HEADS_DIR = str(tmp_path)
    member = make_confirmed_member(Role.REQUESTER)
    user, name, address = member.user, member.user.full_name, member.user.email
    event = record(
        member.organisation, "close", actor=Actor.of(member), reason=f"Vu par {name}", detail={"who": name}
    )
    notify([user], subject="Bonjour", body="Texte", url="/")
    seal_events()
    commitment = event.side_commitment

    erase_person(user, actor=Actor.of(member))
    erase_person(user, actor=Actor.of(member))

    seal_events()
    assert verify_journal().intact
    user = User.objects.get(pk=user.pk)
    assert (user.is_active, user.has_usable_password(), user.full_name) == (False, False, "Personne effacée")
    assert not AuditSide.objects.filter(event=event).exists()
    event.refresh_from_db()
    assert event.side_commitment == commitment
    assert not Membership.objects.active().filter(user=user).exists()
    assert _tables_that_still_hold(name, address) == []


def _tables_that_still_hold(*words: str) -> list[str]:
    """Every text of the whole database, read."""
    from django.apps import apps

    return [
        model._meta.label
        for model in apps.get_models()
        for row in model._base_manager.values()
        if any(word.lower() in str(row).lower() for word in words)
    ]


def test_the_erasure_page() -> None:
    member = make_member(Role.REQUESTER)
    browser = client_for(member)
    assert client_for(None).get("/compte/effacer/").status_code == 302
    assert browser.get("/compte/effacer/").status_code == 200
    assert browser.post("/compte/effacer/", {"password": "faux"}).status_code == 400
    assert browser.post("/compte/effacer/", {"password": PASSWORD})["Location"] == "/"
    assert User.objects.get(pk=member.user.pk).erased_at is not None
    assert browser.get("/compte/").status_code == 302


def test_prod_values_are_set_apart() -> None:
    assert django_settings.DECISION_TOKEN_NEEDS_MFA is False
    assert set(django_settings.SENSITIVE_ROLES) >= {Role.APPROVER, Role.DECISION_MAKER, Role.PLATFORM_ADMIN}
