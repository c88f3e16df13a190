"""Words of consultations."""

from django.db import models

MOST_TEXT, MOST_REASON, MOST_QUESTION = 10_000, 2000, 2000
MOST_LOTS, MOST_CRITERIA, MOST_PRICE_ITEMS, MOST_INVITED = 20, 20, 60, 50


class ConsultationKind(models.TextChoices):
    QUOTES = "quotes", "Demande de devis"
    SUBSEQUENT = "subsequent", "Marché subséquent"
    SPECIFIC = "specific", "Marché spécifique"
    ADAPTED = "adapted", "Procédure adaptée"
    FORMALISED = "formalised", "Procédure formalisée"


# Passed with those that a vehicle names: the holders of a lot, or those admitted to a dynamic system.
NAMED_KINDS = (ConsultationKind.SUBSEQUENT, ConsultationKind.SPECIFIC)


class Access(models.TextChoices):
    OPEN = "open", "Ouverte à tous"
    INVITED = "invited", "Sur invitation"
    RESTRICTED = "restricted", "Restreinte, sur candidature"


# Read by everybody once published, whoever may answer.
PUBLIC_ACCESS = (Access.OPEN, Access.RESTRICTED)


class DelayReduction(models.TextChoices):
    """What the buyer may give as the reason of a shorter delay, where the text has one."""

    PRIOR_INFORMATION = "prior_information", "Avis de préinformation"
    URGENCY = "urgency", "Urgence dûment justifiée"


class ConsultationState(models.TextChoices):
    DRAFT = "draft", "Brouillon"
    KEYS_PROVED = "keys_proved", "Clé éprouvée"
    CANDIDATURES = "candidatures", "Candidatures"
    PUBLISHED = "published", "Publiée"
    CLOSED = "closed", "Close"
    OPENED = "opened", "Réponses ouvertes"
    AWARDED = "awarded", "Attribuée"
    SANS_SUITE = "sans_suite", "Sans suite"
    INFRUCTUEUX = "infructueux", "Infructueuse"
    WITHDRAWN = "withdrawn", "Abandonnée"


WRITTEN_STATES = (ConsultationState.DRAFT, ConsultationState.KEYS_PROVED)
# A reason is due; nothing more is bought under this number.
ENDED_STATES = (ConsultationState.SANS_SUITE, ConsultationState.INFRUCTUEUX, ConsultationState.WITHDRAWN)


class CriterionKind(models.TextChoices):
    PRICE = "price", "Prix"
    QUALITY = "quality", "Valeur technique"
    SECURITY = "security", "Sécurité"
    ENVIRONMENT = "environment", "Environnement"
    SOCIAL = "social", "Social"
    DELAY = "delay", "Délai"
    OTHER = "other", "Autre"


class PriceFormula(models.TextChoices):
    LOWEST_RATIO = "lowest_ratio", "Prix le plus bas rapporté au prix"
    DISTANCE = "distance", "Écart au prix le plus bas"


class HolderRole(models.TextChoices):
    OPENER = "opener", "Ouvre les réponses"
    RECOVERY = "recovery", "Secours, gardé hors ligne"


# The place of each holder is also the place of the share.
ROLE_OF_POSITION = {1: HolderRole.OPENER, 2: HolderRole.OPENER, 3: HolderRole.RECOVERY}


class Purpose(models.TextChoices):
    REHEARSAL = "rehearsal", "Essai"
    OPENING = "opening", "Ouverture"


class NoticeKind(models.TextChoices):
    CHANGE = "change", "Modification"
    EXTENSION = "extension", "Report de la clôture"
    OUTAGE = "outage", "Indisponibilité et report"


class Candidacy(models.TextChoices):
    DUME = "dume", "DUME"
    DC1 = "dc1", "DC1"
