"""Who may give, confirm and take back a role."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from marketplace.accounts.abilities import grant_abilities, organisation_abilities
from marketplace.accounts.actions.members import (
    RoleTerms,
    confirm_role,
    end_membership,
    grant_role,
    revoke_role,
)
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import OrganisationState, Role
from marketplace.accounts.models import Membership, RoleGrant
from marketplace.audit.models import AuditEvent
from marketplace.errors import NotAllowed, RuleBroken
from marketplace.notifications.models import Notification
from tests.builders import actor_for, make_member, make_organisation, make_user

pytestmark = pytest.mark.django_db
DELEGATION = RoleTerms(
    ceiling_eur=Decimal("50000"), delegation_reference="Arrêté 2026-1", delegation_date=dt.date(2026, 1, 5)
)


def fresh(membership: Membership) -> Actor:
    """Roles are read once per actor: each check looks again."""
    return Actor.of(Membership.objects.get(pk=membership.pk))


def test_a_stranger_and_a_plain_member_may_not() -> None:
    admin = actor_for(Role.ORGANISATION_ADMIN)
    for actor in (
        Actor(),
        actor_for(Role.REQUESTER, organisation=admin.organisation),
        actor_for(Role.ORGANISATION_ADMIN),
    ):
        verdicts = organisation_abilities(actor, admin.organisation)
        assert verdicts["grant_role"] == "Rôle nécessaire\u00a0: administrateur de l’organisation."
        assert verdicts["invite"] != ""
    assert organisation_abilities(admin, admin.organisation)["grant_role"] == ""


def test_support_confirms_and_removes_but_gives_no_role() -> None:
    support, organisation = actor_for(Role.SUPPORT), make_organisation()
    verdicts = organisation_abilities(support, organisation)
    assert verdicts["grant_role"] != ""
    assert verdicts["end_membership"] == ""


def test_support_does_not_touch_the_operator_but_its_administrator_does() -> None:
    platform = actor_for(Role.PLATFORM_ADMIN)
    support = actor_for(Role.SUPPORT, organisation=platform.organisation)
    assert organisation_abilities(platform, platform.organisation)["grant_role"] == ""
    assert organisation_abilities(support, platform.organisation)["end_membership"] != ""
    assert organisation_abilities(platform, make_organisation())["end_membership"] != ""


def test_an_admin_gives_a_role_in_force_at_once() -> None:
    admin = actor_for(Role.ORGANISATION_ADMIN)
    colleague = make_member(organisation=admin.organisation)
    made = grant_role(colleague, Role.REQUESTER, actor=admin)
    assert made.granted_by == admin.user
    assert fresh(colleague).roles == {Role.REQUESTER}
    assert (
        AuditEvent.objects.filter(
            object_type="accounts.rolegrant", what="grant", to_state="requester"
        ).count()
        == 1
    )
    assert Notification.objects.filter(user=colleague.user).count() == 1


def test_nobody_gives_themselves_a_role_even_through_another_membership() -> None:
    admin = actor_for(Role.ORGANISATION_ADMIN)
    with pytest.raises(NotAllowed, match="Personne ne se donne un rôle"):
        grant_role(admin.membership, Role.REQUESTER, actor=admin)
    elsewhere = make_member(Role.ORGANISATION_ADMIN, user=admin.user)
    with pytest.raises(NotAllowed):
        grant_role(admin.membership, Role.REQUESTER, actor=Actor.of(elsewhere))
    assert fresh(admin.membership).roles == {Role.ORGANISATION_ADMIN}


@pytest.mark.parametrize("role", [Role.APPROVER, Role.QUALIFIED_AUTHORITY])
def test_a_role_that_decides_waits_for_a_second_person(role: str) -> None:
    admin = actor_for(Role.ORGANISATION_ADMIN)
    second = actor_for(Role.ORGANISATION_ADMIN, organisation=admin.organisation)
    colleague = make_member(organisation=admin.organisation)
    made = grant_role(colleague, role, actor=admin, terms=DELEGATION)
    assert fresh(colleague).roles == frozenset()
    assert Notification.objects.filter(user=second.user, subject__startswith="Un rôle attend").count() == 1

    assert "Vous avez donné ce rôle" in grant_abilities(admin, made)["confirm"]
    with pytest.raises(NotAllowed):
        confirm_role(made, actor=admin)
    with pytest.raises(NotAllowed):
        confirm_role(made, actor=Actor.of(colleague))
    assert grant_abilities(second, made)["confirm"] == ""
    assert confirm_role(made, actor=second).confirmed_by == second.user
    assert fresh(colleague).roles == {role}
    with pytest.raises(RuleBroken, match="n’attend pas de confirmation"):
        confirm_role(made, actor=second)


def test_the_same_person_with_two_memberships_is_not_two_people() -> None:
    admin = actor_for(Role.ORGANISATION_ADMIN)
    as_support = Actor.of(make_member(Role.SUPPORT, user=admin.user))
    colleague = make_member(organisation=admin.organisation)
    made = grant_role(colleague, Role.QUALIFIED_AUTHORITY, actor=admin)
    assert grant_abilities(as_support, made)["confirm"] != ""
    with pytest.raises(NotAllowed):
        confirm_role(made, actor=as_support)
    assert fresh(colleague).roles == frozenset()


def test_another_support_person_confirms() -> None:
    admin = actor_for(Role.ORGANISATION_ADMIN)
    colleague = make_member(organisation=admin.organisation)
    made = grant_role(colleague, Role.APPROVER, actor=admin, terms=DELEGATION)
    support = actor_for(Role.SUPPORT)
    assert grant_abilities(support, made)["confirm"] == ""
    confirm_role(made, actor=support)
    assert fresh(colleague).grant(Role.APPROVER).ceiling_eur == Decimal("50000")


def test_an_approver_needs_a_delegation() -> None:
    admin = actor_for(Role.ORGANISATION_ADMIN)
    colleague = make_member(organisation=admin.organisation)
    with pytest.raises(RuleBroken) as refused:
        grant_role(colleague, Role.APPROVER, actor=admin)
    assert set(refused.value.fields) == {"ceiling_eur", "delegation_reference", "delegation_date"}


@pytest.mark.parametrize(
    ("role", "terms", "code"),
    [
        (Role.CURATOR, RoleTerms(), "role_of_another_kind"),
        ("emperor", RoleTerms(), "role_of_another_kind"),
        (Role.REQUESTER, RoleTerms(expires_on=dt.date(2020, 1, 1)), "role_period"),
    ],
)
def test_refused_terms(role: str, terms: RoleTerms, code: str) -> None:
    admin = actor_for(Role.ORGANISATION_ADMIN)
    colleague = make_member(organisation=admin.organisation)
    with pytest.raises(RuleBroken) as refused:
        grant_role(colleague, role, actor=admin, terms=terms)
    assert refused.value.code == code


def test_a_role_is_held_once_and_an_ended_one_is_given_again() -> None:
    admin = actor_for(Role.ORGANISATION_ADMIN)
    today = timezone.localdate()
    colleague = make_member(Role.REQUESTER, organisation=admin.organisation)
    with pytest.raises(RuleBroken, match="a déjà ce rôle"):
        grant_role(colleague, Role.REQUESTER, actor=admin)
    RoleGrant.objects.filter(membership=colleague).update(expires_on=today - dt.timedelta(days=1))
    assert fresh(colleague).roles == frozenset()
    grant_role(colleague, Role.REQUESTER, actor=admin, terms=RoleTerms(expires_on=today))
    assert fresh(colleague).roles == {Role.REQUESTER}


def test_a_role_ends_at_the_end_of_its_last_day_without_any_write() -> None:
    today = timezone.localdate()
    last_day = make_member(Role.REQUESTER, expires_on=today)
    over = make_member(
        Role.REQUESTER, starts_on=today - dt.timedelta(days=9), expires_on=today - dt.timedelta(days=1)
    )
    early = make_member(Role.REQUESTER, starts_on=today + dt.timedelta(days=1))
    assert [fresh(m).roles for m in (last_day, over, early)] == [{Role.REQUESTER}, frozenset(), frozenset()]
    assert list(Membership.objects.holding(Role.REQUESTER)) == [last_day]


@pytest.mark.parametrize(
    "state", [OrganisationState.PENDING, OrganisationState.REJECTED, OrganisationState.CLOSED]
)
def test_an_organisation_that_is_not_verified_gives_nothing(state: str) -> None:
    extra = {"proof_date": timezone.localdate()}
    organisation = make_organisation(state=state, **extra)
    member = make_member(Role.ORGANISATION_ADMIN, organisation=organisation)
    assert fresh(member).roles == frozenset()
    assert organisation_abilities(fresh(member), organisation)["invite"] != ""


def test_a_revoked_role_stops_at_once_and_the_last_admin_stays() -> None:
    admin = actor_for(Role.ORGANISATION_ADMIN)
    colleague = make_member(Role.REQUESTER, organisation=admin.organisation)
    revoke_role(colleague.grants.get(), actor=admin, reason="Fin de mission")
    assert fresh(colleague).roles == frozenset()
    with pytest.raises(RuleBroken, match="C’est la seule personne"):
        revoke_role(admin.membership.grants.get(), actor=admin)
    with pytest.raises(RuleBroken):
        end_membership(admin.membership, actor=admin)
    make_member(Role.ORGANISATION_ADMIN, organisation=admin.organisation)
    end_membership(admin.membership, actor=admin)
    assert fresh(admin.membership).roles == frozenset()
    assert not Membership.objects.active().filter(pk=admin.membership.pk).exists()


def test_the_database_itself_refuses_a_grantor_who_confirms() -> None:
    from django.db import IntegrityError

    grantor = make_user()
    with pytest.raises(IntegrityError, match="role_grant_confirmed_by_another"):
        RoleGrant.objects.create(
            membership=make_member(), role=Role.QUALIFIED_AUTHORITY, granted_by=grantor, confirmed_by=grantor
        )
