"""A new question is one entry and no code: it goes through form, API, sheet, comparison, filter, schema,
columns and difference."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from catalog.models import Offer
from catalog.questions import engine
from catalog.questions.columns import cells, columns
from catalog.questions.diff import changes
from catalog.questions.facets import facet_values, numbers
from tests.builders import client_for, make_member
from tests.catalog.builders import make_category, make_offer
from tests.catalog.questioning import with_more
from tests.rest.builders import client_for_token, faults

pytestmark = pytest.mark.django_db

ENTRY = """
[[question]]
id = "colours"
type = "choices"
label = "De quelles couleurs est-il ?"
short = "Couleurs"
help = "Plusieurs réponses possibles."
choices = [["red", "Rouge"], ["blue", "Bleu"]]
filter = "colour"
compared = "equal"
[[question]]
id = "weight"
type = "decimal"
label = "Combien pèse-t-il ?"
short = "Poids"
unit = "kg"
minimum = "0"
maximum = "100"
shown_if = {colours = ["blue"]}
filter = "weight"
compared = "lower_is_better"
"""


@pytest.fixture(autouse=True)
def more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "FOLDER", with_more(tmp_path, ENTRY))


@pytest.fixture
def member() -> Any:
    return make_member("supplier_manager")


@pytest.fixture
def offer(member: Any) -> Offer:
    return make_offer(state="draft", organisation=member.organisation)


def test_the_form_asks_judges_and_keeps_it(member: Any, offer: Offer) -> None:
    browser, url = client_for(member), f"{offer.get_absolute_url()}modifier/trial/"
    page = browser.get(url)
    text = page.content.decode()
    assert "De quelles couleurs est-il" in text
    assert "À remplir si vous répondez «\u00a0Bleu\u00a0» à «\u00a0Couleurs\u00a0»." in text
    base = page.context["form"]["base"].value()
    refused = browser.post(url, {"base": base, "colours": ["blue"], "weight": "120"})
    assert refused.status_code == 400
    assert 'value="120"' in refused.content.decode()
    assert browser.post(url, {"base": base, "colours": ["blue"], "weight": "12,5"}).status_code == 302
    answers = offer.draft_version.answers
    assert (answers["colours"], answers["weight"]) == (["blue"], "12.5")
    summary = browser.get(f"{offer.get_absolute_url()}modifier/").content.decode()
    assert "Section d’essai" in summary
    assert "2\u00a0réponses sur 2" in summary


def test_the_api_takes_and_refuses_it(member: Any, offer: Offer) -> None:
    api, url = client_for_token(member), f"/api/v1/offers/{offer.uuid}/"
    tag = api.get(url).headers["ETag"]
    wrong = api.patch(url, {"colours": ["green"]}, format="json", HTTP_IF_MATCH=tag)
    assert faults(wrong) == {"colours.0"}
    taken = api.patch(url, {"colours": ["blue"], "weight": 3}, format="json", HTTP_IF_MATCH=tag)
    assert taken.status_code == 200
    assert taken.json()["draft"]["answers"]["weight"] == "3"
    schema = SchemaGenerator().get_schema(request=None, public=True)["components"]["schemas"]
    assert schema["Answers"]["properties"]["colours"]["items"]["enum"] == ["red", "blue"]
    assert "weight" in schema["PatchedAnswersInputRequest"]["properties"]


def test_sheet_comparison_filter_columns_and_difference() -> None:
    make_category()
    blue = make_offer(answers={"colours": ["blue"], "weight": "12.5"})
    red = make_offer(answers={"colours": ["red"], "weight": "99"})
    light = make_offer(answers={"colours": ["blue"], "weight": "3"})
    sheet = Client().get(blue.get_absolute_url()).content.decode()
    assert "12,5\u00a0kg" in sheet
    assert "99\u00a0kg" not in Client().get(red.get_absolute_url()).content.decode()
    address = "&".join(f"offre={offer.number}" for offer in (blue, red, light))
    rows = {row.label: row for row in Client().get(f"/offres/comparer/?{address}").context["comparison"].rows}
    assert [cell.text for cell in rows["Poids"].cells] == ["12,5\u00a0kg", "Sans objet", "3\u00a0kg"]
    assert [cell.best for cell in rows["Poids"].cells] == ["", "", "le plus bas"]
    answers = blue.live_version.answers
    assert facet_values(answers)["colour"] == ("blue",)
    assert str(numbers(answers)["weight"]) == "12.5"
    assert {"colours", "weight"} <= {column.name for column in columns()}
    assert cells(answers, categories={})["colours"] == "Bleu"
    told = {c.question.id: c for c in changes(answers, red.live_version.answers, categories={})}
    assert (told["colours"].before, told["colours"].after) == ("Bleu", "Rouge")
    assert (told["weight"].before, told["weight"].after) == ("12,5\u00a0kg", "Sans objet")
