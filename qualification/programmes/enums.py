"""Codes of the programmes and their words on screen."""

from django.db import models


class ProgrammeKind(models.TextChoices):
    SUPPORT = "support", "Aide aux PME"
    PROJECTS = "projects", "Appel à projets"


class CallState(models.TextChoices):
    """Open and closed are read from the clock, never written."""

    DRAFT = "draft", "Brouillon"
    PUBLISHED = "published", "Publié"
    CANCELLED = "cancelled", "Annulé"


class CallPhase(models.TextChoices):
    """What the clock makes of a published call."""

    DRAFT = "draft", "Brouillon"
    UPCOMING = "upcoming", "À venir"
    OPEN = "open", "Ouvert"
    CLOSED = "closed", "Clos"
    CANCELLED = "cancelled", "Annulé"


class ApplicationState(models.TextChoices):
    DRAFT = "draft", "Brouillon"
    SENT = "sent", "Envoyée"
    SELECTED = "selected", "Retenue"
    WAITLISTED = "waitlisted", "Sur liste complémentaire"
    REJECTED = "rejected", "Non retenue"
    WITHDRAWN = "withdrawn", "Retirée"


class Milestone(models.TextChoices):
    """The steps of a qualification by the ANSSI; only the ANSSI's acts make one reached."""

    J0 = "J0", "J0 : demande acceptée par l’ANSSI"
    J1 = "J1", "J1 : stratégie d’évaluation acceptée"
    J2 = "J2", "J2 : travaux d’évaluation acceptés"
    J3 = "J3", "J3 : décision de l’ANSSI"


class EligibilityVerdict(models.TextChoices):
    PASS = "pass", "Remplie"
    FAIL = "fail", "Non remplie"
    UNKNOWN = "unknown", "À préciser"


class ProposalState(models.TextChoices):
    """Of a consortium's project."""

    DRAFT = "draft", "Brouillon"
    SENT = "sent", "Envoyé"
    SELECTED = "selected", "Retenu"
    REJECTED = "rejected", "Non retenu"
    WITHDRAWN = "withdrawn", "Retiré"


class MemberRole(models.TextChoices):
    PUBLISHER = "publisher", "Éditeur"
    INTEGRATOR = "integrator", "Intégrateur"
    HOST = "host", "Hébergeur"
    OTHER = "other", "Autre partenaire"


class InvitationAnswer(models.TextChoices):
    CONFIRMED = "confirmed", "A confirmé"
    DECLINED = "declined", "A décliné"


class TargetKind(models.TextChoices):
    FUNCTIONAL = "functional", "Fonctionnel"
    TECHNICAL = "technical", "Technique"


class TargetVerdict(models.TextChoices):
    """What the demonstrator showed. Not shown is never counted as not met."""

    MET = "met", "Atteint"
    PARTLY = "partly", "Atteint en partie"
    NOT_MET = "not_met", "Non atteint"
    NOT_SHOWN = "not_shown", "Non montré"
