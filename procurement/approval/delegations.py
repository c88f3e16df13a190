"""Giving one's signature for a time, and taking it back."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.accounts.models import Membership, Organisation, RoleGrant, User
from marketplace.errors import NotAllowed, RuleBroken
from marketplace.notifications.outbox import notify
from marketplace.ui.typography import date_text
from procurement.models import SignatureDelegation

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

LONGEST = dt.timedelta(days=366)


def delegate(
    *,
    actor: Actor,
    role: str,
    giver: User,
    holder: User,
    starts_on: dt.date,
    ends_on: dt.date,
    reference: str,
    reason: str,
) -> SignatureDelegation:
    """Both are members of the actor's administration. Raises RuleBroken naming the field, NotAllowed."""
    organisation = actor.organisation
    if organisation is None or actor.user is None or not actor.is_buyer:
        raise NotAllowed("not_allowed", "Une délégation est donnée par une personne.")
    _check_people(actor, giver=giver, holder=holder, role=role, organisation=organisation)
    _check_period(starts_on, ends_on)
    with transaction.atomic():
        delegation = SignatureDelegation.objects.create(
            organisation=organisation,
            role=role,
            giver=giver,
            holder=holder,
            starts_on=starts_on,
            ends_on=ends_on,
            reference=reference,
            reason=reason,
            created_by=actor.user,
        )
        delegation.journal_creation(actor=actor, detail={"role": role, "ends_on": ends_on})
        notify(
            [giver, holder],
            subject="Délégation de signature enregistrée",
            body=f"{holder} signe à la place de {giver} ({delegation.get_role_display()}) du "
            f"{date_text(starts_on)} au {date_text(ends_on)}.",
            url=reverse("procurement:delegations"),
            organisation=organisation,
        )
    return delegation


def revoke(
    delegation: SignatureDelegation, *, actor: Actor, reason: str = "", expected_version: int | None = None
) -> SignatureDelegation:
    """What was signed under it stands."""
    with transaction.atomic():
        delegation.perform("revoke", actor=actor, reason=reason, expected_version=expected_version)
        notify(
            [delegation.giver, delegation.holder],
            subject="Délégation de signature retirée",
            body=f"{delegation.holder} ne signe plus à la place de {delegation.giver}.",
            url=reverse("procurement:delegations"),
            organisation=delegation.organisation,
        )
    return delegation


def _check_people(actor: Actor, *, giver: User, holder: User, role: str, organisation: Organisation) -> None:
    if not actor.is_person(giver) and not actor.has(Role.ORGANISATION_ADMIN):
        message = "Vous donnez votre propre signature ; un administrateur enregistre celle des autres."
        raise RuleBroken("giver_is_another", message, field="giver")
    if giver == holder:
        raise RuleBroken("holder_is_giver", "On ne délègue pas à soi-même.", field="holder")
    if actor.is_person(holder):
        message = "Vous ne vous donnez pas vous-même une signature : une autre personne l’enregistre."
        raise RuleBroken("holder_is_writer", message, field="holder")
    grants = RoleGrant.objects.in_force(timezone.localdate()).filter(
        role=role, membership__user=giver, membership__organisation=organisation
    )
    if not grants.filter(membership__ended_at__isnull=True).exists():
        message = "Cette personne n’a pas ce rôle aujourd’hui : elle ne peut pas le déléguer."
        raise RuleBroken("giver_without_role", message, field="giver")
    if not Membership.objects.filter(user=holder, organisation=organisation, ended_at__isnull=True).exists():
        message = "Cette personne n’est pas membre de votre administration."
        raise RuleBroken("holder_unknown", message, field="holder")


def _check_period(starts_on: dt.date, ends_on: dt.date) -> None:
    if ends_on < starts_on:
        message = "Le dernier jour précède le premier. Choisissez une date postérieure."
        raise RuleBroken("end_before_start", message, field="ends_on")
    if ends_on < timezone.localdate():
        raise RuleBroken("already_over", "Cette période est déjà passée.", field="ends_on")
    if ends_on - starts_on > LONGEST:
        message = "Une délégation dure un an au plus. Choisissez un dernier jour plus proche."
        raise RuleBroken("delegation_too_long", message, field="ends_on")
