"""Group purchases on « Mon bureau »: a consent to give, an invitation to answer, a convention to sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.enums import Role
from marketplace.ui.desk import DeskRow, Rows, one_row_each
from procurement.groups.abilities import RUNNERS, SIGNERS
from procurement.groups.enums import GroupState, MemberState, ShareState
from procurement.models import GroupMember, NeedShare

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from marketplace.accounts.actors import Actor

MOST = 50


def rows(actor: Actor) -> list[Rows]:
    """At most one reading for each of the three."""
    if actor.user is None or not actor.is_buyer or not actor.roles:
        return []
    found = []
    if actor.has(Role.REQUESTER):
        found.append(_consents(actor))
    members = GroupMember.objects.filter(organisation=actor.organisation).select_related("group")
    if actor.has(*RUNNERS):
        found.append(_invitations(members))
    if actor.has(*SIGNERS):
        found.append(_signatures(members))
    return found


def _consents(actor: Actor) -> Rows:
    """Needs of which this person is an author and did not agree yet that they be told."""
    waiting = NeedShare.objects.visible_to(actor).filter(
        state=ShareState.PROPOSED, project__authors=actor.user
    )
    asked = waiting.exclude(consents__author=actor.user).select_related("project")
    return one_row_each(
        asked.order_by("proposed_at")[:MOST],
        lambda one: DeskRow(
            object_label=str(one.project),
            url=one.get_absolute_url(),
            expected="Donner son accord au partage du besoin",
            since=one.proposed_at,
            button="Lire ce qui serait montré",
        ),
    )


def _invitations(members: QuerySet[GroupMember]) -> Rows:
    invited = members.filter(state=MemberState.INVITED, group__state=GroupState.FORMING)
    return one_row_each(
        invited.order_by("state_since")[:MOST], lambda one: _row(one, "Répondre à une invitation", "Répondre")
    )


def _signatures(members: QuerySet[GroupMember]) -> Rows:
    unsigned = members.filter(
        state=MemberState.JOINED, group__state=GroupState.SIGNING, signed_at__isnull=True
    )
    return one_row_each(
        unsigned.order_by("state_since")[:MOST],
        lambda one: _row(one, "Signer la convention", "Lire et signer"),
    )


def _row(one: GroupMember, expected: str, button: str) -> DeskRow:
    return DeskRow(
        object_label=str(one.group),
        url=one.group.get_absolute_url(),
        expected=expected,
        since=one.state_since,
        button=button,
    )
