from django.db import models


class ExitState(models.TextChoices):
    PREPARING = "preparing", "En préparation"
    RUNNING = "running", "Sortie en cours"
    CLOSED = "closed", "Clos"
    ABANDONED = "abandoned", "Abandonné"


LIVING_EXITS = (ExitState.PREPARING, ExitState.RUNNING)


class RehearsalResult(models.TextChoices):
    COMPLETE = "complete", "Réussi"
    PARTIAL = "partial", "Réussi en partie"
    FAILED = "failed", "Échoué"


class CheckOutcome(models.TextChoices):
    DONE = "done", "Fait"
    NOT_APPLICABLE = "not_applicable", "Sans objet"
