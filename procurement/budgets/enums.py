from django.db import models


class BudgetKind(models.TextChoices):
    LINE = "line", "Ligne d’une année"
    PROJECT = "project", "Enveloppe d’un projet"


class BudgetState(models.TextChoices):
    OPEN = "open", "Ouvert"
    CLOSED = "closed", "Clos"


class ReleaseReason(models.TextChoices):
    CANCELLED = "cancel", "Bon de commande annulé"
    REFUSED = "refuse", "Refusé par le fournisseur"
    REOPENED = "reopen", "Repris en brouillon"
    REPLACED = "replace", "Remplacé par une contre-proposition"


# In percent of a ceiling; told once each time it is passed.
ALERT_THRESHOLDS = (80, 100)
FIRST_YEAR, LAST_YEAR = 2000, 2100
