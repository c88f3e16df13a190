"""Saving, sharing, following a search of the catalogue."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from django.core.exceptions import TooManyFieldsSent
from django.db import transaction
from django.http import QueryDict

from catalog.models import SavedSearch
from catalog.models.saved_search import MOST_QUERY
from catalog.saved_searches.abilities import search_abilities, searches_abilities
from marketplace.accounts.abilities import require
from marketplace.accounts.models import Membership
from marketplace.errors import RuleBroken

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

MOST_SEARCHES = 50
# The place in the list and what its cards say of a project are no part of what is looked for.
LEFT_OUT = ("page", "page_size", "projet", "fields", "facets", "format")


def parsed(text: str) -> QueryDict:
    """Without what is not printable. Raises RuleBroken on one that holds too many parameters."""
    clean = "".join(c for c in text.removeprefix("?") if unicodedata.category(c)[0] != "C")
    try:
        return QueryDict(clean[: 4 * MOST_QUERY], mutable=True)
    except TooManyFieldsSent as error:
        raise _too_long() from error


def searched(text: str) -> str:
    """A query string of the catalogue as it is kept. Raises RuleBroken on one that is too long."""
    query = parsed(text)
    for name in LEFT_OUT:
        query.pop(name, None)
    kept = query.urlencode()
    if len(kept) > MOST_QUERY:
        raise _too_long()
    return kept


def _too_long() -> RuleBroken:
    return RuleBroken(
        "query_too_long",
        f"Cette recherche est trop longue : {MOST_QUERY} caractères au plus. Retirez des filtres.",
        field="query",
    )


def save(*, actor: Actor, name: str, query: str, is_shared: bool = False, follow: bool = True) -> SavedSearch:
    """The author follows it, unless told otherwise. Raises NotAllowed, RuleBroken."""
    require(searches_abilities(actor), "create")
    with transaction.atomic():
        # Two tabs of one person wait for one another: names and number are counted under this lock.
        member = Membership.objects.select_for_update(of=("self",)).get(pk=_membership(actor).pk)
        own = SavedSearch.objects.filter(user=member.user, organisation=member.organisation)
        if own.count() >= MOST_SEARCHES:
            raise RuleBroken(
                "too_many_searches",
                f"Vous avez déjà {MOST_SEARCHES} recherches enregistrées. Supprimez-en une.",
                field="name",
            )
        _check_name(own, name)
        search = SavedSearch.objects.create(
            organisation=member.organisation,
            user=member.user,
            name=name,
            query=searched(query),
            is_shared=is_shared,
        )
        if follow:
            search.followers.add(member.user)
    return search


def edit(search: SavedSearch, *, actor: Actor, **values: Any) -> SavedSearch:
    """`name`, `is_shared`. Colleagues who followed a search that is no longer shared stop following."""
    require(search_abilities(actor, search), "edit")
    with transaction.atomic():
        row = SavedSearch.objects.select_for_update(of=("self",)).get(pk=search.pk)
        if "name" in values:
            others = SavedSearch.objects.filter(user=row.user_id, organisation=row.organisation_id)
            _check_name(others.exclude(pk=row.pk), values["name"])
        for field in ("name", "is_shared"):
            setattr(row, field, values.get(field, getattr(row, field)))
        row.save(update_fields=["name", "is_shared"])
        if not row.is_shared:
            row.followers.set(row.followers.filter(pk=row.user_id))
    return row


def delete(search: SavedSearch, *, actor: Actor) -> None:
    require(search_abilities(actor, search), "delete")
    search.delete()


def follow(search: SavedSearch, *, actor: Actor) -> None:
    """Safe to run twice."""
    require(search_abilities(actor, search), "follow")
    search.followers.add(_membership(actor).user)


def unfollow(search: SavedSearch, *, actor: Actor) -> None:
    require(search_abilities(actor, search), "unfollow")
    search.followers.remove(_membership(actor).user)


def _membership(actor: Actor) -> Membership:
    assert actor.membership is not None  # `create` asks for a person of an organisation
    return actor.membership


def _check_name(others: Any, name: str) -> None:
    if others.filter(name=name).exists():
        raise RuleBroken(
            "name_taken", "Vous avez déjà une recherche de ce nom. Choisissez-en un autre.", field="name"
        )
