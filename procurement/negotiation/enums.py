from django.db import models


class CounterProposalState(models.TextChoices):
    PROPOSED = "proposed", "À décider"
    ACCEPTED = "accepted", "Acceptée"
    REFUSED = "refused", "Refusée"
    WITHDRAWN = "withdrawn", "Retirée"
    LAPSED = "lapsed", "Sans objet"


class PrivatePriceState(models.TextChoices):
    """Whether it has expired is read from the clock."""

    GIVEN = "given", "Donné"
    WITHDRAWN = "withdrawn", "Retiré"
