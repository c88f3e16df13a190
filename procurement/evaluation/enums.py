from django.db import models

MOST_REASON, MOST_TEXT, MOST_EVALUATORS = 2000, 10_000, 20


class EvaluationState(models.TextChoices):
    MARKING = "marking", "Notes séparées"
    CONSENSUS = "consensus", "Mise en commun"
    EVALUATED = "evaluated", "Évaluée"


class SetAsideGround(models.TextChoices):
    IRREGULAR = "irregular", "Irrégulière"
    UNACCEPTABLE = "unacceptable", "Inacceptable"
    INAPPROPRIATE = "inappropriate", "Inappropriée"
    ABNORMALLY_LOW = "abnormally_low", "Anormalement basse"


class ClarificationKind(models.TextChoices):
    CLARIFICATION = "clarification", "Précision"
    LOW_PRICE = "low_price", "Justification d’un prix bas"
