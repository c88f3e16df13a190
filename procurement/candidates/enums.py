from django.db import models

MOST_PAPERS = 20


class CandidateState(models.TextChoices):
    GIVEN = "given", "Remise"
    SELECTED = "selected", "Retenue"
    REJECTED = "rejected", "Non retenue"
    WITHDRAWN = "withdrawn", "Retirée"


LIVING_CANDIDATES = (CandidateState.GIVEN, CandidateState.SELECTED, CandidateState.REJECTED)


class RejectionGround(models.TextChoices):
    """A candidate that fits may be left out only because others came before it, up to the maximum."""

    UNFIT = "unfit", "Ne remplit pas les conditions"
    RANKED = "ranked", "Remplit les conditions, d’autres sont mieux classées selon les critères"
