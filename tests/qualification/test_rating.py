"""The levels that a supplier gives itself in the EU framework: its own word, everywhere it is read."""

from __future__ import annotations

import datetime as dt
import io
import json
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags
from pypdf import PdfReader

from catalog.questions.engine import questions, section
from catalog.questions.facets import filter_questions
from qualification.coverage.rating import Rating, rating_of
from qualification.schemes import current_edition, editions
from tests.builders import client_for
from tests.qualification import builders
from tests.rest.builders import client_for_token

pytestmark = pytest.mark.django_db
KEY = "eu-sovereignty-1.2.1"
ASKED = [each.rated_by for each in current_edition("eu-sovereignty").requirements]
# Levels 3, 2, 4, 1, 0, 2, 3, 4 by 15, 10, 10, 15, 20, 15, 10, 5 %: 45 + 20 + 40 + 15 + 0 + 30 + 30 + 20.
LEVELS = dict(zip(ASKED, (f"seal_{n}" for n in (3, 2, 4, 1, 0, 2, 3, 4)), strict=True))


def rated(**answers: Any) -> Rating:
    found = rating_of(current_edition("eu-sovereignty"), answers)
    assert found is not None
    return found


def test_the_file_asks_eight_levels_with_weights_that_make_a_whole() -> None:
    scheme = current_edition("eu-sovereignty")
    assert [each.weight for each in scheme.requirements] == [15, 10, 10, 15, 20, 15, 10, 5]
    for each in scheme.requirements:
        assert tuple(words for _code, words in questions()[each.rated_by].choices) == each.options
    terms = scheme.self_assessment
    assert terms is not None
    assert {questions()[terms.grounds].section, questions()[terms.made_on].section} == {"sovereignty"}
    assert "20 %" in terms.weights_uncertainty and "vinland.technology" in terms.weights_source
    assert [one.key for one in editions() if one.self_assessment] == [KEY]


def test_it_is_no_filter_no_mark_and_no_matter_of_a_dossier() -> None:
    part = section("sovereignty")
    assert part is not None and "auto-évaluation" in part.label
    assert len(part.questions) == 11
    for question in part.questions:
        assert not (question.filter or question.material or question.implies)
        assert question.compared in ("", "equal")
    assert not [one for one in filter_questions() if one.section == "sovereignty"]


def test_the_mean_needs_the_eight_levels_and_says_the_lowest() -> None:
    whole = rated(**LEVELS, seal_assessed_on="2026-10-01", seal_grounds="Voir l’annexe.")
    assert (whole.weighted_mean, whole.equal_mean) == (Decimal("2.00"), Decimal("2.38"))
    assert (whole.lowest, whole.lowest_at, whole.top) == (0, ("SOV-5",), 4)
    assert (whole.made_on, whole.grounds) == (dt.date(2026, 10, 1), "Voir l’annexe.")
    assert whole.summary == (
        "Auto-évaluation : moyenne pondérée 2 sur 4 (à poids égaux 2,38), "
        "au plus bas SEAL-0 : aucune (SOV-5)."
    )
    part = rated(**{name: level for name, level in LEVELS.items() if name != "seal_supply"})
    assert (part.weighted_mean, part.equal_mean, part.lowest, part.given) == (None, None, None, 7)
    assert part.summary == (
        "Auto-évaluation : 1 niveau manque sur 8 (SOV-5) : aucune moyenne n’est faite d’une partie."
    )
    assert rated().given == 0 and len(rated().missing) == 8


@pytest.mark.parametrize("level", range(5))
def test_the_mean_of_one_level_everywhere_is_that_level(level: int) -> None:
    same = rated(**dict.fromkeys(ASKED, f"seal_{level}"))
    assert same.weighted_mean == same.equal_mean == same.lowest == level


def test_who_sells_only_support_is_not_asked() -> None:
    found = rated(service_models=["support_services"])
    assert not found.concerned and found.missing == ()
    assert found.summary == "Auto-évaluation : sans objet pour ce modèle de service."


@pytest.fixture
def people() -> builders.People:
    return builders.make_people()


def test_the_supplier_reads_its_levels_the_mean_and_what_is_not_sure(people):
    offer = builders.make_offer(people.supplier, **LEVELS, seal_assessed_on="2026-10-01")
    browser = client_for(people.editor)
    whole = words(browser, f"/mes-offres/{offer.number}/couverture/")
    assert "Auto-évaluation : moyenne pondérée 2 sur 4" in whole
    page = words(browser, f"/mes-offres/{offer.number}/couverture/{KEY}/")
    assert "SEAL-3 : résilience" in page and "15 %" in page
    assert "20 % pour l’objectif opérationnel" in page and "Confiance : B" in page
    assert "Évaluée le 1er octobre 2026. Justification : Inconnu" in page
    assert "Revoir ces niveaux" in page
    # What is declared covers nothing: someone else's proof is still asked.
    assert browser.get(f"/mes-offres/{offer.number}/couverture/{KEY}/").context["coverage"].count(
        "covered") == 0  # fmt: skip


def test_the_endpoint_says_the_same_and_nothing_of_other_schemes(people):
    offer = builders.make_offer(people.supplier, seal_legal="seal_2")
    answer = client_for_token(people.editor).get(
        f"/api/v1/coverage/{offer.uuid}/", {"scheme": [KEY, "hds-2"]}
    ).json()  # fmt: skip
    told, other = (each["self_assessment"] for each in answer["schemes"])
    assert other is None
    assert told["levels"][1] == {
        "code": "SOV-2", "title": "Juridique", "question": "seal_legal", "concerned": True,
        "level": 2, "words": "SEAL-2 : données", "weight": 10,
    }  # fmt: skip
    assert (told["given"], told["weighted_mean"], told["lowest"]) == (1, None, None)
    assert told["missing"] == [f"SOV-{n}" for n in (1, 3, 4, 5, 6, 7, 8)]
    assert told["weights_dated"] == "2025-10" and "ordre de grandeur" in told["weights_uncertainty"]


def test_the_evidence_file_holds_levels_weights_and_mean(people):
    offer = builders.make_offer(people.supplier, **LEVELS, seal_grounds="Voir l’annexe.")
    browser, url = client_for(people.editor), f"/mes-offres/{offer.number}/couverture/preuves"
    told = b"".join(browser.get(f"{url}.json?referentiel={KEY}&referentiel=hds-2").streaming_content)
    rows = json.loads(told)["rows"]
    ours = [row for row in rows if row["edition"] == "1.2.1"]
    assert (ours[0]["declared_level"], ours[0]["weight"]) == ("SEAL-3 : résilience", 15)
    assert len(ours) == 9 and "moyenne pondérée 2 sur 4" in ours[-1]["declared_level"]
    assert {row["declared_level"] for row in rows if row["edition"] == "2"} == {""}
    pdf = PdfReader(io.BytesIO(browser.get(f"{url}.pdf?referentiel={KEY}").content))
    text = " ".join(" ".join(page.extract_text() for page in pdf.pages).split())
    assert "SEAL-0" in text and "moyenne pondérée 2" in text and "Voir l’annexe." in text


def test_everybody_reads_where_the_weights_come_from(client):
    page = words(client, f"/referentiels/{KEY}/")
    assert "Poids du niveau : 20 %" in page and "20 % pour l’objectif opérationnel" in page
    told = client_for_token(None).get(f"/api/v1/schemes/{KEY}/").json()
    assert told["self_assessment"]["weights_dated"] == "2025-10"
    assert (told["requirements"][4]["rated_by"], told["requirements"][4]["weight"]) == ("seal_supply", 20)


def test_the_form_says_what_it_is_and_the_sheet_that_it_is_their_word(people):
    offer = builders.make_offer(people.supplier)
    browser = client_for(people.editor)
    url = f"{offer.get_absolute_url()}modifier/sovereignty/"
    page = browser.get(url)
    assert "elle ne donne ni badge" in words(browser, url)
    sent = {"base": page.context["form"]["base"].value(), "seal_data": "seal_9"}
    assert browser.post(url, sent).status_code == 400
    assert browser.post(url, sent | {"seal_data": "seal_1"}).status_code == 302
    offer.refresh_from_db()
    assert offer.shown_for_edit.answers["seal_data"] == "seal_1"
    shown = words(browser, offer.get_absolute_url())
    assert "Souveraineté européenne : auto-évaluation (1 réponse" in shown
    assert "SOV-3 données et IA : niveau auto-évalué" in shown and "SEAL-1 : juridictionnelle" in shown


def words(client: Client, url: str) -> str:
    """What a page says, its spaces made plain."""
    answer = client.get(url)
    assert answer.status_code == 200
    return " ".join(strip_tags(answer.content.decode().replace("&nbsp;", " ")).replace("\u202f", " ").split())
