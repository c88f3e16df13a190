"""Words of the R9 derogation."""

from django.db import models


class DerogationState(models.TextChoices):
    """`expiring` is derived from the clock, never stored."""

    ASKED = "asked", "Demandée"
    MINISTER_SIGNED = "minister_signed", "Signée par le ministre"
    PRIME_MINISTER_VALIDATED = "prime_minister_validated", "Validée par le Premier ministre"
    ACTIVE = "active", "En vigueur"
    EXPIRING = "expiring", "Expire bientôt"
    EXPIRED = "expired", "Expirée"
    REFUSED = "refused", "Refusée"


STORED_DEROGATIONS = tuple(state for state in DerogationState if state != DerogationState.EXPIRING)
LIVING_DEROGATIONS = (
    DerogationState.ASKED,
    DerogationState.MINISTER_SIGNED,
    DerogationState.PRIME_MINISTER_VALIDATED,
    DerogationState.ACTIVE,
)


class ActKind(models.TextChoices):
    REQUEST = "request", "Demande"
    MINISTER = "minister", "Signature du ministre"
    PRIME_MINISTER = "prime_minister", "Validation du Premier ministre"
    FINDING = "finding", "Constat d’une offre acceptable"
    REFUSAL = "refusal", "Refus"


# Acts that are worth nothing without the signed paper.
DOCUMENTED_ACTS = (ActKind.REQUEST, ActKind.MINISTER, ActKind.PRIME_MINISTER, ActKind.FINDING)
