"""Kinds of organisation and roles, by their code names (see docs/glossary.md)."""

from django.db import models


class OrganisationKind(models.TextChoices):
    STATE = "state", "Ministère ou service de l’État"
    STATE_OPERATOR = "state_operator", "Opérateur de l’État"
    GIP_LISTED = "gip_listed", "GIP désigné par décret"
    GIP = "gip", "Autre groupement d’intérêt public"
    LOCAL_AUTHORITY = "local_authority", "Collectivité territoriale"
    HEALTH_ESTABLISHMENT = "health_establishment", "Établissement de santé"
    PUBLIC_UNDERTAKING = "public_undertaking", "Entreprise publique"
    SUPPLIER = "supplier", "Fournisseur"
    OPERATOR = "operator", "Opérateur de la place de marché"
    OVERSIGHT = "oversight", "Contrôle"


BUYER_KINDS = frozenset(
    {
        OrganisationKind.STATE,
        OrganisationKind.STATE_OPERATOR,
        OrganisationKind.GIP_LISTED,
        OrganisationKind.GIP,
        OrganisationKind.LOCAL_AUTHORITY,
        OrganisationKind.HEALTH_ESTABLISHMENT,
        OrganisationKind.PUBLIC_UNDERTAKING,
    }
)


class IdentifierScheme(models.TextChoices):
    """The identifier types of DECP 2.0.3 (titulaire.typeIdentifiant), SIREN besides for suppliers."""

    SIRET = "SIRET", "SIRET"
    SIREN = "SIREN", "SIREN"
    VAT = "TVA", "Numéro de TVA intracommunautaire"
    TAHITI = "TAHITI", "TAHITI (Polynésie française)"
    RIDET = "RIDET", "RIDET (Nouvelle-Calédonie)"
    FRWF = "FRWF", "FRWF (Wallis-et-Futuna)"
    IREP = "IREP", "IREP"
    OUTSIDE_EU = "HORS-UE", "Identifiant hors Union européenne"


class Role(models.TextChoices):
    REQUESTER = "requester", "Prescripteur"
    SECURITY_OFFICER = "security_officer", "RSSI"
    DATA_OFFICER = "data_officer", "DPO"
    QUALIFIED_AUTHORITY = "qualified_authority", "Autorité qualifiée"
    APPROVER = "approver", "Valideur"
    PURCHASING = "purchasing", "Service achats"
    DNUM = "dnum", "Direction du numérique"
    AUTHORISING_OFFICER = "authorising_officer", "Ordonnateur"
    FINANCE = "finance", "Gestionnaire financier"
    ORGANISATION_ADMIN = "organisation_admin", "Administrateur de l’organisation"
    SUPPLIER_EDITOR = "supplier_editor", "Rédacteur"
    SUPPLIER_MANAGER = "supplier_manager", "Responsable"
    CURATOR = "curator", "Modérateur"
    QUALIFICATION_OFFICER = "qualification_officer", "Instructeur"
    DECISION_MAKER = "decision_maker", "Décideur"
    PROGRAMME_MANAGER = "programme_manager", "Responsable de programme"
    SUPPORT = "support", "Assistance"
    PLATFORM_ADMIN = "platform_admin", "Administrateur de la plateforme"
    AUDITOR = "auditor", "Auditeur"


BUYER_ROLES = frozenset(
    {
        Role.REQUESTER,
        Role.SECURITY_OFFICER,
        Role.DATA_OFFICER,
        Role.QUALIFIED_AUTHORITY,
        Role.APPROVER,
        Role.PURCHASING,
        Role.DNUM,
        Role.AUTHORISING_OFFICER,
        Role.FINANCE,
        Role.ORGANISATION_ADMIN,
    }
)
SUPPLIER_ROLES = frozenset({Role.SUPPLIER_EDITOR, Role.SUPPLIER_MANAGER})
OPERATOR_ROLES = frozenset(
    {
        Role.CURATOR,
        Role.QUALIFICATION_OFFICER,
        Role.DECISION_MAKER,
        Role.PROGRAMME_MANAGER,
        Role.SUPPORT,
        Role.PLATFORM_ADMIN,
    }
)
OVERSIGHT_ROLES = frozenset({Role.AUDITOR})
# Granting one of these takes a second admin of the organisation, or support.
CONFIRMED_ROLES = frozenset({Role.APPROVER, Role.QUALIFIED_AUTHORITY, Role.AUTHORISING_OFFICER})
# A service account never gives an avis, approves or decides.
HUMAN_ONLY_ROLES = frozenset(
    {
        Role.SECURITY_OFFICER,
        Role.DATA_OFFICER,
        Role.QUALIFIED_AUTHORITY,
        Role.APPROVER,
        Role.AUTHORISING_OFFICER,
        Role.DECISION_MAKER,
    }
)


def roles_of_kind(kind: str) -> frozenset[str]:
    """Which roles a member of an organisation of this kind may hold."""
    if kind == OrganisationKind.SUPPLIER:
        return SUPPLIER_ROLES
    if kind == OrganisationKind.OPERATOR:
        return OPERATOR_ROLES
    if kind == OrganisationKind.OVERSIGHT:
        return OVERSIGHT_ROLES
    return BUYER_ROLES


class OrganisationState(models.TextChoices):
    PENDING = "pending", "À vérifier"
    VERIFIED = "verified", "Vérifiée"
    REJECTED = "rejected", "Refusée"
    CLOSED = "closed", "Fermée"


class InvitationState(models.TextChoices):
    OPEN = "open", "En attente"
    ACCEPTED = "accepted", "Acceptée"
    REVOKED = "revoked", "Annulée"
    EXPIRED = "expired", "Expirée"


# The role is an order of delegation: it is given with its ceiling, reference and date.
DELEGATED_ROLES = frozenset({Role.APPROVER})


def admin_role(kind: str) -> str:
    """The role that manages the members of an organisation of this kind."""
    if kind == OrganisationKind.SUPPLIER:
        return Role.SUPPLIER_MANAGER
    if kind == OrganisationKind.OPERATOR:
        return Role.PLATFORM_ADMIN
    if kind == OrganisationKind.OVERSIGHT:
        return Role.SUPPORT
    return Role.ORGANISATION_ADMIN
