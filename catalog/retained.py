"""« Retenue par votre administration »: what the members of an administration see of its own list.

Nothing of it is in the search index, which everybody shares: the list is read at each request of a
member and intersected with what the search finds.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from rest_framework.exceptions import NotAuthenticated, ValidationError

from catalog.curated.abilities import MEMBER, curated_abilities
from catalog.models import CuratedOffer
from marketplace.accounts.abilities import allowed
from marketplace.errors import NotAllowed

if TYPE_CHECKING:
    from django.http import QueryDict

    from catalog.models import Offer
    from catalog.search.query import OfferQuery
    from marketplace.accounts.actors import Actor

PARAMETER = "retained"
WORDS = "Retenue par votre administration"


def is_asked(given: QueryDict) -> bool:
    return given.get(PARAMETER, "").lower() in ("1", "true")


def retained_by(actor: Actor) -> dict[int, str]:
    """Offer key → what the actor's administration says of it. No query for who is no member of one."""
    if not _is_member(actor):
        return {}
    return dict(CuratedOffer.objects.filter(organisation=actor.organisation).values_list("offer_id", "kind"))


def narrowed(query: OfferQuery, given: QueryDict, retained: Mapping[int, str], *, actor: Actor) -> OfferQuery:
    """Only what is retained, when a member asks for it; the query itself for anybody else."""
    if is_asked(given) and _is_member(actor):
        return replace(query, only=frozenset(retained))
    return query


def asked_among_retained(query: OfferQuery, given: QueryDict, *, actor: Actor) -> OfferQuery:
    """As the API reads it. Raises NotAuthenticated (401), NotAllowed, ValidationError (400)."""
    asked = given.get(PARAMETER, "").lower()
    if asked in ("", "0", "false"):
        return query
    if actor.is_anonymous:
        raise NotAuthenticated
    if not _is_member(actor):
        raise NotAllowed("not_allowed", MEMBER)
    if asked not in ("1", "true"):
        raise ValidationError({PARAMETER: ["Donnez « 1 » ou « 0 »."]})
    return narrowed(query, given, retained_by(actor), actor=actor)


def said_of(offer: Offer, *, actor: Actor) -> CuratedOffer | None:
    """What the actor's own administration says of one offer. No query for who is no member of one."""
    if not _is_member(actor):
        return None
    rows = CuratedOffer.objects.filter(organisation=actor.organisation, offer=offer)
    return rows.select_related("added_by").first()


def _is_member(actor: Actor) -> bool:
    return actor.is_buyer and allowed(curated_abilities(actor), "list")
