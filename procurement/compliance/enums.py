from django.db import models


class ComplianceKind(models.TextChoices):
    IMPACT_ASSESSMENT = "impact_assessment", "Analyse d’impact (AIPD)"
    ACCREDITATION = "accreditation", "Homologation de sécurité"


class Outcome(models.TextChoices):
    """The first three of an AIPD (GDPR, articles 35 and 36), the others of an homologation."""

    NOT_DUE = "not_due", "Non requise"
    ACCEPTED = "accepted", "Faite, risques acceptables"
    HIGH_RISK = "high_risk", "Faite, risque élevé : la CNIL est à consulter"
    GRANTED = "granted", "Prononcée"
    RESERVED = "reserved", "Prononcée avec réserves"
    REFUSED = "refused", "Refusée"


OUTCOMES = {
    ComplianceKind.IMPACT_ASSESSMENT: (Outcome.NOT_DUE, Outcome.ACCEPTED, Outcome.HIGH_RISK),
    ComplianceKind.ACCREDITATION: (Outcome.GRANTED, Outcome.RESERVED, Outcome.REFUSED),
}
# An homologation is given for a time.
IN_FORCE = (Outcome.GRANTED, Outcome.RESERVED)
MOST_TEXT = 2000
