from django.db import models

MOST_REFERENCE, MOST_URL = 100, 500


class Medium(models.TextChoices):
    BOAMP = "boamp", "BOAMP"
    JAL = "jal", "Journal d’annonces légales"
    JOUE = "joue", "Journal officiel de l’Union européenne"
