from django.db import models

from marketplace.accounts.enums import Role

# Who may sign a step of a chain.
SIGNING_ROLES = (
    Role.SECURITY_OFFICER,
    Role.DATA_OFFICER,
    Role.DNUM,
    Role.PURCHASING,
    Role.FINANCE,
    Role.APPROVER,
    Role.AUTHORISING_OFFICER,
)
SIGNING_CHOICES = [(role.value, role.label) for role in SIGNING_ROLES]
# One of them signs every order, whatever it is: a chain never leaves an order to nobody.
BINDING_ROLES = frozenset({Role.APPROVER, Role.AUTHORISING_OFFICER})
MOST_STEPS = 12


class Sensitivity(models.TextChoices):
    ANY = "any", "Tous les projets"
    SENSITIVE = "sensitive", "Projets qui exigent SecNumCloud"


class DelegationState(models.TextChoices):
    ACTIVE = "active", "Accordée"
    REVOKED = "revoked", "Retirée"
