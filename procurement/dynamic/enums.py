from django.db import models

MOST_PAPERS, MOST_CATEGORIES = 10, 20


class AdmissionState(models.TextChoices):
    ASKED = "asked", "Candidature à évaluer"
    ADMITTED = "admitted", "Admise"
    REFUSED = "refused", "Refusée"
    WITHDRAWN = "withdrawn", "Retirée"
    ENDED = "ended", "Admission terminée"


# One a supplier in a system; the others are history.
LIVING_ADMISSIONS = (AdmissionState.ASKED, AdmissionState.ADMITTED)
# A reason is due, and the supplier reads it.
REASONED = (AdmissionState.REFUSED, AdmissionState.ENDED)
