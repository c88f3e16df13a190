"""An offer of each service model, every question of which is answered through the form, then listed."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.enums import ServiceModel
from catalog.forms.answers import SectionForm
from catalog.forms.fields import name_of
from catalog.models import Offer, OfferSearchRow, OfferVersion
from catalog.questions.conditions import asked_of, effective
from catalog.questions.engine import Condition, Question, Section, is_unknown, questions, section, sections
from tests.builders import client_for, make_member
from tests.catalog.builders import add_price, make_category

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
TEXTS = {
    "text": "Réponse d’essai",
    "long_text": "Une réponse d’essai, plus longue.",
    "url": "https://essai.example/page",
    "email": "contact@essai.example",
    "date": "2026-03-31",
    "regions": "FR-Exempleville",
    "country": "FR",
    "category": "collaboration",
}


def opened_by(question: Question) -> list[Condition]:
    """What other questions ask of this one before they are asked themselves."""
    return [c for other in questions().values() for c in other.shown_if if c.question == question.id]


def typed(question: Question, *, model: str) -> Any:
    """What a person types in one field: an answer that opens as many other questions as it can."""
    kind = question.type
    if question.id == "service_models":
        return [model]
    if kind in TEXTS:
        return TEXTS[kind]
    if kind in ("integer", "decimal", "money"):
        return number(question)
    if kind == "document":
        return SimpleUploadedFile("essai.pdf", PDF, content_type="application/pdf")
    wanted = [code for condition in opened_by(question) for code in condition.codes]
    if kind == "boolean":
        return wanted[0] if wanted else "true"
    codes = [code for code, _ in question.choices]
    if kind == "choice":
        return next((code for code in wanted if code in codes), codes[0])
    return list(dict.fromkeys([*(code for code in wanted if code in codes), codes[0]]))


def number(question: Question) -> str:
    """Within its bounds, and above what another question asks."""
    floors = [condition.above for condition in opened_by(question) if condition.above is not None]
    least = max([question.minimum or 0, *(floor + 1 for floor in floors), 1])
    return str(least if question.maximum is None else min(least, question.maximum))


def fields(form: SectionForm, *, model: str) -> Iterator[tuple[str, Any]]:
    """(name, value) of every field that the page shows."""
    yield "base", form["base"].value()
    for question in form.questions:
        if question.type == "list":
            yield name_of(question, "rows"), "2"
            yield from ((name_of(question, str(n)), f"Ligne d’essai {n}") for n in range(2))
        elif question.type == "table":
            yield name_of(question, "rows"), "1"
            yield from ((name_of(question, "0", p.id), typed(p, model=model)) for p in question.parts)
        elif question.parts:
            yield from ((name_of(question, p.id), typed(p, model=model)) for p in question.parts)
        else:
            yield question.id, typed(question, model=model)


def fill(browser: Client, url: str, *, model: str) -> None:
    page = browser.get(url)
    assert page.status_code == 200
    answer = browser.post(url, dict(fields(page.context["form"], model=model)))
    assert answer.status_code == 302, f"{url}: {dict(answer.context['form'].errors)}"


def written(browser: Client, model: str) -> Offer:
    """A draft, section by section; an answer may open a question of a section already left."""
    fill(browser, "/offres/nouvelle/", model=model)
    offer = Offer.objects.get()
    for _ in range(2):
        for name in [part.id for part in sections() if gaps(part, offer)]:
            fill(browser, f"{offer.get_absolute_url()}modifier/{name}/", model=model)
    return offer


def gaps(part: Section, offer: Offer) -> list[str]:
    said = effective(answers_of(offer))
    return [question.id for question in asked_of(part, said) if is_unknown(said.get(question.id))]


def answers_of(offer: Offer) -> dict[str, Any]:
    version = OfferVersion.objects.get(offer=offer)
    return dict(version.answers)


def listed(offer: Offer) -> Offer:
    """Put online past the dossier, which has its own tests."""
    version = OfferVersion.objects.get(offer=offer)
    add_price(version, "12")
    version.freeze()
    Offer.objects.filter(pk=offer.pk).update(state="listed", live_version=version)
    OfferSearchRow.objects.refresh([offer.pk])
    offer.refresh_from_db()
    return offer


@pytest.mark.parametrize("model", ServiceModel.values)
def test_all_the_questions_of_a_model(model: str) -> None:
    make_category()
    member = make_member("supplier_manager")
    offer = written(client_for(member), model)
    said = effective(answers_of(offer))
    asked = [question for part in sections() for question in asked_of(part, said)]
    assert [gap for part in sections() for gap in gaps(part, offer)] == []
    assert len(asked) > 90, "a model is asked a good part of what there is"
    page = html.unescape(Client().get(listed(offer).get_absolute_url()).content.decode())
    missing = [question.id for question in asked if said_nowhere(question, page)]
    assert missing == []
    assert "inconnue" not in page.split("Réponses détaillées", 1)[1].split("Sources", 1)[0]
    told = Client().get(f"/api/v1/offers/{offer.uuid}/").json()["answers"]
    assert {question.id for question in asked} <= set(told)


def said_nowhere(question: Question, page: str) -> bool:
    return section(question.section) is not None and question.short not in page


def test_together_the_models_are_asked_every_question() -> None:
    """No question is out of reach of the six tests above."""
    reached = set()
    for model in ServiceModel.values:
        opened = [q for q in questions().values() if not q.derived]
        reached |= {q.id for q in opened if may_concern(q, model)}
    assert reached == {q.id for q in questions().values() if not q.derived}


def may_concern(question: Question, model: str) -> bool:
    """No condition on the service model shuts it out."""
    return all(
        condition.question != "service_models" or not condition.codes or model in condition.codes
        for condition in question.shown_if
    )
