"""Counts and order against plain Python on random catalogues; what the words find."""

from __future__ import annotations

import difflib
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from catalog.filters import OfferFilterSet
from catalog.search.engine import search, spelling, total_without
from catalog.search.query import OfferQuery
from catalog.search.spelling import NEAR, Spellings
from tests.catalog.builders import make_offer
from tests.catalog.search_oracle import TODAY, TREE, check, insert, passes, random_query, seeded

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("round_", range(3))
def test_counts_ids_and_order_equal_those_of_plain_python(round_: int) -> None:
    rng = seeded()
    rows = insert(rng, 60)
    for _ in range(12):
        query = random_query(rng, rows)
        check(search(query, categories=TREE), query, rows)
        for name in query.used:
            freed = query.without(name)
            assert total_without(query, name) == sum(passes(row, freed) for row in rows)


def found(text: str, **more: Any) -> list[str]:
    query = OfferQuery(today=TODAY, q=text, **more)
    return [card["name"] for card in search(query).cards]


def test_words_are_found_without_accents_in_any_form_and_names_first() -> None:
    make_offer(answers={"name": "Alpha", "description": "Messageries sécurisées pour les agents."})
    make_offer(answers={"name": "Messagerie Zéta", "description": "Autre chose."})
    assert found("messagerie") == ["Messagerie Zéta", "Alpha"]
    assert found("securisee") == ["Alpha"]
    assert found("zeta") == ["Messagerie Zéta"]
    assert found("messagerie -zéta") == ["Alpha"]
    assert sorted(found("le de")) == ["Alpha", "Messagerie Zéta"]
    assert found("introuvable") == []
    assert spelling("mesagerie") == "messagerie"
    assert spelling("quetzalcoatl") is None


def test_the_first_look_at_spellings_loses_none_that_is_near() -> None:
    rng = seeded()
    words = sorted({"".join(rng.choices("abeé☃st", k=rng.randint(4, 9))) for _ in range(300)})
    known = Spellings(words)
    for typed in rng.sample(words, 40):
        near = difflib.get_close_matches(typed, words, n=300, cutoff=NEAR)
        assert set(near) <= set(known.with_its_letters(typed))


def test_a_change_shows_in_the_next_search_and_moves_the_version() -> None:
    from catalog.actions.reviews import accept, propose
    from marketplace.accounts.actors import Actor
    from tests.builders import actor_for, make_member

    member = make_member("supplier_manager")
    offer = make_offer(organisation=member.organisation, answers={"name": "Avant"})
    before = search(OfferQuery(today=TODAY)).version
    draft = offer.versions.get().successor(created_by=None)
    draft.answers = {**draft.answers, "name": "Après"}
    draft.save()
    review = propose(offer, actor=Actor.of(member))
    assert found("Avant") == ["Avant"]
    accept(review, actor=actor_for("curator"))
    assert (found("Avant"), found("Après")) == ([], ["Après"])
    assert search(OfferQuery(today=TODAY)).version != before


@pytest.mark.parametrize("state", ["draft", "withdrawn", "removed"])
def test_closed_and_draft_offers_are_not_found(state: str) -> None:
    make_offer(state=state, answers={"name": "Cachée"})
    assert found("cachée") == []


def read(text: str, *, lenient: bool = True) -> OfferFilterSet:
    filters = OfferFilterSet(QueryDict(text), lenient=lenient)
    filters.valid = filters.is_valid()
    return filters


def test_parameters_are_read_alike_and_what_is_unknown_is_said() -> None:
    strange = read(
        "q=a%00b&couleur=bleu&hds=oups&hds=IN_FORCE&model=SaaS&open_source=oui&price_max=abc&page=2"
    )
    query = strange.query()
    assert strange.ignored == ["couleur", "hds=oups", "price_max"]
    assert query.q == "a b"
    assert query.facets == {"model": ("saas",), "hds": ("in_force",), "open_source": ("true",)}
    assert query.price_max is None


def test_the_api_names_the_wrong_value() -> None:
    strict = read("hds=oups&price_max=-3&couleur=bleu", lenient=False)
    assert set(strict.errors) == {"hds", "price_max"}
    assert strict.unknown == ["couleur"]


def test_a_search_is_two_statements_whatever_the_rows() -> None:
    for _ in range(3):
        make_offer()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        search(OfferQuery(today=TODAY, with_facets=True))
    assert len(queries) == 2
