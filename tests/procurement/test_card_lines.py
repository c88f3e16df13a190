"""On the cards of the catalogue: what the reader's project makes of each offer, at a constant cost."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.models import OfferSearchRow
from marketplace.accounts.actors import Actor
from tests.builders import client_for
from tests.procurement.builders import Administration, assessed_project, make_project
from tests.procurement.order_builders import make_offer

pytestmark = pytest.mark.django_db
ANSWERS = {"non_eu_law": False, "data_processing_agreement": True}
NBSP = "\u00a0"


def saas(**extra: Any) -> Any:
    offer = make_offer(answers=ANSWERS, service_models=["saas"], regions=["FR-Lyon"], **extra)
    OfferSearchRow.objects.refresh([offer.pk])
    return offer


def browser(actor: Actor) -> Client:
    assert actor.membership is not None
    return client_for(actor.membership)


def text(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode()).replace("&nbsp;", NBSP)


@pytest.fixture
def administration() -> Administration:
    return Administration()


def test_each_card_says_its_standing_first(administration: Administration) -> None:
    saas(trust={"secnumcloud": "in_force"})
    saas(trust={"secnumcloud": "expired"})
    saas()
    project = assessed_project(administration)
    page = text(browser(administration.requester).get("/offres/"))
    assert f"de {project.number}" in page
    assert "Respecte les " in page
    assert (
        f"Écartée pour {project.number}{NBSP}: SecNumCloud est obligatoire et n’est pas en vigueur (expirée)."
        in page
    )
    assert (
        f"À vérifier pour {project.number}{NBSP}: SecNumCloud est obligatoire et son statut n’est pas connu."
        in page
    )
    assert "n’a pas été comprise" not in page


def test_the_choice_of_the_project(administration: Administration) -> None:
    saas(trust={"secnumcloud": "in_force"})
    older, newer = assessed_project(administration), assessed_project(administration)
    client = browser(administration.requester)
    page = text(client.get("/offres/?model=saas"))
    assert f'<option value="{newer.number}" selected>' in page
    assert '<input type="hidden" name="model" value="saas">' in page
    chosen = text(client.get(f"/offres/?projet={older.number}"))
    assert f'<option value="{older.number}" selected>' in chosen
    assert f"de {older.number}<" in chosen
    assert f'<input type="hidden" name="projet" value="{older.number}">' in chosen
    none = text(client.get("/offres/?projet=aucun"))
    assert "fr-message--" not in none
    assert f'<option value="{older.number}">' in none


def test_nobody_else_s_project_shows(administration: Administration) -> None:
    saas(trust={"secnumcloud": "in_force"})
    project = assessed_project(administration)
    other = Administration()
    mine = make_project(other)
    page = text(Client().get(f"/offres/?projet={project.number}"))
    assert "fr-message--" not in page
    assert f">{project.number}" not in page
    page = text(browser(other.requester).get(f"/offres/?projet={project.number}"))
    assert f'<option value="{mine.number}" selected>' in page
    assert f'<option value="{project.number}"' not in page
    assert f"de {project.number}" not in page


def test_twenty_cards_cost_what_one_costs(administration: Administration) -> None:
    assessed_project(administration)
    client = browser(administration.requester)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            text(client.get("/offres/"))
        return len(seen)

    saas(trust={"secnumcloud": "in_force"})
    queries()
    few = queries()
    for _ in range(12):
        saas(trust={"secnumcloud": "expired"})
    assert queries() == few
