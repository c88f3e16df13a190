from django.db import models


class ControlKind(models.TextChoices):
    STUDY = "study", "Étude comparative transmise à la DINUM (R7)"
    DINUM = "dinum", "Contrôle de la DINUM (R8)"
    MINISTRY = "ministry", "Contrôle ministériel (R8)"


class ControlState(models.TextChoices):
    PREPARED = "prepared", "En préparation"
    SENT = "sent", "Transmis"
    ACKNOWLEDGED = "acknowledged", "Réception accusée"
    ANSWERED = "answered", "Avis rendu"
    WITHDRAWN = "withdrawn", "Retiré"


class PaperKind(models.TextChoices):
    FILE = "file", "Pièce du dossier"
    ACKNOWLEDGEMENT = "acknowledgement", "Accusé de réception"
    OPINION = "opinion", "Avis"


LIVING_CONTROLS = (
    ControlState.PREPARED,
    ControlState.SENT,
    ControlState.ACKNOWLEDGED,
    ControlState.ANSWERED,
)
# What R7 compares the scenarios on, in its words.
ASPECTS = {
    "economic": "Aspects économiques",
    "legal": "Aspects juridiques",
    "business": "Aspects métiers",
    "security": "Aspects de sécurité",
}
