"""The « Tremplin » path: progress kept per supplier, prices and partners drawn from the catalogue."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone

from catalog.price_watch import figures_of
from marketplace.errors import NotAllowed, NotVisible
from qualification.programmes import tremplin
from qualification.programmes.models import TremplinProgress
from tests.builders import actor_for
from tests.catalog.builders import make_offer
from tests.habits.matrix.world import World
from tests.rest.builders import faults, problem_of

pytestmark = pytest.mark.django_db


def test_progress_is_kept_for_the_supplier_alone() -> None:
    author = actor_for("supplier_editor")
    tremplin.mark("prix", actor=author, done=True, note="À l’usage.")
    tremplin.mark("prix", actor=author, done=True, note="Au poste.")
    row = TremplinProgress.objects.get()
    assert (row.done_on, row.note) == (timezone.localdate(), "Au poste.")
    assert [one.step.code for one in tremplin.steps_of(author) if one.is_done] == ["prix"]
    assert not any(one.is_done for one in tremplin.steps_of(actor_for("supplier_editor")))
    tremplin.mark("prix", actor=author, done=False)
    assert not any(one.is_done for one in tremplin.steps_of(author))
    with pytest.raises(NotVisible):
        tremplin.mark("inconnue", actor=author, done=True)
    with pytest.raises(NotAllowed):
        tremplin.mark("prix", actor=actor_for("requester"), done=True)


def test_prices_are_those_of_three_offers_at_least() -> None:
    for amount in ("4", "6"):
        make_offer(answers={"category": "files"}, price=amount)
    assert figures_of("files") == []
    make_offer(answers={"category": "files"}, price="11")
    figure = figures_of("files")[0]
    told = (figure.peers, figure.lowest_eur_ht, figure.median_eur_ht, figure.highest_eur_ht)
    assert told == (3, Decimal(4), Decimal(6), Decimal(11))
    assert figures_of("messaging") == []


def test_sandboxes_and_integrators_come_from_answers() -> None:
    world = World()
    make_offer(answers={"name": "Essai Gratuit", "trial": "free", "category": "files"})
    make_offer(answers={"name": "Sur Démonstration", "trial": "demo"})
    helper = make_offer(answers={"name": "Intégrateur Essai"})
    type(helper).objects.filter(pk=helper.pk).update(service_models=["support_services"])
    page = world.browser("stranger").get("/tremplin/?categorie=files").content.decode()
    assert [one.name for one in tremplin.sandboxes()] == ["Essai Gratuit"]
    assert [one.name for one in tremplin.integrators()] == ["Intégrateur Essai"]
    assert "Essai Gratuit" in page and "Trop peu de prix" in page and "Où vous en êtes" not in page


def test_the_page_and_the_api_keep_the_same_progress() -> None:
    world = World()
    client, api = world.browser("supplier_manager"), world.api("supplier_manager")
    assert client.post("/tremplin/socle/", {"done": "on", "note": "Choisi."}).url == "/tremplin/"
    assert "1 étape faite" in client.get("/tremplin/").content.decode().replace("\u00a0", " ")
    told = {one["code"]: one for one in api.get("/api/v1/tremplin-steps/").json()["results"]}
    assert (told["socle"]["done_on"], told["socle"]["note"]) == (str(timezone.localdate()), "Choisi.")
    url = "/api/v1/tremplin-steps/socle/mark/"
    assert faults(api.post(url, {"note": "x"})) == {"done"}
    assert api.post(url, {"done": False}).json()["done_on"] is None
    problem_of(api.post("/api/v1/tremplin-steps/inconnue/mark/", {"done": True}), 404)
    too_long = client.post("/tremplin/socle/", {"note": "y" * 501})
    assert too_long.status_code == 400 and "y" * 400 in too_long.content.decode()
