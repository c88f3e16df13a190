import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from marketplace.accounts.actions.invitations import accept_invitation, expire_invitations, invite
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import InvitationState, OrganisationState, Role
from marketplace.accounts.models import Invitation, Membership
from marketplace.errors import Gone, MoveRefused, NotAllowed, RuleBroken
from marketplace.notifications.models import OutgoingEmail
from tests.accounts.builders import confirmed, make_confirmed_user
from tests.builders import actor_for, client_for, make_member, make_organisation, make_user

pytestmark = pytest.mark.django_db
ADDRESS = "invite@essai.example"


def test_a_stranger_sees_nothing_and_a_wrong_link_does_not_exist(client) -> None:
    assert client.get("/invitation/n-importe-quoi/").status_code == 404
    assert client.post("/invitation/n-importe-quoi/accepter/")["Location"].startswith("/connexion/")


def test_the_link_works_once_for_the_confirmed_address() -> None:
    admin = actor_for(Role.ORGANISATION_ADMIN)
    invitation, secret = invite(
        admin.organisation, email=" Invite@Essai.example ", roles=[Role.REQUESTER], actor=admin
    )
    assert (invitation.email, secret in invitation.token_sha256) == (ADDRESS, False)
    email = OutgoingEmail.objects.get(to=ADDRESS)
    assert f"/invitation/{secret}/" in email.body

    user = make_confirmed_user(ADDRESS)
    member = client_for(None)
    member.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page = member.get(f"/invitation/{secret}/")
    assert "Rejoindre l’organisation" in page.content.decode()
    assert page["Referrer-Policy"] == "no-referrer"
    assert member.post(f"/invitation/{secret}/accepter/")["Location"] == "/organisation/"
    membership = Membership.objects.get(user=user)
    assert Actor.of(membership).roles == {Role.REQUESTER}
    assert membership.grants.get().granted_by == admin.user

    assert member.get(f"/invitation/{secret}/").status_code == 410
    assert member.post(f"/invitation/{secret}/accepter/").status_code == 410
    with pytest.raises(MoveRefused):
        accept_invitation(invitation, actor=Actor(user=user))


def test_another_address_or_an_unconfirmed_one_does_not_enter() -> None:
    admin = actor_for(Role.ORGANISATION_ADMIN)
    invitation, secret = invite(admin.organisation, email=ADDRESS, roles=[], actor=admin)
    for user in (make_confirmed_user(), make_user(email=ADDRESS)):
        with pytest.raises(NotAllowed, match="autre adresse"):
            accept_invitation(invitation, actor=Actor(user=user))
        browser = client_for(None)
        browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        assert (
            "Cette invitation est adressée à une autre adresse"
            in browser.get(f"/invitation/{secret}/").content.decode()
        )
        assert browser.post(f"/invitation/{secret}/accepter/").status_code == 403
    assert Invitation.objects.get().state == InvitationState.OPEN


def test_seven_days_and_no_more() -> None:
    admin = actor_for(Role.ORGANISATION_ADMIN)
    start = timezone.now()
    with time_machine.travel(start, tick=False):
        invitation, secret = invite(admin.organisation, email=ADDRESS, roles=[], actor=admin)
        assert invitation.expires_at == start + dt.timedelta(days=7)
    user = make_confirmed_user(ADDRESS)
    with time_machine.travel(start + dt.timedelta(days=7), tick=False):
        with pytest.raises(Gone):
            accept_invitation(invitation, actor=Actor(user=user))
        assert client_for(None).get(f"/invitation/{secret}/").status_code == 410
        assert expire_invitations() == 1
        assert expire_invitations() == 0
    assert Invitation.objects.get().state == InvitationState.EXPIRED


def test_a_new_one_after_expiry_but_not_two_at_once() -> None:
    admin = actor_for(Role.ORGANISATION_ADMIN)
    invite(admin.organisation, email=ADDRESS, roles=[], actor=admin)
    with pytest.raises(RuleBroken, match="attend déjà cette adresse"):
        invite(admin.organisation, email=ADDRESS.upper(), roles=[], actor=admin)
    Invitation.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    invite(admin.organisation, email=ADDRESS, roles=[], actor=admin)
    assert sorted(Invitation.objects.values_list("state", flat=True)) == ["expired", "open"]


@pytest.mark.parametrize(
    ("roles", "code"), [([Role.CURATOR], "role_of_another_kind"), ([Role.APPROVER], "role_after_joining")]
)
def test_roles_that_are_not_offered(roles: list[str], code: str) -> None:
    admin = actor_for(Role.ORGANISATION_ADMIN)
    with pytest.raises(RuleBroken) as refused:
        invite(admin.organisation, email=ADDRESS, roles=roles, actor=admin)
    assert refused.value.code == code


def test_nobody_invites_themselves_nor_a_member() -> None:
    admin = actor_for(Role.ORGANISATION_ADMIN)
    confirmed(admin.user)
    with pytest.raises(NotAllowed, match="Personne ne s’invite"):
        invite(admin.organisation, email=admin.user.email, roles=[], actor=admin)
    colleague = make_member(organisation=admin.organisation)
    with pytest.raises(RuleBroken, match="déjà membre"):
        invite(admin.organisation, email=colleague.user.email, roles=[], actor=admin)


def test_support_invites_only_the_first_administrator() -> None:
    support = actor_for(Role.SUPPORT)
    empty = make_organisation(state=OrganisationState.PENDING)
    with pytest.raises(RuleBroken, match="premier rôle"):
        invite(empty, email=ADDRESS, roles=[Role.REQUESTER], actor=support)
    invitation, _ = invite(empty, email=ADDRESS, roles=[Role.ORGANISATION_ADMIN], actor=support)
    membership = accept_invitation(invitation, actor=Actor(user=make_confirmed_user(ADDRESS)))
    assert Actor.of(membership).roles == frozenset()  # not verified yet
    with pytest.raises(NotAllowed, match="a déjà une personne"):
        invite(empty, email="autre@essai.example", roles=[Role.ORGANISATION_ADMIN], actor=support)


def test_who_left_comes_back_without_the_old_roles() -> None:
    admin = actor_for(Role.ORGANISATION_ADMIN)
    user = make_confirmed_user(ADDRESS)
    gone = make_member(organisation=admin.organisation, user=user)
    Membership.objects.filter(pk=gone.pk).update(ended_at=timezone.now())
    invitation, _ = invite(admin.organisation, email=ADDRESS, roles=[Role.FINANCE], actor=admin)
    back = accept_invitation(invitation, actor=Actor(user=user))
    assert (back.pk, Actor.of(back).roles) == (gone.pk, {Role.FINANCE})


def test_the_pages_of_an_administrator() -> None:
    admin = make_member(Role.ORGANISATION_ADMIN)
    browser = client_for(admin)
    assert browser.get("/organisation/inviter/").status_code == 200
    refused = browser.post("/organisation/inviter/", {"email": "pas une adresse"})
    assert refused.status_code == 400
    assert (
        browser.post("/organisation/inviter/", {"email": ADDRESS, "roles": ["requester"]}).status_code == 302
    )
    invitation = Invitation.objects.get()
    page = browser.get("/organisation/").content.decode()
    assert ADDRESS in page
    cancel = f"/organisation/invitations/{invitation.uuid}/annuler/"
    assert browser.get(cancel).status_code == 200
    assert client_for(make_member(Role.ORGANISATION_ADMIN)).post(cancel).status_code == 404
    assert (
        client_for(make_member(Role.REQUESTER, organisation=admin.organisation)).post(cancel).status_code
        == 403
    )
    assert browser.post(cancel).status_code == 302
    assert Invitation.objects.get().state == InvitationState.REVOKED
