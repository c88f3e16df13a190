"""The stack as it is read: each layer once, what falls when one falls, drawn and said in words."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.layers import dependants_of, falls_of, layers_of
from catalog.models import Offer
from catalog.presentation import stack_conclusion, stack_layers
from catalog.stack import add_edge
from tests.builders import client_for, make_member
from tests.catalog.builders import ACTOR, make_mark, make_offer

pytestmark = pytest.mark.django_db


def named(name: str, *models: str, state: str = "listed") -> Offer:
    return make_offer(state=state, answers={"name": name, "service_models": [*models] or ["saas"]})


def stand(offer: Offer, base: Offer | str, layer: str, *, inherits: bool = False, region: str = "") -> None:
    on = {"base_name": base} if isinstance(base, str) else {"base": base}
    add_edge(offer, actor=ACTOR, layer=layer, inherits=inherits, region=region, **on)


def words(offer: Offer) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    return [(fall.loses, fall.relies) for fall in falls_of(layers_of(offer))]


def test_a_status_is_lost_along_layers_that_all_inherit() -> None:
    top, middle, low = named("Haut"), named("Milieu", "paas"), named("Bas", "iaas")
    stand(top, middle, "platform", inherits=True)
    stand(middle, low, "infrastructure", inherits=True)
    stand(low, "Salle", "data_centre")
    assert words(top) == [((), ()), ((0,), ()), ((0, 1), ()), ((), (0, 1, 2))]


def test_two_bases_of_one_layer_hold_each_their_own() -> None:
    """The picture used to link each box with the next one, whether or not it stood on it."""
    top, one, two = named("Haut"), named("Un", "iaas"), named("Deux", "iaas")
    stand(top, one, "infrastructure", inherits=True)
    stand(top, two, "infrastructure")
    assert words(top) == [((), ()), ((0,), ()), ((), (0,))]
    assert [layer.inherits for layer in stack_layers(layers_of(top))] == [True, None, None]


def test_a_base_reached_by_two_ways_is_one_layer() -> None:
    top, left, right, low = (
        named("Haut"),
        named("Gauche", "paas"),
        named("Droite", "paas"),
        named("Bas", "iaas"),
    )
    stand(top, left, "platform", inherits=True)
    stand(top, right, "platform")
    stand(left, low, "infrastructure")
    stand(right, low, "infrastructure", inherits=True)
    assert [layer.name for layer in layers_of(top)] == ["Haut", "Gauche", "Droite", "Bas"]
    assert words(top)[3] == ((2,), (0, 1))
    stand(top, low, "infrastructure", region="FR", inherits=True)
    regions = [layer.region for layer in layers_of(top)]
    assert len(regions) == 5 and words(top)[regions.index("FR")] == ((0,), ()), "a region, a layer"


def test_dependants_are_those_online_directly_first() -> None:
    low, middle, top, other = named("Bas", "iaas"), named("Milieu", "paas"), named("Haut"), named("Autre")
    hidden = named("Essai", state="draft")
    stand(top, middle, "platform", inherits=True)
    stand(middle, low, "infrastructure", inherits=True)
    stand(other, middle, "platform")
    stand(hidden, low, "infrastructure", inherits=True)
    found = [(one.offer.name, one.loses) for one in dependants_of(low)]
    assert found == [("Milieu", True), ("Haut", True), ("Autre", False)]


def test_the_page_draws_what_falls_and_says_it_in_words() -> None:
    low, top, other = named("Bas", "iaas"), named("Haut"), named("Autre")
    stand(top, low, "infrastructure", inherits=True, region="FR-Paris")
    stand(other, low, "infrastructure")
    stand(low, "Salle Exemple", "data_centre", region="DE")
    page = Client().get(f"{low.get_absolute_url()}pile/").content.decode()
    text = re.sub(r"\s+", " ", page.replace("\xa0", " ").replace("\u202f", " ").replace("&nbsp;", " "))
    said = "Haut perd le statut qui s’y appuie ; Autre repose dessus et garde son statut."
    assert f"Si cette couche tombe : {said}" in text
    assert "Si cette couche tombe : Haut, Autre et Bas reposent dessus et gardent leur statut." in text
    assert "Allemagne" in text and "FR-Paris" not in text
    assert (page.count("market-stack__lost"), page.count("market-stack__kept")) == (1, 2)
    sheet = Client().get(top.get_absolute_url()).content.decode()
    assert "Paris (France)" in sheet and sheet.count("market-stack__lost") == 1


@pytest.mark.parametrize(
    ("inherits", "said"),
    [(True, "s’appuie sur la couche du dessous"), (False, "sans s’appuyer sur le statut de la couche")],
)
def test_the_conclusion_says_whether_the_status_relies_on_the_base(inherits: bool, said: str) -> None:
    top, low = named("Haut"), named("Bas", "iaas")
    for offer in (low, top):
        make_mark(offer)
    stand(top, low, "infrastructure", inherits=inherits)
    assert said in stack_conclusion(layers_of(top))


def test_many_dependants_are_counted_and_three_drawn() -> None:
    low = named("Bas", "iaas")
    for number in range(5):
        stand(named(f"Offre {number}"), low, "infrastructure", inherits=True)
    (*above, own) = stack_layers(layers_of(low), standing=dependants_of(low))
    assert [one.name for one in above] == ["Offre 0", "Offre 1", "Offre 2"]
    assert own.loses == (0, 1, 2)
    assert own.falls.replace("\xa0", " ").endswith("2 autres offres du catalogue aussi.")


def test_the_form_says_regions_in_words() -> None:
    member = make_member("supplier_editor")
    offer = make_offer(organisation=member.organisation)
    stand(offer, "Salle Exemple", "data_centre", region="FR-Roubaix")
    page = client_for(member).get(f"{offer.get_absolute_url()}modifier/pile/").content.decode()
    assert "Roubaix (France)" in page and "Centre de données" in page


def test_one_dependant_or_five_cost_the_same() -> None:
    low = named("Bas", "iaas")

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert Client().get(f"{low.get_absolute_url()}pile/").status_code == 200
        return len(seen)

    stand(named("Un"), low, "infrastructure", inherits=True)
    one = cost()
    for number in range(4):
        stand(named(f"Autre {number}"), low, "infrastructure")
    assert cost() == one
