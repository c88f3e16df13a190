"""Words of the purchase: vehicles, orders, contracts and their reviews."""

from django.db import models

# Firms that hold one lot of a framework agreement.
MOST_HOLDERS = 50


class VehicleKind(models.TextChoices):
    CENTRAL_PURCHASING = "central_purchasing", "Centrale d’achat"
    FRAMEWORK = "framework", "Accord-cadre"
    OWN_CONTRACT = "own_contract", "Marché de l’administration"
    DYNAMIC = "dynamic", "Système d’acquisition dynamique"


# A dynamic system is opened on a page of its own, that suppliers read.
RECORDED = [(kind.value, kind.label) for kind in VehicleKind if kind != VehicleKind.DYNAMIC]


class OrderState(models.TextChoices):
    DRAFT = "draft", "Brouillon"
    AWAITING_OPINIONS = "awaiting_opinions", "En attente des avis"
    AWAITING_APPROVAL = "awaiting_approval", "En attente d’approbation"
    APPROVED = "approved", "Approuvé"
    COMMITTED = "committed", "Engagé"
    SENT = "sent", "Envoyé au fournisseur"
    ACKNOWLEDGED = "acknowledged", "Réception accusée"
    REFUSED = "refused", "Refusé par le fournisseur"
    REJECTED = "rejected", "Refusé par la personne qui approuve"
    CANCELLED = "cancelled", "Annulé"
    # By the order made of the counter-proposal that was accepted.
    REPLACED = "replaced", "Remplacé"


class ContractState(models.TextChoices):
    ACTIVE = "active", "En cours"
    ENDING = "ending", "Fin proche"
    ENDED = "ended", "Terminé"
    TERMINATED = "terminated", "Résilié"


class ContractPhase(models.TextChoices):
    """What is shown of a contract, by the clock: never stored (`Contract.state_on`)."""

    UPCOMING = "upcoming", "À venir"
    ACTIVE = ContractState.ACTIVE.value, ContractState.ACTIVE.label
    ENDING = ContractState.ENDING.value, ContractState.ENDING.label
    ENDED = ContractState.ENDED.value, ContractState.ENDED.label
    TERMINATED = ContractState.TERMINATED.value, ContractState.TERMINATED.label


class VatRegime(models.TextChoices):
    """The supplier's regime; a blank value is unknown."""

    NORMAL = "normal", "TVA facturée"
    FRANCHISE = "franchise", "Franchise en base (article 293 B du CGI)"


class ReviewKind(models.TextChoices):
    REVIEW = "review", "Réexamen"
    EXIT_CLAUSE = "exit_clause", "Clause de sortie"


class ReviewDecision(models.TextChoices):
    KEEP = "keep", "Poursuivre le contrat"
    LEAVE = "leave", "Sortir du contrat"


# The supplier's side never sees what the buyer is still writing or arguing about.
STATES_SEEN_BY_SUPPLIER = (
    OrderState.SENT,
    OrderState.ACKNOWLEDGED,
    OrderState.REFUSED,
)
# What counts against a vehicle's maximum and a person's record: amounts already agreed.
ENGAGED_STATES = (OrderState.APPROVED, OrderState.COMMITTED, OrderState.SENT, OrderState.ACKNOWLEDGED)
# Orders on which a lost status can still change something.
OPEN_STATES = (
    OrderState.DRAFT,
    OrderState.AWAITING_OPINIONS,
    OrderState.AWAITING_APPROVAL,
    OrderState.APPROVED,
    OrderState.COMMITTED,
    OrderState.SENT,
)
RUNNING_CONTRACTS = (ContractState.ACTIVE, ContractState.ENDING)
