from django.db import models


class ConventionState(models.TextChoices):
    DRAFT = "draft", "Brouillon"
    SIGNED = "signed", "Signée par l’administration"
    IN_FORCE = "in_force", "Signée des deux côtés"
    ENDED = "ended", "Terminée"
    ABANDONED = "abandoned", "Abandonnée"


# While it may still bind the project.
LIVING_CONVENTIONS = (ConventionState.DRAFT, ConventionState.SIGNED, ConventionState.IN_FORCE)
# Once both sides signed, what was re-invoiced is recorded.
SIGNED_BY_BOTH = (ConventionState.IN_FORCE, ConventionState.ENDED)
