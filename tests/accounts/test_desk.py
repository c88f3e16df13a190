import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.accounts.actions.invitations import invite
from marketplace.accounts.actions.members import grant_role
from marketplace.accounts.actors import Actor
from marketplace.accounts.desk import desk_rows, desk_shortcuts
from marketplace.accounts.enums import OrganisationState, Role
from marketplace.ui.desk import rows_of
from tests.builders import actor_for, make_member, make_organisation

pytestmark = pytest.mark.django_db


def labels(actor: Actor) -> list[str]:
    return [row.object_label for row in rows_of(actor, desk_rows)]


def test_a_visitor_and_a_plain_member_have_nothing() -> None:
    assert labels(Actor()) == []
    assert labels(actor_for(Role.REQUESTER)) == []
    assert desk_shortcuts(actor_for(Role.REQUESTER)) == []


def test_the_second_administrator_is_asked_and_the_first_is_not() -> None:
    admin = actor_for(Role.ORGANISATION_ADMIN)
    second = actor_for(Role.ORGANISATION_ADMIN, organisation=admin.organisation)
    colleague = make_member(organisation=admin.organisation)
    grant_role(colleague, Role.QUALIFIED_AUTHORITY, actor=admin)
    assert labels(admin) == []
    assert labels(second) == [f"Autorité qualifiée\u00a0: {colleague.user}"]


def test_roles_that_end_invitations_and_my_own_ended_role() -> None:
    admin = actor_for(Role.ORGANISATION_ADMIN)
    today = timezone.localdate()
    ending = make_member(
        Role.FINANCE, organisation=admin.organisation, expires_on=today + dt.timedelta(days=5)
    )
    invite(admin.organisation, email="invite@essai.example", roles=[], actor=admin)
    assert labels(admin) == [
        f"Gestionnaire financier\u00a0: {ending.user}",
        "Invitation de invite@essai.example",
    ]
    over = make_member(Role.APPROVER, starts_on=dt.date(2020, 1, 1), expires_on=today - dt.timedelta(days=1))
    assert labels(Actor.of(over)) == ["Votre rôle «\u00a0Valideur\u00a0» a pris fin"]


def test_support_sees_who_waits() -> None:
    waiting = make_organisation(state=OrganisationState.PENDING)
    support = actor_for(Role.SUPPORT)
    assert labels(support) == [waiting.name]
    assert [shortcut.label for shortcut in desk_shortcuts(support)] == ["Chercher une personne"]
    assert [shortcut.label for shortcut in desk_shortcuts(actor_for(Role.AUDITOR))] == [
        "Consulter le journal"
    ]


def test_ten_rows_cost_what_one_costs() -> None:
    support = actor_for(Role.SUPPORT)
    assert support.roles

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert labels(support)
        return len(captured)

    make_organisation(state=OrganisationState.PENDING)
    before = cost()
    for _ in range(9):
        make_organisation(state=OrganisationState.PENDING)
    assert cost() == before
