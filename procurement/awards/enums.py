from django.db import models


class AwardState(models.TextChoices):
    PROPOSED = "proposed", "Certificats demandés"
    DECIDED = "decided", "Attribution décidée"
    LETTERS_SENT = "letters_sent", "Lettres envoyées"
    SIGNED = "signed", "Signée"
    NOTIFIED = "notified", "Notifiée"
    DROPPED = "dropped", "Abandonnée"


# Nothing stops any more after that: a contract binds.
BOUND_STATES = (AwardState.SIGNED, AwardState.NOTIFIED)


class CertificateKind(models.TextChoices):
    TAX = "tax", "Certificat fiscal"
    SOCIAL = "social", "Certificat social"


class OutcomeKind(models.TextChoices):
    """How a lot ends when nobody is to have it."""

    SANS_SUITE = "sans_suite", "Sans suite"
    INFRUCTUEUX = "infructueux", "Infructueux"
