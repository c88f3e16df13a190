from django.db import models


class AmendmentKind(models.TextChoices):
    AMENDMENT = "amendment", "Avenant"
    RENEWAL = "renewal", "Reconduction"
    PARTIAL_TERMINATION = "partial_termination", "Résiliation partielle"


class AmendmentState(models.TextChoices):
    PROPOSED = "proposed", "À approuver"
    APPROVED = "approved", "Approuvé"
    REFUSED = "refused", "Refusé"
    WITHDRAWN = "withdrawn", "Retiré"
