from django.db import models


class StatementState(models.TextChoices):
    DRAFT = "draft", "Brouillon"
    SUBMITTED = "submitted", "Service fait à attester"
    ATTESTED = "attested", "Service fait à certifier"
    CERTIFIED = "certified", "Service fait certifié"
    REFUSED = "refused", "Refusé"
    REPLACED = "replaced", "Remplacé"
    WITHDRAWN = "withdrawn", "Retiré"


# What counts against what was ordered: a period and a component are stated once among these.
COUNTED_STATES = (StatementState.SUBMITTED, StatementState.ATTESTED, StatementState.CERTIFIED)
# What an administration recognised as done.
DONE_STATES = (StatementState.ATTESTED, StatementState.CERTIFIED)
