"""Words of the route chosen for a project."""

from django.db import models

MOST_REASON = 2000


class RouteChoiceState(models.TextChoices):
    PROPOSED = "proposed", "À confirmer par le service achats"
    CONFIRMED = "confirmed", "Confirmée"
    REFUSED = "refused", "Refusée"
    REPLACED = "replaced", "Remplacée"


LIVING_CHOICES = (RouteChoiceState.PROPOSED, RouteChoiceState.CONFIRMED)
