from django.db import models


class ShareState(models.TextChoices):
    PROPOSED = "proposed", "Accord des auteurs attendu"
    SHARED = "shared", "Partagé"
    WITHDRAWN = "withdrawn", "Retiré"


class ShownPart(models.TextChoices):
    """What authors may show beside the object, the categories, the models and the volume."""

    DESCRIPTION = "description", "Le besoin"
    CALENDAR = "calendar", "Les dates"
    COST = "cost", "Le coût complet"


class GroupState(models.TextChoices):
    FORMING = "forming", "En formation"
    SIGNING = "signing", "Convention à signer"
    SIGNED = "signed", "Convention signée par tous"
    DISSOLVED = "dissolved", "Dissous"


class MemberState(models.TextChoices):
    INVITED = "invited", "Invitée"
    JOINED = "joined", "Membre"
    DECLINED = "declined", "A décliné"
    LAPSED = "lapsed", "Invitation caduque"
    LEFT = "left", "Sortie"


LIVING_SHARES = (ShareState.PROPOSED, ShareState.SHARED)
LIVING_GROUPS = (GroupState.FORMING, GroupState.SIGNING, GroupState.SIGNED)
PRESENT = (MemberState.INVITED, MemberState.JOINED)
SOURCE = "Code de la commande publique, articles L2113-6 à L2113-8"
