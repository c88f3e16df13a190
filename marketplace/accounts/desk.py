"""What waits for those who look after people, and for each about their own roles."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.abilities import governs
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import CONFIRMED_ROLES, OrganisationState, Role
from marketplace.accounts.models import Invitation, Membership, Organisation, RoleGrant
from marketplace.ui.desk import CHANGED, SOON, DeskRow, Rows, Shortcut, one_row_each
from marketplace.ui.followed import Followed

SOON_DAYS = 30
SHOWN_AT_MOST = 20


def desk_rows(actor: Actor) -> list[Rows]:
    """At most five readings of one round."""
    rows = [_own_ended_roles(actor)] if actor.membership is not None else []
    if actor.organisation is not None and governs(actor, actor.organisation):
        rows += [_to_confirm(actor), _ending_roles(actor), _open_invitations(actor)]
    if actor.has(Role.SUPPORT):
        rows.append(_to_verify())
    return rows


def desk_shortcuts(actor: Actor) -> list[Shortcut]:
    found = []
    if actor.organisation is not None and governs(actor, actor.organisation):
        found.append(Shortcut("Inviter une personne", reverse("accounts:invite")))
    if actor.has(Role.SUPPORT):
        found.append(Shortcut("Chercher une personne", reverse("accounts:people")))
    if actor.has(Role.AUDITOR):
        found.append(Shortcut("Consulter le journal", reverse("audit:journal")))
    return found


def _grant_url(grant: RoleGrant) -> str:
    return reverse("accounts:member", args=[grant.membership.uuid])


def _own_ended_roles(actor: Actor) -> Rows:
    today = timezone.localdate()
    ended = RoleGrant.objects.filter(
        membership=actor.membership,
        revoked_at__isnull=True,
        # The last day of the role: it ended in the night that followed, yesterday or today.
        expires_on__range=(today - dt.timedelta(days=2), today - dt.timedelta(days=1)),
    ).select_related("membership")
    return one_row_each(
        ended,
        lambda grant: (
            DeskRow(
                object_label=f"Votre rôle «\u00a0{grant}\u00a0» a pris fin",
                url=_grant_url(grant),
                expected="Demander son renouvellement à la personne qui administre l’organisation",
                since=_night_after(grant.expires_on),
                zone=CHANGED,
            )
            if grant.expires_on is not None
            else None
        ),
    )


def _night_after(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), tzinfo=timezone.get_default_timezone())


def _to_confirm(actor: Actor) -> Rows:
    waiting = (
        RoleGrant.objects.filter(
            membership__in=Membership.objects.active().filter(organisation=actor.organisation),
            role__in=sorted(CONFIRMED_ROLES),
            revoked_at__isnull=True,
            confirmed_by__isnull=True,
        )
        .exclude(granted_by=actor.user)
        .exclude(membership__user=actor.user)
        .select_related("membership__user")
    )
    return one_row_each(
        waiting[:SHOWN_AT_MOST],
        lambda grant: DeskRow(
            object_label=f"{grant}\u00a0: {grant.membership.user}",
            url=_grant_url(grant),
            expected="Confirmer ou retirer ce rôle",
            since=grant.granted_at,
            button="Examiner le rôle",
        ),
    )


def _ending_roles(actor: Actor) -> Rows:
    today = timezone.localdate()
    ending = RoleGrant.objects.filter(
        membership__in=Membership.objects.active().filter(organisation=actor.organisation),
        revoked_at__isnull=True,
        expires_on__range=(today, today + dt.timedelta(days=SOON_DAYS)),
    ).select_related("membership__user")
    return one_row_each(
        ending.order_by("expires_on")[:SHOWN_AT_MOST],
        lambda grant: DeskRow(
            object_label=f"{grant}\u00a0: {grant.membership.user}",
            url=_grant_url(grant),
            expected="Renouveler ce rôle ou le laisser finir",
            due_on=grant.expires_on,
            zone=SOON,
        ),
    )


def _open_invitations(actor: Actor) -> Rows:
    waiting = Invitation.objects.open_now().filter(organisation=actor.organisation).order_by("expires_at")
    return one_row_each(
        waiting[:SHOWN_AT_MOST],
        lambda invitation: DeskRow(
            object_label=f"Invitation de {invitation.email}",
            url=reverse("accounts:organisation"),
            expected="Attendre sa réponse",
            due_on=timezone.localdate(invitation.expires_at),
            zone=SOON,
            holder=invitation.email,
        ),
    )


def _to_verify() -> Rows:
    waiting = Organisation.objects.filter(state=OrganisationState.PENDING).order_by("created_at")
    return one_row_each(
        waiting[:SHOWN_AT_MOST],
        lambda organisation: DeskRow(
            object_label=organisation.name,
            url=reverse("accounts:support_organisation", args=[organisation.number]),
            expected="Vérifier l’organisation sur une preuve datée",
            since=organisation.created_at,
            button="Vérifier l’organisation",
        ),
    )


def _grants_seen(actor: Actor) -> QuerySet[RoleGrant] | None:
    """Everybody their own roles; who administers an organisation, those of its members."""
    if actor.membership is None:
        return None
    grants = RoleGrant.objects.select_related("membership__user", "membership__organisation")
    organisation = actor.membership.organisation
    if governs(actor, organisation):
        return grants.filter(membership__organisation=organisation)
    return grants.filter(membership=actor.membership)


def _organisations_seen(actor: Actor) -> QuerySet[Organisation] | None:
    return Organisation.objects.all() if actor.has(Role.SUPPORT) else None


FOLLOWED = (
    Followed(
        "accounts.rolegrant",
        seen=_grants_seen,
        own=lambda actor: Q(membership=actor.membership),
        url=_grant_url,
        label=lambda grant: f"{grant}\u00a0: {grant.membership.user}",
        done=frozenset({"grant", "confirm", "revoke"}),
        told=frozenset({"grant", "confirm", "revoke"}),
    ),
    Followed(
        "accounts.organisation",
        seen=_organisations_seen,
        own=lambda actor: Q(pk__in=()),
        url=lambda row: reverse("accounts:support_organisation", args=[row.number]),
        done=frozenset({"verify", "reject", "close"}),
        told=frozenset({"verify", "reject", "close"}),
    ),
)
