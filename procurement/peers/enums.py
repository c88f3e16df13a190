"""Words of « Un pair l’utilise »: an agreement to be contacted, a message from another administration."""

from django.db import models

from marketplace.accounts.enums import Role

# Who may lend their name: those who lead the need, buy, or answer for the organisation.
PEER_ROLES = frozenset({Role.REQUESTER, Role.PURCHASING, Role.ORGANISATION_ADMIN})
MOST_TEXT = 2000


class PeerConsentState(models.TextChoices):
    OPEN = "open", "En vigueur"
    WITHDRAWN = "withdrawn", "Retiré"


class PeerMessageState(models.TextChoices):
    SENT = "sent", "En attente de réponse"
    ANSWERED = "answered", "Répondu"
    DECLINED = "declined", "Décliné"
    LAPSED = "lapsed", "Sans suite\u00a0: accord retiré"
