"""Words of the publication of a contract's essential data."""

from django.db import models

MOST_REASON = 2000


class PublicationState(models.TextChoices):
    DRAFT = "draft", "Brouillon"
    REVIEWED = "reviewed", "Relu, à publier"
    PUBLISHED = "published", "Publié"
    ELSEWHERE = "elsewhere", "Publié ailleurs"
    DROPPED = "dropped", "Écarté"


# Waiting for somebody of the administration.
OPEN_PUBLICATIONS = (PublicationState.DRAFT, PublicationState.REVIEWED)


class FileKind(models.TextChoices):
    DECP = "decp", "Données essentielles (DECP 2.0.3)"
    OCDS_RELEASES = "ocds-releases", "OCDS 1.1.5, une publication par ligne"
    OCDS_RECORDS = "ocds-records", "OCDS 1.1.5, un dossier par ligne"
