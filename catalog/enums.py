"""Codes of the catalogue and their words on screen."""

from django.db import models


class ServiceModel(models.TextChoices):
    IAAS = "iaas", "IaaS (infrastructure)"
    CAAS = "caas", "CaaS (conteneurs)"
    PAAS = "paas", "PaaS (plateforme)"
    SAAS = "saas", "SaaS (logiciel)"
    SUPPORT_SERVICES = "support_services", "Accompagnement (services)"
    DATA_SPACE = "data_space", "Espace de données"


class OfferState(models.TextChoices):
    UNCLAIMED = "unclaimed", "Fiche publique non revendiquée"
    DRAFT = "draft", "Brouillon"
    LISTED = "listed", "Référencée"
    SUSPENDED = "suspended", "Suspendue"
    WITHDRAWN = "withdrawn", "Retirée"
    REMOVED = "removed", "Supprimée"


class ClaimState(models.TextChoices):
    OPEN = "open", "À examiner"
    CONTESTED = "contested", "Gelée : revendication concurrente"
    GRANTED = "granted", "Accordée"
    REFUSED = "refused", "Refusée"
    CANCELLED = "cancelled", "Annulée"


class ReviewState(models.TextChoices):
    PENDING = "pending", "À modérer"
    ACCEPTED = "accepted", "Acceptée"
    REFUSED = "refused", "Refusée"
    IN_DOSSIER = "in_dossier", "Examinée par un dossier"
    SUPERSEDED = "superseded", "Remplacée par une version plus récente"


class CategoryState(models.TextChoices):
    OPEN = "open", "Ouverte"
    RETIRED = "retired", "Retirée"


class CollectionState(models.TextChoices):
    DRAFT = "draft", "Brouillon"
    PUBLISHED = "published", "Publiée"
    ARCHIVED = "archived", "Archivée"


class CuratedKind(models.TextChoices):
    """What an administration says to its own people of an offer."""

    RECOMMENDED = "recommended", "Recommandée"
    ALLOWED = "allowed", "Autorisée"


class ClaimProof(models.TextChoices):
    DNS = "dns", "Enregistrement DNS sur le domaine de la fiche"
    REGISTER_CONTACT = "register_contact", "Contact inscrit au registre"


class NeedState(models.TextChoices):
    OPEN = "open", "Ouvert"
    ANSWERED = "answered", "Répondu"
    COVERED = "covered", "Couvert"
    DISMISSED = "dismissed", "Écarté"
    MERGED = "merged", "Fusionné"


# Where one may still say « moi aussi ».
OPEN_NEEDS = (NeedState.OPEN, NeedState.ANSWERED)


class HandoverState(models.TextChoices):
    PROPOSED = "proposed", "En attente d’acceptation"
    ACCEPTED = "accepted", "Accepté"
    REFUSED = "refused", "Refusé"
    CANCELLED = "cancelled", "Annulé"


class DuplicateState(models.TextChoices):
    OPEN = "open", "À examiner"
    ASKED = "asked", "Retrait demandé au fournisseur"
    DISMISSED = "dismissed", "Pas un doublon"
    CONFIRMED = "confirmed", "Doublon retiré"
    LAPSED = "lapsed", "Sans objet"


class PriceOutlierState(models.TextChoices):
    OPEN = "open", "À examiner"
    ASKED = "asked", "Fournisseur interrogé"
    KEPT = "kept", "Prix retenu"
    LAPSED = "lapsed", "Sans objet"


class Scheme(models.TextChoices):
    SECNUMCLOUD = "secnumcloud", "SecNumCloud"
    HDS = "hds", "HDS"
    ISO27001 = "iso27001", "ISO/IEC 27001"
    GAIAX = "gaiax", "Gaia-X"
    C5 = "c5", "BSI C5"
    CSPN = "cspn", "CSPN"
    OTHER = "other", "Autre certification ou label"


class TrustStatus(models.TextChoices):
    """`expiring` and `not_applicable` are derived on reading, never stored on a mark; `unknown` is stored
    only on a mark to be proved again (`catalog.trust.question`)."""

    ANNOUNCED = "announced", "Annoncée"
    IN_PROGRESS = "in_progress", "En préparation"
    IN_FORCE = "in_force", "En vigueur"
    EXPIRING = "expiring", "Expire bientôt"
    RENEWAL_PENDING = "renewal_pending", "Renouvellement en cours"
    EXPIRED = "expired", "Expirée"
    SUSPENDED = "suspended", "Suspendue"
    WITHDRAWN = "withdrawn", "Retirée"
    ABANDONED = "abandoned", "Abandonnée"
    NONE = "none", "Aucune"
    UNKNOWN = "unknown", "Inconnue"
    NOT_APPLICABLE = "not_applicable", "Sans objet (cloud interne de l’État)"


RECORDED_STATUSES = frozenset(TrustStatus) - {
    TrustStatus.EXPIRING,
    TrustStatus.UNKNOWN,
    TrustStatus.NOT_APPLICABLE,
}
# What the last fact of a mark may say: the above, and « unknown » while nobody has proved it again.
MARK_STATUSES = RECORDED_STATUSES | {TrustStatus.UNKNOWN}
# What a buyer may rely on today.
HELD_STATUSES = frozenset({TrustStatus.IN_FORCE, TrustStatus.EXPIRING, TrustStatus.RENEWAL_PENDING})
LOST_STATUSES = frozenset(
    {TrustStatus.SUSPENDED, TrustStatus.EXPIRED, TrustStatus.WITHDRAWN, TrustStatus.ABANDONED}
)
# What takes a reliance away: a status lost, or one that nobody claims any more.
ENDED_STATUSES = LOST_STATUSES | {TrustStatus.NONE}


class Origin(models.TextChoices):
    DECLARED = "declared", "Déclaré par le fournisseur"
    REGISTER = "register", "Constaté au registre"
    VERIFIED = "verified", "Vérifié par nos contrôles"
    THIRD_PARTY = "third_party", "Délivré par un tiers"


class StackLayer(models.TextChoices):
    """Layer of the base an offer stands on, top to bottom."""

    SOFTWARE = "software", "Logiciel"
    PLATFORM = "platform", "Plateforme"
    INFRASTRUCTURE = "infrastructure", "Infrastructure"
    DATA_CENTRE = "data_centre", "Centre de données"


class PriceKind(models.TextChoices):
    FIXED = "fixed", "Forfait"
    UNIT = "unit", "À l’unité"
    ONE_OFF = "one_off", "Une seule fois"
    EXIT = "exit", "À la sortie"


# Paid once: their lines have no period.
UNTIMED_KINDS = (PriceKind.ONE_OFF, PriceKind.EXIT)


class Meter(models.TextChoices):
    """Which figure of a buyer's usage a price counts."""

    SEAT = "seat", "Poste (utilisateur)"
    VCPU_HOUR = "vcpu_hour", "Heure de vCPU"
    STORAGE_GB = "storage_gb", "Go stocké"
    EGRESS_GB = "egress_gb", "Go sorti"
    SUPPORT = "support", "Assistance"
    ASSISTANCE_DAY = "assistance_day", "Jour d’assistance au départ"
    OTHER = "other", "Autre mesure"


class TierMode(models.TextChoices):
    GRADUATED = "graduated", "Chaque tranche à son prix"
    VOLUME = "volume", "Tout au prix du palier atteint"


class Prorata(models.TextChoices):
    """What is due of a month or a year that is only used in part (`catalog.prices.proration`)."""

    NONE = "none", "Toute période commencée est due"
    MONTH = "month", "Au prorata des mois commencés"
    DAY = "day", "Au prorata des jours"


class PricePeriod(models.TextChoices):
    MONTH = "month", "par mois"
    YEAR = "year", "par an"
    HOUR = "hour", "par heure"
    NONE = "none", "sans durée"


class SupplierSize(models.TextChoices):
    MICRO = "micro", "Microentreprise"
    PME = "pme", "PME"
    ETI = "eti", "ETI"
    GE = "ge", "Grande entreprise"


class Inclusion(models.TextChoices):
    """Who a market may be reserved for (code de la commande publique, articles L. 2113-12 and L. 2113-13)."""

    EA = "ea", "Entreprise adaptée"
    ESAT = "esat", "Établissement ou service d’accompagnement par le travail (ESAT)"
    SIAE = "siae", "Structure d’insertion par l’activité économique (SIAE)"
    NONE = "none", "Aucune de ces structures"


class FrenchRegion(models.TextChoices):
    """Codes of the INSEE (code officiel géographique)."""

    GUADELOUPE = "01", "Guadeloupe"
    MARTINIQUE = "02", "Martinique"
    GUYANE = "03", "Guyane"
    LA_REUNION = "04", "La Réunion"
    MAYOTTE = "06", "Mayotte"
    ILE_DE_FRANCE = "11", "Île-de-France"
    CENTRE_VAL_DE_LOIRE = "24", "Centre-Val de Loire"
    BOURGOGNE_FRANCHE_COMTE = "27", "Bourgogne-Franche-Comté"
    NORMANDIE = "28", "Normandie"
    HAUTS_DE_FRANCE = "32", "Hauts-de-France"
    GRAND_EST = "44", "Grand Est"
    PAYS_DE_LA_LOIRE = "52", "Pays de la Loire"
    BRETAGNE = "53", "Bretagne"
    NOUVELLE_AQUITAINE = "75", "Nouvelle-Aquitaine"
    OCCITANIE = "76", "Occitanie"
    AUVERGNE_RHONE_ALPES = "84", "Auvergne-Rhône-Alpes"
    PROVENCE_ALPES_COTE_D_AZUR = "93", "Provence-Alpes-Côte d’Azur"
    CORSE = "94", "Corse"


class ChangeKind(models.TextChoices):
    """What the feed of changes says happened to an offer that the public reads."""

    OPENED = "opened", "Fiche publique ouverte"
    LISTED = "listed", "Référencée"
    CHANGED = "changed", "Modifiée"
    SUSPENDED = "suspended", "Suspendue"
    REINSTATED = "reinstated", "Suspension levée"
    WITHDRAWN = "withdrawn", "Retirée"
    REMOVED = "removed", "Supprimée"
    TRUST_FACT = "trust_fact", "Fait daté d’une qualification ou d’un label"
    TRUST_CHANGED = "trust_changed", "Qualification ou label modifié, couches dessous comprises"


class Freshness(models.TextChoices):
    """How far the facts of a sheet may still be believed (`catalog.freshness`)."""

    FRESH = "fresh", "À jour"
    TO_CONFIRM = "to_confirm", "À reconfirmer"
    STALE = "stale", "Périmée"
    UNKNOWN = "unknown", "Jamais confirmée"


class FactsEventKind(models.TextChoices):
    CONFIRMED = "confirmed", "Confirmée par le fournisseur"
    ASKED = "asked", "Confirmation demandée"


class NewsKind(models.TextChoices):
    """What a saved search says of an offer since the last look."""

    LOST = "lost", "Statut perdu"
    FOUND = "found", "Nouvelle dans les résultats"
    GONE = "gone", "Sortie des résultats"
    CHANGED = "changed", "Modifiée"


class RegisterImportState(models.TextChoices):
    PREPARED = "prepared", "À confirmer"
    APPLIED = "applied", "Appliqué"
    DROPPED = "dropped", "Abandonné"
    UNDONE = "undone", "Annulé"


class DifferenceKind(models.TextChoices):
    NEW = "new", "Nouvelle ligne"
    CHANGED = "changed", "Ligne modifiée"
    GONE = "gone", "Ligne disparue"
