"""Who may do what to a saved search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.abilities import SIGN_IN
from marketplace.accounts.abilities import Verdicts, governs

if TYPE_CHECKING:
    from catalog.models import SavedSearch
    from marketplace.accounts.actors import Actor

PERSON = "Une recherche enregistrée appartient à une personne, membre d’une organisation."
AUDITOR = "L’auditeur lit tout et n’écrit rien."
OWNER = "Seule la personne qui a enregistré cette recherche peut la modifier."


def searches_abilities(actor: Actor) -> Verdicts:
    """What needs no object."""
    if actor.is_anonymous:
        refusal = SIGN_IN
    elif actor.user is None or actor.organisation is None:
        refusal = PERSON
    else:
        writes = actor.is_buyer or actor.is_supplier or actor.is_operator
        refusal = "" if writes else AUDITOR
    return {"list": SIGN_IN if actor.is_anonymous else "", "create": refusal}


def search_abilities(actor: Actor, search: SavedSearch) -> Verdicts:
    """A shared search whose author left can still be deleted by the administrator of the organisation."""
    owner = "" if search.belongs_to(actor) else OWNER
    governed = search.is_shared and governs(actor, search.organisation)
    follows = searches_abilities(actor)["create"]
    return {"edit": owner, "delete": "" if governed else owner, "follow": follows, "unfollow": follows}
