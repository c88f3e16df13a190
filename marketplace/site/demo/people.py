"""The people and organisations of the demonstration, all plainly fictitious.

SIRENs are of the 000 range, which INSEE does not give; addresses end in `.example` (RFC 2606).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from allauth.account.models import EmailAddress
from django.utils import timezone

from marketplace.accounts.actors import Actor, system_actor
from marketplace.accounts.enums import IdentifierScheme, OrganisationKind, Role
from marketplace.accounts.models import Membership, Organisation, PublicEmailDomain, RoleGrant, User
from marketplace.numbering import next_serial

PASSWORD = "demonstration-cloud-2026"  # noqa: S105 - printed by `make run`, of a demonstration only
LOADER = system_actor("demonstration")
ROLE_LIFETIME = dt.timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Person:
    address: str
    name: str
    roles: tuple[str, ...]
    ceiling_eur: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DemoOrganisation:
    code: str
    name: str
    kind: str
    identifier: str
    domain: str
    people: tuple[Person, ...]
    verified: bool = True


MINISTRY = DemoOrganisation(
    "ministere",
    "Ministère de la Démonstration",
    OrganisationKind.STATE,
    "00000101600013",
    "ministere.example",
    (
        Person("prescripteur", "Prescripteur Exemple", (Role.REQUESTER,)),
        Person("rssi", "RSSI Exemple", (Role.SECURITY_OFFICER,)),
        Person("dpo", "DPO Exemple", (Role.DATA_OFFICER,)),
        Person("autorite", "Autorité Exemple", (Role.QUALIFIED_AUTHORITY,)),
        Person("valideur", "Valideur Exemple", (Role.APPROVER,), Decimal("500000.00")),
        Person("achats", "Achats Exemple", (Role.PURCHASING,)),
        Person("dnum", "DNUM Exemple", (Role.DNUM,)),
        Person("ordonnateur", "Ordonnateur Exemple", (Role.AUTHORISING_OFFICER,)),
        Person("finances", "Finances Exemple", (Role.FINANCE,)),
        Person("admin", "Administrateur Exemple", (Role.ORGANISATION_ADMIN,)),
        Person("sans-role", "Nouvelle Personne Exemple", ()),
    ),
)
AGENCY = DemoOrganisation(
    "agence",
    "Agence Exemple des services numériques",
    OrganisationKind.STATE_OPERATOR,
    "00000106500010",
    "agence.example",
    (
        Person("prescripteur", "Prescripteur de l’Agence", (Role.REQUESTER, Role.ORGANISATION_ADMIN)),
        Person("valideur", "Valideur de l’Agence", (Role.APPROVER,), Decimal("90000.00")),
    ),
)
TOWN = DemoOrganisation(
    "commune",
    "Commune d’Exemple-sur-Essai",
    OrganisationKind.LOCAL_AUTHORITY,
    "00000107300014",
    "exemple-sur-essai.example",
    (Person("mairie", "Secrétariat Exemple", (Role.REQUESTER, Role.ORGANISATION_ADMIN)),),
)
HOSPITAL = DemoOrganisation(
    "hopital",
    "Centre hospitalier Exemple",
    OrganisationKind.HEALTH_ESTABLISHMENT,
    "00000108100017",
    "hopital.example",
    (Person("dsi", "Informatique Exemple", (Role.REQUESTER, Role.ORGANISATION_ADMIN)),),
)
CLOUD = DemoOrganisation(
    "nuage",
    "Nuage Exemple SAS",
    OrganisationKind.SUPPLIER,
    "000001016",
    "nuage.example",
    (
        Person("redacteur", "Rédacteur Exemple", (Role.SUPPLIER_EDITOR,)),
        Person("responsable", "Responsable Exemple", (Role.SUPPLIER_MANAGER,)),
    ),
)
SOFTWARE = DemoOrganisation(
    "logiciels",
    "Logiciels Exemple SARL",
    OrganisationKind.SUPPLIER,
    "000001024",
    "logiciels.example",
    (
        Person(
            "responsable", "Responsable de Logiciels Exemple", (Role.SUPPLIER_MANAGER, Role.SUPPLIER_EDITOR)
        ),
    ),
)
HOSTING = DemoOrganisation(
    "hebergement",
    "Hébergement Fictif SA",
    OrganisationKind.SUPPLIER,
    "000001032",
    "hebergement.example",
    (
        Person(
            "responsable", "Responsable d’Hébergement Fictif", (Role.SUPPLIER_MANAGER, Role.SUPPLIER_EDITOR)
        ),
    ),
)
WORKSHOP = DemoOrganisation(
    "atelier",
    "Atelier Imaginaire SARL",
    OrganisationKind.SUPPLIER,
    "000001040",
    "atelier.example",
    (Person("fondateur", "Fondateur Exemple", (Role.SUPPLIER_MANAGER,)),),
    verified=False,
)
OPERATOR = DemoOrganisation(
    "operateur",
    "Opérateur de démonstration (rôle DINUM)",
    OrganisationKind.OPERATOR,
    "00000109900019",
    "operateur.example",
    (
        Person("moderateur", "Modérateur Exemple", (Role.CURATOR,)),
        Person("instructeur", "Instructeur Exemple", (Role.QUALIFICATION_OFFICER,)),
        Person("decideur", "Décideur Exemple", (Role.DECISION_MAKER,)),
        Person("programmes", "Programmes Exemple", (Role.PROGRAMME_MANAGER,)),
        Person("support", "Assistance Exemple", (Role.SUPPORT,)),
        Person("plateforme", "Plateforme Exemple", (Role.PLATFORM_ADMIN,)),
    ),
)
OVERSIGHT = DemoOrganisation(
    "controle",
    "Contrôle de démonstration",
    OrganisationKind.OVERSIGHT,
    "00000110700010",
    "controle.example",
    (Person("auditeur", "Auditeur Exemple", (Role.AUDITOR,)),),
)
ORGANISATIONS = (MINISTRY, AGENCY, TOWN, HOSPITAL, CLOUD, SOFTWARE, HOSTING, WORKSHOP, OPERATOR, OVERSIGHT)


def address_of(organisation: DemoOrganisation, person: Person) -> str:
    return f"{person.address}@{organisation.domain}"


def load_people() -> None:
    """Create the organisations, their members and their roles, through the same moves as real ones.

    Support verifies every organisation; a role that asks for it is given by the organisation's admin
    and confirmed by support.
    """
    operator = _create(OPERATOR)
    operator.verify(actor=LOADER, **_proof(OPERATOR))
    members = {person.address: _member(operator, OPERATOR, person) for person in OPERATOR.people}
    for person in OPERATOR.people:
        _grant(members[person.address], person, by=members["plateforme"].user, confirmed_by=None)
    support = Actor.of(
        Membership.objects.select_related("user", "organisation").get(pk=members["support"].pk)
    )
    for organisation in ORGANISATIONS:
        if organisation is not OPERATOR:
            _load_organisation(organisation, support=support)


def _load_organisation(organisation: DemoOrganisation, *, support: Actor) -> None:
    row = _create(organisation)
    if organisation.verified:
        row.verify(actor=support, **_proof(organisation))
    if row.is_buyer:
        PublicEmailDomain.objects.create(
            domain=organisation.domain, organisation=row, source="Démonstration", added_by=support.user
        )
    members = [(person, _member(row, organisation, person)) for person in organisation.people]
    admin = next((m.user for person, m in members if Role.ORGANISATION_ADMIN in person.roles), None)
    for person, membership in members:
        by = support.user if admin is None or membership.user == admin else admin
        _grant(membership, person, by=by, confirmed_by=support.user if by == admin else None)


def _create(organisation: DemoOrganisation) -> Organisation:
    scheme = (
        IdentifierScheme.SIREN if organisation.kind == OrganisationKind.SUPPLIER else IdentifierScheme.SIRET
    )
    row = Organisation.objects.create(
        number=next_serial("organisation"),
        name=organisation.name,
        kind=organisation.kind,
        identifier_scheme=scheme,
        identifier=organisation.identifier,
    )
    row.journal_creation(actor=LOADER)
    return row


def _proof(organisation: DemoOrganisation) -> dict[str, object]:
    return {
        "proof_kind": "Attestation de démonstration",
        "proof_reference": f"DEMO-{organisation.code}",
        "proof_date": timezone.localdate(),
    }


def _member(row: Organisation, organisation: DemoOrganisation, person: Person) -> Membership:
    user = User.objects.create_user(
        address_of(organisation, person), password=PASSWORD, full_name=person.name
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return Membership.objects.create(user=user, organisation=row)


def _grant(membership: Membership, person: Person, *, by: User | None, confirmed_by: User | None) -> None:
    today = timezone.localdate()
    delegated = Role.APPROVER in person.roles
    for role in person.roles:
        RoleGrant.objects.create(
            membership=membership,
            role=role,
            granted_by=None if by == membership.user else by,
            confirmed_by=confirmed_by,
            confirmed_at=timezone.now() if confirmed_by else None,
            starts_on=today,
            expires_on=today + ROLE_LIFETIME,
            ceiling_eur=person.ceiling_eur if role == Role.APPROVER else None,
            delegation_reference="Arrêté de démonstration" if delegated else "",
            delegation_date=today if delegated else None,
        )
