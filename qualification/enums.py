"""Codes of qualification and their words on screen."""

from django.db import models


class Verdict(models.TextChoices):
    """Of an automatic check. Unknown is our failure or a fact not given: never a fault of the supplier."""

    PASS = "pass", "Conforme"
    WARN = "warn", "À surveiller"
    FAIL = "fail", "Non conforme"
    UNKNOWN = "unknown", "Non vérifié"


class DossierState(models.TextChoices):
    DRAFT = "draft", "Brouillon"
    SUBMITTED = "submitted", "Envoyé"
    CHECKING = "checking", "Contrôles en cours"
    INSTRUCTION = "instruction", "En instruction"
    CORRECTIONS_REQUESTED = "corrections_requested", "Corrections demandées"
    PROPOSED = "proposed", "Décision proposée"
    DECIDED = "decided", "Décidé"
    APPEALED = "appealed", "Recours en cours"


class ListingOutcome(models.TextChoices):
    """What DINUM decides about the listing. It lists; it never grants a qualification."""

    LISTED = "listed", "Référencer"
    LISTED_WITH_RESERVES = "listed_with_reserves", "Référencer avec réserves"
    REFUSED = "refused", "Refuser"


LISTING_OUTCOMES = frozenset({ListingOutcome.LISTED, ListingOutcome.LISTED_WITH_RESERVES})


class FindingVerdict(models.TextChoices):
    """An officer's judgement on one requirement."""

    CONFORM = "conform", "Conforme"
    CONFORM_WITH_RESERVE = "conform_with_reserve", "Conforme avec réserve"
    NOT_CONFORM = "not_conform", "Non conforme"
    NOT_APPLICABLE = "not_applicable", "Sans objet"


class FindingSeverity(models.TextChoices):
    """How much a finding weighs, for what is not plainly compliant."""

    BLOCKING = "blocking", "Bloquant"
    MAJOR = "major", "Majeur"
    MINOR = "minor", "Mineur"


class RedactionGround(models.TextChoices):
    """Why a passage is hidden (code of relations with the public, L311-5 and L311-6)."""

    BUSINESS = "business", "Secret des affaires"
    PRIVATE = "private", "Vie privée"
    SECURITY = "security", "Sécurité des systèmes d’information"


class CopyOutcome(models.TextChoices):
    """What anybody may read of a piece of evidence of a decided dossier."""

    WHOLE = "whole", "Communiquée en entier"
    REDACTED = "redacted", "Communiquée, parties occultées"
    WITHHELD = "withheld", "Non communiquée"


class Implementation(models.TextChoices):
    """Where a supplier says it stands on a requirement."""

    DONE = "done", "En place"
    PARTLY = "partly", "En partie en place"
    PLANNED = "planned", "Prévue"
    NOT_DONE = "not_done", "Pas en place"


class DecisionStage(models.TextChoices):
    FIRST = "first", "Décision"
    APPEAL = "appeal", "Décision sur recours"


class DisputeState(models.TextChoices):
    """Of the supplier's dispute of a check's result."""

    LODGED = "lodged", "En attente de réponse"
    UPHELD = "upheld", "Retenue"
    REJECTED = "rejected", "Rejetée"


class DisputeEffect(models.TextChoices):
    """What an upheld dispute does to the result contested."""

    RERUN = "rerun", "Contrôle relancé"
    SET_ASIDE = "set_aside", "Résultat écarté"


class RunTrigger(models.TextChoices):
    ROUND = "round", "Envoi du dossier"
    REPLAY = "replay", "Relance"
    WATCH = "watch", "Surveillance"


class SignedKind(models.TextChoices):
    """What a credential of ours says."""

    OFFER = "offer", "Constats sur une offre"
    VERIFICATION = "verification", "Vérification d’un titre Gaia-X"


class CredentialStanding(models.TextChoices):
    """How a presentation attached to an offer reads now."""

    CURRENT = "current", "Conforme"
    FAILED = "failed", "Ne passe plus nos contrôles"
    EXPIRED = "expired", "Expiré"
    STALE = "stale", "Non revérifié depuis plus de sept jours"
    DETACHED = "detached", "Détaché"
