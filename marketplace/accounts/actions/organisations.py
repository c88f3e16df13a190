"""Organisations: declared by anybody, powerless until support verifies them on dated proof."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.accounts.actions.members import admins_of, admit
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import OrganisationKind, OrganisationState, admin_role
from marketplace.accounts.models import Membership, Organisation, PublicEmailDomain, RoleGrant, User
from marketplace.audit.journal import record
from marketplace.errors import NotAllowed, RuleBroken
from marketplace.notifications.outbox import notify
from marketplace.numbering import next_serial
from marketplace.validators import identifier_error

PENDING_AT_MOST = 3
DOMAIN = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
# Anybody gets an address there: such a domain proves nothing about an administration.
OPEN_MAIL_DOMAINS = frozenset(
    {
        *("gmail.com", "googlemail.com", "outlook.com", "outlook.fr", "hotmail.com", "hotmail.fr", "live.fr"),
        *("yahoo.com", "yahoo.fr", "icloud.com", "proton.me", "protonmail.com", "gmx.fr", "gmx.com"),
        *("orange.fr", "wanadoo.fr", "free.fr", "sfr.fr", "bbox.fr", "laposte.net"),
    }
)


@dataclass(frozen=True, slots=True)
class Identity:
    kind: str
    name: str
    scheme: str
    identifier: str


def declare_supplier(user: User, *, identity: Identity, actor: Actor) -> Organisation:
    """A pending supplier with its declarant as manager: a role that gives nothing before verification."""
    _check_identity(identity)
    waiting = Membership.objects.active().filter(user=user, organisation__state=OrganisationState.PENDING)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if waiting.count() >= PENDING_AT_MOST:
            raise RuleBroken(
                "too_many_pending",
                "Trois organisations que vous avez déclarées attendent déjà une vérification.",
            )
        organisation = _create(identity, actor=actor)
        membership = admit(user, organisation, actor=actor, how="declaration")
        grant = RoleGrant.objects.create(
            membership=membership, role=admin_role(identity.kind), granted_by=None
        )
        record(grant, "grant", actor=actor, to_state=grant.role, detail={"how": "declaration"})
    return organisation


def create_organisation(*, identity: Identity, actor: Actor) -> Organisation:
    """By support: an administration, pending until its first administrator is verified."""
    _check_identity(identity)
    with transaction.atomic():
        return _create(identity, actor=actor)


def verify_organisation(
    organisation: Organisation,
    *,
    actor: Actor,
    proof_kind: str,
    proof_reference: str,
    proof_date: dt.date,
    expected_version: int | None = None,
) -> Organisation:
    """Raises RuleBroken without a first administrator, on a proof of tomorrow, on an identifier taken."""
    if proof_date > timezone.localdate():
        raise RuleBroken(
            "proof_date", "La date de la preuve est dans le futur. Corrigez-la.", field="proof_date"
        )
    first = confirmed_first_admins(organisation)
    if not first:
        raise RuleBroken(
            "no_first_administrator",
            "Aucune personne à l’adresse confirmée n’administre cette organisation. Invitez-la d’abord.",
        )
    if any(actor.is_person(user) for user in first):
        raise NotAllowed("own_organisation", "Une autre personne doit vérifier votre organisation.")
    try:
        with transaction.atomic():
            organisation.verify(
                actor=actor,
                proof_kind=proof_kind,
                proof_reference=proof_reference,
                proof_date=proof_date,
                expected_version=expected_version,
            )
            _tell_verified(organisation, people=first)
    except IntegrityError as error:
        if "organisation_identifier_once_verified" not in str(error):
            raise
        raise RuleBroken(
            "identifier_taken", "Une organisation vérifiée porte déjà cet identifiant."
        ) from error
    return organisation


def confirmed_first_admins(organisation: Organisation) -> list[User]:
    """The holders of the administrator's role whose address is confirmed."""
    people = admins_of(organisation)
    confirmed = EmailAddress.objects.filter(user__in=people, verified=True).values_list("user_id", flat=True)
    return [user for user in people if user.pk in set(confirmed)]


def organisations_open_to(user: User) -> list[Organisation]:
    """The verified administrations whose listed domain is exactly that of a confirmed address."""
    domains = {address.rpartition("@")[2] for address in _confirmed_addresses(user)}
    if not domains:
        return []
    joined = Membership.objects.active().filter(user=user).values("organisation_id")
    listed = PublicEmailDomain.objects.filter(domain__in=domains)
    return list(
        Organisation.objects.buyers()
        .verified()
        .filter(pk__in=listed.values("organisation_id"))
        .exclude(pk__in=joined)
    )


def join_by_domain(user: User, organisation: Organisation, *, actor: Actor) -> Membership:
    """Admits without any role. Raises NotAllowed when no confirmed address has that very domain."""
    if organisation not in organisations_open_to(user):
        raise NotAllowed(
            "domain_not_listed",
            "Votre adresse confirmée n’appartient pas à un domaine de cette organisation. "
            "Demandez une invitation.",
        )
    with transaction.atomic():
        membership = admit(user, organisation, actor=actor, how="domain")
        notify(
            admins_of(organisation),
            subject="Une personne a rejoint votre organisation",
            body=f"{user} a rejoint {organisation.name} par son adresse. Cette personne n’a aucun rôle.",
            url="/organisation/",
            organisation=organisation,
            key=f"join:{membership.pk}:{membership.joined_at:%Y%m%d%H%M}",
        )
    return membership


def list_domain(organisation: Organisation, *, domain: str, source: str, actor: Actor) -> PublicEmailDomain:
    name = domain.strip().lower().lstrip("@")
    if not DOMAIN.fullmatch(name):
        raise RuleBroken(
            "domain_shape", "Écrivez un domaine, comme «\u00a0ministere.example\u00a0».", field="domain"
        )
    if name in OPEN_MAIL_DOMAINS:
        raise RuleBroken(
            "domain_open",
            "N’importe qui obtient une adresse de ce domaine. Il ne prouve rien.",
            field="domain",
        )
    if not organisation.is_buyer:
        raise RuleBroken(
            "domain_of_buyer", "Un domaine n’ouvre que sur une administration.", field="organisation"
        )
    with transaction.atomic():
        row, made = PublicEmailDomain.objects.get_or_create(
            domain=name, organisation=organisation, defaults={"source": source, "added_by": actor.user}
        )
        if not made:
            raise RuleBroken(
                "domain_listed", "Ce domaine est déjà rattaché à cette organisation.", field="domain"
            )
        record(row, "list", actor=actor, detail={"domain": name, "source": source})
    return row


def unlist_domain(row: PublicEmailDomain, *, actor: Actor) -> None:
    """Nobody else enters by this domain; those who are in stay."""
    with transaction.atomic():
        record(row, "unlist", actor=actor, detail={"domain": row.domain})
        row.delete()


def _confirmed_addresses(user: User) -> list[str]:
    addresses = EmailAddress.objects.filter(user=user, verified=True).values_list("email", flat=True)
    return [address.lower() for address in addresses]


def _check_identity(identity: Identity) -> None:
    if error := identifier_error(identity.scheme, identity.identifier):
        raise RuleBroken("identifier", error, field="identifier")
    if identity.kind == OrganisationKind.OPERATOR:
        raise RuleBroken("operator_once", "L’opérateur existe déjà.", field="kind")


def _create(identity: Identity, *, actor: Actor) -> Organisation:
    organisation = Organisation.objects.create(
        number=next_serial("organisation"),
        kind=identity.kind,
        name=identity.name,
        identifier_scheme=identity.scheme,
        identifier=identity.identifier,
    )
    organisation.journal_creation(actor=actor)
    return organisation


def _tell_verified(organisation: Organisation, *, people: list[User]) -> None:
    notify(
        people,
        subject=f"{organisation.name}\u00a0: organisation vérifiée",
        body="Votre organisation est vérifiée. Vos rôles sont en vigueur\u00a0: "
        "vous pouvez inviter vos collègues.",
        url="/organisation/",
        organisation=organisation,
        key=f"verified:{organisation.pk}",
    )
