"""Who does what to a consultation. States are judged by moves and actions, not here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import Role
from procurement.abilities import project_abilities

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import Consultation, Project, ResponseDraft

OTHER_ADMINISTRATION = "Cette consultation est celle d’une autre administration."
NOT_HOLDER = "Vous ne tenez aucune part de la clé de cette consultation."
A_PERSON = "Une personne, et non une machine, fait cela."
OF_THE_SUPPLIER = "Cette réponse est celle d’un autre fournisseur."

WRITES = ("edit", "add_document", "announce", "answer", "record_sending", "export_notice")
BUYS = (
    "name_holders",
    "replace_holder",
    "publish",
    "invite",
    "extend",
    "declare_sans_suite",
    "declare_infructueux",
    "withdraw",
)
HOLDS = ("take_secret", "rehearse", "give_secret")


def consultations_abilities(actor: Actor) -> Verdicts:
    """What needs no consultation yet."""
    buyer = actor.is_buyer and actor.has(Role.REQUESTER, Role.PURCHASING)
    return {"create": "" if buyer else role_needed(Role.REQUESTER, Role.PURCHASING)}


def begin_ability(actor: Actor, project: Project) -> Verdicts:
    """An author of the project, or its service achats."""
    own = actor.organisation is not None and actor.organisation.pk == project.organisation_id
    if own and actor.has(Role.PURCHASING):
        return {"create": ""}
    return {"create": project_abilities(actor, project)["edit"]}


def consultation_abilities(actor: Actor, consultation: Consultation) -> Verdicts:
    """One query at most, for who holds a share."""
    own = actor.organisation is not None and actor.organisation.pk == consultation.organisation_id
    writes = _of_buyer(actor, own, Role.REQUESTER, Role.PURCHASING)
    buys = _of_buyer(actor, own, Role.PURCHASING)
    return {
        **dict.fromkeys(WRITES, writes),
        **dict.fromkeys(BUYS, buys),
        **dict.fromkeys(HOLDS, _holds(actor, consultation, own=own)),
        "see_responses": _sees(actor, own=own),
        "respond": respond_verdict(actor),
        "ask": respond_verdict(actor),
        # The clock, the rehearsal, the ceremony and the last notification make these moves.
        **dict.fromkeys(
            ("call_candidates", "close", "open", "award", "prove_keys", "renew_keys"),
            "Personne ne fait ce pas à la main.",
        ),
    }


def _of_buyer(actor: Actor, own: bool, *roles: str) -> str:
    if not own:
        return OTHER_ADMINISTRATION
    return "" if actor.has(*roles) else role_needed(*roles)


def _holds(actor: Actor, consultation: Consultation, *, own: bool) -> str:
    if not own:
        return OTHER_ADMINISTRATION
    if actor.user is None:
        return A_PERSON
    return "" if consultation.holders.filter(user=actor.user).exists() else NOT_HOLDER


def _sees(actor: Actor, *, own: bool) -> str:
    return "" if actor.has(Role.AUDITOR) or (own and actor.roles) else OTHER_ADMINISTRATION


def respond_verdict(actor: Actor) -> str:
    """To write a response or to ask: a member of a supplier. Conditions are told apart."""
    if actor.is_supplier and actor.has(Role.SUPPLIER_EDITOR, Role.SUPPLIER_MANAGER):
        return ""
    return role_needed(Role.SUPPLIER_EDITOR, Role.SUPPLIER_MANAGER)


def drafts_abilities(actor: Actor) -> Verdicts:
    return {"create": respond_verdict(actor)}


def draft_abilities(actor: Actor, draft: ResponseDraft) -> Verdicts:
    """Everybody who writes for the supplier edits; who signs for it deposits."""
    own = actor.organisation is not None and draft.supplier.organisation_id == actor.organisation.pk
    if not own:
        return dict.fromkeys(("edit", "deposit"), OF_THE_SUPPLIER)
    signs = "" if actor.has(Role.SUPPLIER_MANAGER) else role_needed(Role.SUPPLIER_MANAGER)
    return {"edit": respond_verdict(actor), "deposit": signs}


def questions_abilities(actor: Actor) -> Verdicts:
    return {"create": respond_verdict(actor)}
