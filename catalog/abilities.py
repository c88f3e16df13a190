"""Who may do what to an offer, a claim, a review, a mark. States are the moves' business."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.enums import OfferState
from catalog.models import (
    Category,
    DuplicatePair,
    Offer,
    OfferClaim,
    OfferHandover,
    PriceOutlier,
    RegisterDifference,
    RegisterImport,
    SectionDelegation,
    Supplier,
    TrustMark,
    TrustReport,
    VersionReview,
)
from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import OPERATOR_ROLES, OVERSIGHT_ROLES, SUPPLIER_ROLES, Role

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

YES = ""
SIGN_IN = "Connectez-vous pour faire cela."
_OWNER = "Seul le fournisseur de l’offre peut faire cela."
CURATOR = role_needed(Role.CURATOR, because="Seul l’opérateur peut faire cela.")
SUSPENDS = role_needed(Role.CURATOR, Role.DECISION_MAKER, because="Seul l’opérateur peut faire cela.")
OWNER = role_needed(Role.SUPPLIER_EDITOR, Role.SUPPLIER_MANAGER, because=_OWNER)
MANAGER = role_needed(Role.SUPPLIER_MANAGER, because=_OWNER)
SUPPLIER = role_needed(
    Role.SUPPLIER_EDITOR, Role.SUPPLIER_MANAGER, because="Seul un fournisseur peut faire cela."
)
SELF = role_needed(
    Role.SUPPLIER_EDITOR, Role.SUPPLIER_MANAGER, because="Seul ce fournisseur déclare ce qui le concerne."
)
CONFIRMED = "L’opérateur a constaté ce statut : vous ne pouvez plus le modifier."
RECEIVER = role_needed(Role.SUPPLIER_MANAGER, because="Seul le fournisseur qui reçoit l’offre répond.")
CLAIMANT = role_needed(Role.SUPPLIER_MANAGER, because="Seul un fournisseur revendique une fiche.")


def _or(allowed: bool, refusal: str, actor: Actor) -> str:
    if allowed:
        return YES
    return SIGN_IN if actor.is_anonymous else refusal


def owns(actor: Actor, offer: Offer) -> bool:
    organisation = actor.organisation
    return organisation is not None and offer.supplier.organisation_id == organisation.pk


def catalog_abilities(actor: Actor) -> Verdicts:
    """What needs no object."""
    curator = _or(actor.has(Role.CURATOR), CURATOR, actor)
    return {
        "create": _or(actor.is_supplier and actor.has(*SUPPLIER_ROLES), SUPPLIER, actor),
        "own_list": _or(actor.is_supplier and actor.has(*SUPPLIER_ROLES), SUPPLIER, actor),
        "curate": curator,
        "see_categories": _or(actor.has(Role.CURATOR, Role.AUDITOR), CURATOR, actor),
        "see_price_outliers": _or(actor.has(Role.CURATOR, Role.AUDITOR), CURATOR, actor),
        "see_duplicates": _or(actor.has(Role.CURATOR, Role.AUDITOR), CURATOR, actor),
        "see_handovers": _or(
            actor.has(Role.CURATOR, Role.AUDITOR) or (actor.is_supplier and actor.has(*SUPPLIER_ROLES)),
            CURATOR,
            actor,
        ),
        "see_registers": _or(actor.has(Role.CURATOR, Role.AUDITOR), CURATOR, actor),
        "see_qualifications": _or(
            actor.has(Role.CURATOR, Role.QUALIFICATION_OFFICER, Role.DECISION_MAKER, Role.AUDITOR),
            CURATOR,
            actor,
        ),
    }


def offer_abilities(actor: Actor, offer: Offer) -> Verdicts:
    owner = owns(actor, offer)
    editor = _or(owner and actor.has(*SUPPLIER_ROLES), OWNER, actor)
    manager = owner and actor.has(Role.SUPPLIER_MANAGER)
    curator = _or(actor.has(Role.CURATOR), CURATOR, actor)
    suspends = _or(actor.has(Role.CURATOR, Role.DECISION_MAKER), SUSPENDS, actor)
    return {
        "edit": editor,
        "propose": _or(manager, MANAGER, actor),
        "claim": _or(actor.is_supplier and actor.has(Role.SUPPLIER_MANAGER), CLAIMANT, actor),
        "suspend": suspends,
        "lift": suspends,
        "hand_over": curator,
        "confirm_facts": editor,
        "ask_facts": curator,
        "correct": curator,
        "withdraw": _or(manager or actor.has(Role.CURATOR), MANAGER, actor),
        "remove": curator,
        "see_evidence": _or(owner or actor.has(*OPERATOR_ROLES, *OVERSIGHT_ROLES), OWNER, actor),
    }


def delegations_abilities(actor: Actor) -> Verdicts:
    return {"create": _or(actor.is_supplier and actor.has(*SUPPLIER_ROLES), SUPPLIER, actor)}


def delegation_abilities(actor: Actor, delegation: SectionDelegation) -> Verdicts:
    return {"revoke": offer_abilities(actor, delegation.offer)["edit"]}


def supplier_abilities(actor: Actor, supplier: Supplier) -> Verdicts:
    curator = _or(actor.has(Role.CURATOR), CURATOR, actor)
    here = actor.organisation is not None and supplier.organisation_id == actor.organisation.pk
    own = _or(here and actor.has(*SUPPLIER_ROLES), SELF, actor)
    return {"suspend_offers": curator, "lift_offers": curator, "declare": own}


def categories_abilities(actor: Actor) -> Verdicts:
    """What needs no object."""
    return {"create": _or(actor.has(Role.CURATOR), CURATOR, actor)}


def category_abilities(actor: Actor, category: Category) -> Verdicts:
    return dict.fromkeys(("edit", *category.MOVES), _or(actor.has(Role.CURATOR), CURATOR, actor))


def claim_abilities(actor: Actor, claim: OfferClaim) -> Verdicts:
    """Nobody decides on the claim they made."""
    own = actor.is_person(claim.claimed_by_id)
    curator = _or(actor.has(Role.CURATOR), CURATOR, actor)
    decide = "Vous avez déposé cette revendication : une autre personne décide." if own else curator
    of_claimant = actor.organisation is not None and claim.organisation_id == actor.organisation.pk
    follow = _or(of_claimant and actor.has(Role.SUPPLIER_MANAGER), CLAIMANT, actor)
    return {
        "grant": decide,
        "refuse": decide,
        "cancel": follow,
        "check_dns": YES if curator == YES else follow,
    }


def handover_abilities(actor: Actor, handover: OfferHandover) -> Verdicts:
    """The receiving supplier answers, never the person who proposed it."""
    received = actor.organisation is not None and handover.organisation_to_id == actor.organisation.pk
    answer = _or(received and actor.has(Role.SUPPLIER_MANAGER), RECEIVER, actor)
    if actor.is_person(handover.proposed_by_id):
        answer = "Vous avez proposé ce transfert : une autre personne y répond."
    cancel = _or(actor.has(Role.CURATOR), CURATOR, actor)
    return {"accept": answer, "refuse": answer, "cancel": cancel}


def duplicate_abilities(actor: Actor, pair: DuplicatePair) -> Verdicts:
    curator = _or(actor.has(Role.CURATOR), CURATOR, actor)
    return dict.fromkeys(("dismiss", "ask", "confirm", "reopen"), curator)


def price_outlier_abilities(actor: Actor, outlier: PriceOutlier) -> Verdicts:
    curator = _or(actor.has(Role.CURATOR), CURATOR, actor)
    return dict.fromkeys(("keep", "ask", "reopen"), curator)


def review_abilities(actor: Actor, review: VersionReview) -> Verdicts:
    own = actor.is_person(review.proposed_by_id)
    curator = _or(actor.has(Role.CURATOR), CURATOR, actor)
    decide = "Vous avez proposé cette version : une autre personne décide." if own else curator
    return {"accept": decide, "refuse": decide}


def mark_abilities(actor: Actor, mark: TrustMark) -> Verdicts:
    """A register's mark is the operator's; a supplier edits what it declared itself."""
    curator = _or(actor.has(Role.CURATOR), CURATOR, actor)
    owner = owns(actor, mark.offer) and actor.has(*SUPPLIER_ROLES) and not mark.belongs_to_operator
    moves = dict.fromkeys(TrustMark.MOVES, curator)
    own = _or(owner, OWNER, actor)
    if owns(actor, mark.offer) and mark.belongs_to_operator:
        own = CONFIRMED
    return {
        **moves,
        "report": curator,
        "edit": own,
        "retract": own,
        "join_evidence": own,
        "see_evidence": offer_abilities(actor, mark.offer)["see_evidence"],
    }


def report_abilities(actor: Actor, report: TrustReport) -> Verdicts:
    return {"close": _or(actor.has(Role.CURATOR), CURATOR, actor)}


def import_abilities(actor: Actor, made: RegisterImport) -> Verdicts:
    """Who read the preview confirms it; any curator undoes."""
    curator = _or(actor.has(Role.CURATOR), CURATOR, actor)
    another = "La personne qui a préparé l’import le confirme : elle seule en a lu les écarts."
    own = curator if actor.is_person(made.prepared_by_id) else curator or another
    return {"apply": own, "drop": curator, "undo": curator}


def difference_abilities(actor: Actor, difference: RegisterDifference) -> Verdicts:
    return {"close": _or(actor.has(Role.CURATOR), CURATOR, actor)}


def is_editable(offer: Offer) -> bool:
    return offer.state in (OfferState.DRAFT, OfferState.LISTED, OfferState.SUSPENDED)
