"""The tree of categories: its rules, its pages, what its branches find, where a retired one leads."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from catalog.actions import categories
from catalog.categories import category_tree
from catalog.models import Category, MissingNeed
from catalog.reference.loader import load_categories
from marketplace.audit.models import AuditEvent
from marketplace.errors import NotAllowed, RuleBroken, VersionStale
from tests.builders import actor_for, client_for, make_member
from tests.catalog.builders import make_category, make_offer
from tests.catalog.test_pages import text
from tests.catalog.test_search_pages import counts
from tests.support.racing import at_once

pytestmark = pytest.mark.django_db
LIST = "/pilotage/categories/"


def add(label: str, parent: Category | None = None) -> Category:
    return categories.add(actor=actor_for("curator"), label=label, parent=parent)


def branch() -> tuple[Category, Category, Category]:
    top = add("Travail")
    middle = add("Échanges", top)
    return top, middle, add("Courriel", middle)


def test_only_a_curator_writes_the_tree() -> None:
    category = add("Travail")
    for role in ("requester", "supplier_manager", "qualification_officer", "auditor"):
        actor = actor_for(role)
        with pytest.raises(NotAllowed):
            categories.add(actor=actor, label="Essai")
        with pytest.raises(NotAllowed):
            categories.edit(category, actor=actor, label="Essai")
        with pytest.raises(NotAllowed):
            categories.retire(category, actor=actor)


def test_three_levels_no_circle_no_name_twice_in_one_place() -> None:
    top, middle, leaf = branch()
    curator = actor_for("curator")
    assert (top.level, middle.level, leaf.level, leaf.code) == (1, 2, 3, "courriel")
    for act, code, field in (
        (lambda: add("Trop bas", leaf), "category_too_deep", "parent"),
        (lambda: categories.edit(top, actor=curator, parent=leaf), "category_circle", "parent"),
        (lambda: categories.edit(top, actor=curator, parent=top), "category_circle", "parent"),
        (lambda: categories.edit(top, actor=curator, parent=add("Ailleurs")), "category_too_deep", "parent"),
        (lambda: add("ÉCHANGES", top), "label_taken", "label"),
        (lambda: categories.retire(top, actor=curator, into=leaf), "category_circle", "into"),
        (lambda: categories.retire(middle, actor=curator), "category_not_empty", "into"),
    ):
        with pytest.raises(RuleBroken) as refused:
            act()
        assert (refused.value.code, list(refused.value.fields)) == (code, [field])
    assert add("Échanges").code == "echanges-2"
    with pytest.raises(VersionStale):
        categories.edit(top, actor=curator, label="Autre", expected_version=99)


def test_a_moved_branch_keeps_its_leaves_one_level_up() -> None:
    top, middle, leaf = branch()
    categories.edit(middle, actor=actor_for("curator"), parent=None)
    leaf.refresh_from_db()
    assert (middle.level, leaf.level, leaf.parent) == (1, 2, middle)
    assert category_tree().under == {middle.code: (middle.code, leaf.code)}
    assert AuditEvent.objects.filter(object_type="catalog.category", what="edit").exists()
    assert top.children.count() == 0


def test_a_branch_finds_and_counts_the_offers_of_its_leaves(client: Client) -> None:
    top, middle, leaf = branch()
    make_offer(answers={"name": "Facteur", "category": leaf.code})
    make_offer(answers={"name": "Parloir", "category": middle.code})
    make_offer(answers={"name": "Ailleurs", "category": "autre"})
    for code, names in (
        (top.code, {"Facteur", "Parloir"}),
        (middle.code, {"Facteur", "Parloir"}),
        (leaf.code, {"Facteur"}),
    ):
        page = text(client.get(f"/offres/?category={code}"))
        assert {name for name in ("Facteur", "Parloir", "Ailleurs") if f">{name}</a>" in page} == names
        told = counts(page)
        assert [told[f"category-{c.code}"] for c in (top, middle, leaf)] == [2, 2, 1]
    answer = client.get(f"/api/v1/offers/?facets=1&category={top.code}").json()
    assert answer["count"] == 2
    assert {v["value"]: (v["count"], v.get("parent")) for v in answer["facets"]["category"]} == {
        top.code: (2, None),
        middle.code: (2, top.code),
        leaf.code: (1, middle.code),
        "autre": (1, None),
    }


def test_the_filter_shows_a_tree_open_where_a_box_is_ticked(client: Client) -> None:
    top, middle, leaf = branch()
    make_offer(answers={"category": leaf.code})
    closed = text(client.get("/offres/"))
    assert closed.index(f'id="f-category-{top.code}"') < closed.index(f'id="f-category-{leaf.code}"')
    assert len(re.findall(r'<details class="catalog-branch" id="b-[^"]+">', closed)) == 2
    opened = text(client.get(f"/offres/?category={leaf.code}"))
    assert len(re.findall(r'<details class="catalog-branch" id="b-[^"]+" open>', opened)) == 2
    assert "1 sous-catégorie" in opened
    assert "de « Échanges »" in opened


def test_the_sheet_stands_under_its_categories(client: Client) -> None:
    top, middle, leaf = branch()
    offer = make_offer(answers={"category": leaf.code})
    page = text(client.get(offer.get_absolute_url()))
    links = [page.index(f'href="/offres/?category={c.code}"') for c in (top, middle, leaf)]
    assert links == sorted(links)


def test_a_renamed_category_is_read_on_the_cards_and_found_by_its_new_name(client: Client) -> None:
    _, _, leaf = branch()
    make_offer(answers={"name": "Facteur", "category": leaf.code})
    categories.edit(leaf, actor=actor_for("curator"), label="Pneumatique")
    page = text(client.get("/offres/?q=pneumatique"))
    assert "Facteur" in page
    assert "Courriel" not in page


def test_a_retired_category_leads_to_what_replaces_it(client: Client) -> None:
    top, middle, leaf = branch()
    other = add("Sécurité")
    offer = make_offer(answers={"name": "Facteur", "category": middle.code})
    draft = make_offer(state="draft", answers={"category": middle.code})
    categories.retire(middle, actor=actor_for("curator"), into=other, reason="Trop proches.")
    for row in (offer, draft):
        row.refresh_from_db()
        assert row.category == other
    leaf.refresh_from_db()
    assert (leaf.parent, leaf.level) == (other, 2)
    page = text(client.get(f"/offres/?category={middle.code}"))
    assert ">Facteur</a>" in page
    assert "Catégorie : Sécurité" in page
    assert f'id="f-category-{middle.code}"' not in page
    # The frozen version still says the old code; what it repeats is the category that stands.
    assert offer.live_version is not None
    assert offer.live_version.answers["category"] == middle.code
    offer.repeat_answers(offer.live_version.answers)
    assert offer.category == other
    assert "Sécurité" in text(client.get(offer.get_absolute_url()))
    # Retiring the successor leads on: a chain is one step long.
    last = add("Défense")
    categories.retire(other, actor=actor_for("curator"), into=last)
    middle.refresh_from_db()
    assert middle.merged_into == last
    assert client.get(f"/api/v1/offers/?category={middle.code}").json()["count"] == 1


def test_needs_follow_and_a_form_keeps_a_retired_answer_until_changed() -> None:
    old, new = add("Ancienne"), add("Nouvelle")
    need = MissingNeed.objects.create(
        number="BES-1", organisation=make_member("requester").organisation, title="Essai", category=old
    )
    member = make_member("supplier_editor")
    offer = make_offer(state="draft", organisation=member.organisation, answers={"category": old.code})
    categories.retire(old, actor=actor_for("curator"), into=new)
    need.refresh_from_db()
    assert need.category == new
    page = text(client_for(member).get(f"{offer.get_absolute_url()}modifier/presentation/"))
    assert f'<option value="{old.code}" selected>Catégorie retirée, remplacée par Nouvelle</option>' in page


def test_the_pages_add_move_and_merge() -> None:
    client = client_for(make_member("curator"))
    assert client.get(LIST).status_code == 200
    assert client.post(f"{LIST}ajouter/", {"label": "Travail", "parent": ""}).status_code == 302
    assert client.post(f"{LIST}ajouter/", {"label": "Courriel", "parent": "travail"}).status_code == 302
    again = client.post(f"{LIST}ajouter/", {"label": "Courriel", "parent": "travail"})
    assert again.status_code == 400
    assert "Courriel » existe déjà à cet endroit" in text(again)
    offer = make_offer(answers={"category": "courriel"})
    moved = client.post(
        f"{LIST}courriel/modifier/", {"label": "Messages", "parent": "", "position": "4", "version": "1"}
    )
    assert moved.status_code == 302
    category = Category.objects.get(code="courriel")
    assert (category.label, category.parent, category.position) == ("Messages", None, 4)
    refused = client.post(f"{LIST}courriel/retirer/", {"into": "", "version": "2"})
    assert "n’est pas vide" in text(refused)
    assert client.post(f"{LIST}courriel/retirer/", {"into": "travail", "version": "2"}).status_code == 302
    offer.refresh_from_db()
    assert offer.category is not None
    assert offer.category.code == "travail"
    assert "remplacée par Travail" in text(client.get(LIST))
    assert client.get(f"{LIST}courriel/modifier/").status_code == 404


def test_the_reference_file_leaves_what_a_curator_touched() -> None:
    load_categories()
    tree = category_tree()
    assert tree.nodes["messaging"].path == (
        "Bureautique et collaboration", "Communication", "Messagerie et agendas",
    )  # fmt: skip
    messaging = Category.objects.get(code="messaging")
    categories.edit(messaging, actor=actor_for("curator"), label="Courrier", parent=None)
    load_categories()
    messaging.refresh_from_db()
    assert (messaging.label, messaging.parent) == ("Courrier", None)


@pytest.mark.django_db(transaction=True)
def test_race_two_moves_never_make_a_circle() -> None:
    one, two = make_category("un"), make_category("deux")
    curator = actor_for("curator")

    def under(moved: int, parent: int) -> str:
        return str(
            categories.edit(
                Category.objects.get(pk=moved), actor=curator, parent=Category.objects.get(pk=parent)
            )
        )

    done = at_once(lambda: under(one.pk, two.pk), lambda: under(two.pk, one.pk))
    assert sorted(done, key=str)[-1] == "category_circle"
    assert Category.objects.filter(parent=None).count() == 1
