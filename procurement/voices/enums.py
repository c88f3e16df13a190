"""Words of reviews by users: what is judged, on which scale, and why the law hides one."""

from django.db import models


class Criterion(models.TextChoices):
    ONBOARDING = "onboarding", "Mise en service"
    AVAILABILITY = "availability", "Disponibilité"
    SUPPORT = "support", "Assistance"
    REVERSIBILITY = "reversibility", "Réversibilité"
    DOCUMENTATION = "documentation", "Documentation"


class Step(models.TextChoices):
    """In words, worst first. They are counted one by one, never turned into a number."""

    VERY_POOR = "very_poor", "Très insatisfaisant"
    POOR = "poor", "Insatisfaisant"
    FAIR = "fair", "Moyen"
    GOOD = "good", "Satisfaisant"
    VERY_GOOD = "very_good", "Très satisfaisant"


class UserReviewState(models.TextChoices):
    PUBLISHED = "published", "Publié"
    HIDDEN = "hidden", "Masqué pour un motif légal"
    CONTESTED = "contested", "Masqué, contesté par son auteur"
    UPHELD = "upheld", "Masqué, contestation rejetée"


class LegalGround(models.TextChoices):
    """The only reasons that hide a review. Taste, severity or a supplier's displeasure are none."""

    DEFAMATION = "defamation", "Diffamation ou injure (loi du 29 juillet 1881, articles 29 à 33)"
    HATRED = "hatred", "Provocation à la haine ou à la discrimination (loi du 29 juillet 1881, article 24)"
    PERSONAL_DATA = "personal_data", "Donnée personnelle d’un tiers (RGPD, article 6)"
    TRADE_SECRET = "trade_secret", "Secret des affaires (code de commerce, article L. 151-1)"
    PROCEDURE = (
        "procedure",
        "Information confidentielle d’une procédure (code de la commande publique, article L. 2132-1)",
    )


# Who it is hidden from: everybody but its authors, the operator and the auditor.
UNSEEN_REVIEWS = (UserReviewState.HIDDEN, UserReviewState.CONTESTED, UserReviewState.UPHELD)
