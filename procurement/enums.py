"""Words of the need: projects, assessments, opinions, eligible offers (orders: enums_orders)."""

from django.db import models


class ProjectState(models.TextChoices):
    DRAFT = "draft", "Brouillon"
    ASSESSED = "assessed", "Sensibilité décidée"
    SOURCING = "sourcing", "Recherche d’offres"
    BUYING = "buying", "Achat en cours"
    RUNNING = "running", "En service"
    CLOSED = "closed", "Terminé"
    ABANDONED = "abandoned", "Abandonné"


class ProjectKind(models.TextChoices):
    NEW = "new", "Un projet nouveau"
    MAJOR_CHANGE = "major_change", "Une évolution majeure d’un produit existant"
    EXISTING = "existing", "Un produit existant, sans évolution majeure"


class Hosting(models.TextChoices):
    COMMERCIAL_CLOUD = "commercial_cloud", "Un cloud commercial"
    INTERNAL_CLOUD = "internal_cloud", "Le cloud interne de l’État"
    NONE = "none", "Pas de cloud"


class Criticality(models.TextChoices):
    """How long the service may stop; the continuity asked of R5 follows from it."""

    LOW = "low", "Faible : un arrêt de plusieurs jours se supporte"
    MEDIUM = "medium", "Moyenne : un arrêt d’une journée se supporte"
    HIGH = "high", "Forte : un arrêt de quelques heures se supporte"
    VITAL = "vital", "Vitale : un arrêt ne se supporte pas"


class SensitiveData(models.TextChoices):
    PROTECTED_SECRET = "protected_secret", "Un secret protégé par la loi"
    ESSENTIAL_MISSION = "essential_mission", "Une mission essentielle de l’État"


class Harm(models.TextChoices):
    PUBLIC_ORDER = "public_order", "L’ordre public"
    PUBLIC_SECURITY = "public_security", "La sécurité publique"
    HEALTH_LIFE = "health_life", "La santé ou la vie des personnes"
    INTELLECTUAL_PROPERTY = "intellectual_property", "La propriété intellectuelle"


class Aspect(models.TextChoices):
    """What a breach would touch of the data."""

    CONFIDENTIALITY = "confidentiality", "Confidentialité"
    INTEGRITY = "integrity", "Intégrité"
    AVAILABILITY = "availability", "Disponibilité"
    TRACEABILITY = "traceability", "Traçabilité"


class AssessmentState(models.TextChoices):
    DRAFT = "draft", "Réponses en cours"
    AWAITING_OPINIONS = "awaiting_opinions", "En attente des avis et de la décision"
    DECIDED = "decided", "Décidée"
    SUPERSEDED = "superseded", "Remplacée"


class OpinionKind(models.TextChoices):
    RSSI = "rssi", "RSSI"
    DPO = "dpo", "DPO"


class OpinionVerdict(models.TextChoices):
    FAVOURABLE = "favourable", "Favorable"
    RESERVED = "reserved", "Favorable avec réserves"
    UNFAVOURABLE = "unfavourable", "Défavorable"


class Standing(models.TextChoices):
    """Where an offer stands against a project's obligations."""

    ELIGIBLE = "eligible", "Conforme"
    TO_CHECK = "to_check", "À vérifier"
    REFUSED = "refused", "Écartée"


class FrozenAt(models.TextChoices):
    """The step of a project at which the lists of its offers are kept."""

    SHORTLIST = "shortlist", "Présélection figée"
    ASSESSMENT = "assessment", "Sensibilité décidée"
    ROUTE = "route", "Voie d’achat confirmée"
    CONSULTATION = "consultation", "Consultation publiée"
    ORDER = "order", "Bon de commande envoyé"


OPEN_PROJECTS = (
    ProjectState.DRAFT,
    ProjectState.ASSESSED,
    ProjectState.SOURCING,
    ProjectState.BUYING,
    ProjectState.RUNNING,
)
OPEN_ASSESSMENTS = (AssessmentState.DRAFT, AssessmentState.AWAITING_OPINIONS)
