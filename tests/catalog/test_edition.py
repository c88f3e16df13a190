"""An offer under dossier: its sent answers are never lost, and are read by who instructs."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.test import Client

from catalog.actions.authoring import save_answers
from catalog.models import Offer
from marketplace.accounts.actors import Actor
from marketplace.accounts.models import Membership
from tests.builders import client_for, make_member
from tests.catalog.builders import COMPLETE, make_offer
from tests.catalog.test_authoring import base_of, plans_base, rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Membership:
    return make_member("supplier_manager")


@pytest.fixture
def browser(member: Membership) -> Client:
    return client_for(member)


@pytest.fixture
def sent(member: Membership) -> Offer:
    """As sending a dossier leaves it: a frozen version, none in edition, none online."""
    offer = make_offer(state="draft", organisation=member.organisation, price="4.20")
    assert offer.draft_version is not None
    offer.draft_version.freeze()
    return offer


def test_correcting_one_field_keeps_the_others(browser: Client, sent: Offer) -> None:
    url = sent.get_absolute_url() + "modifier/exit/"
    page = browser.get(url)
    form = page.context["form"]
    typed = {name: form[name].value() for name in form.fields}
    assert (typed["exit_notice_months"], str(typed["exit_transition_days"])) == ("2", "30")
    saved = browser.post(url, {**typed, "base": base_of(page), "exit_notice_months": "1"})
    assert saved.status_code == 302
    draft = sent.draft_version
    assert draft is not None
    kept = {**COMPLETE, "name": sent.name, "exit_notice_months": "1"}
    assert {name: draft.answers[name] for name in kept} == kept
    assert draft.plans.get().lines.get().amount_eur_ht == Decimal("4.2")


def test_the_plans_page_shows_the_sent_plans(browser: Client, sent: Offer) -> None:
    page = browser.get(sent.get_absolute_url() + "modifier/prix/").content.decode()
    assert 'value="Standard"' in page
    assert 'value="4,2"' in page


def test_summary_and_preview_show_what_was_sent(browser: Client, sent: Offer) -> None:
    assert not browser.get(sent.get_absolute_url() + "modifier/").context["done"].missing
    page = browser.get(sent.get_absolute_url() + "apercu/").content.decode()
    assert str(COMPLETE["description"]) in page
    assert "Abonnement" in page


@pytest.mark.parametrize("role", ["qualification_officer", "decision_maker", "auditor"])
def test_who_instructs_reads_the_version_sent_not_the_one_in_edition(
    member: Membership, sent: Offer, role: str
) -> None:
    save_answers(sent, actor=Actor.of(member), answers={"description": "Brouillon du fournisseur."})
    reader = client_for(make_member(role))
    page = reader.get(sent.get_absolute_url()).content.decode()
    assert str(COMPLETE["description"]) in page
    assert "Abonnement" in page
    assert "Brouillon du fournisseur." not in page
    body = reader.get(f"/api/v1/offers/{sent.uuid}/").json()
    assert body["answers"]["description"] == COMPLETE["description"]
    assert body["plans"][0]["name"] == "Standard"
    own = client_for(member).get(sent.get_absolute_url()).content.decode()
    assert "Brouillon du fournisseur." in own


def test_typed_prices_come_back_after_sign_in(member: Membership, browser: Client, sent: Offer) -> None:
    url = sent.get_absolute_url() + "modifier/prix/"
    page = browser.get(url).content.decode()
    who = re.search(r'name="_typed_by" value="([^"]+)"', page)
    assert who is not None
    typed = rows(**{"base": plans_base(browser, sent), "_typed_by": who[1], "p0-name": "Formule tapée"})
    browser.logout()
    assert browser.post(url, typed).status_code == 302
    browser.force_login(member.user, backend="django.contrib.auth.backends.ModelBackend")
    back = browser.get(url).content.decode()
    assert 'value="Formule tapée"' in back
    assert "Votre texte a été gardé" in back
    assert browser.post(url, typed).status_code == 302
    assert "Votre texte a été gardé" not in browser.get(url).content.decode()


def test_two_people_who_price_at_once_see_both_texts(browser: Client, sent: Offer) -> None:
    url, read = sent.get_absolute_url() + "modifier/prix/", plans_base(browser, sent)
    assert browser.post(url, rows(**{"base": read, "p0-name": "Premier"})).status_code == 302
    late = browser.post(url, rows(**{"base": read, "p0-name": "Second"}))
    assert late.status_code == 412
    page = late.content.decode()
    assert "Premier" in page
    assert "Second" in page
    assert "4,20" in page
    assert sent.draft_version is not None
    assert sent.draft_version.plans.get().name == "Premier"
    again = rows(**{"base": late.context["plans_form"].base, "p0-name": "Second"})
    assert browser.post(url, again).status_code == 302
    assert sent.draft_version.plans.get().name == "Second"


def test_tiers_are_typed_one_a_line_and_come_back(browser: Client, sent: Offer) -> None:
    url, read = sent.get_absolute_url() + "modifier/prix/", plans_base(browser, sent)
    detailed = {
        "p0-l0-meter": "seat",
        "p0-l0-included_quantity": "5",
        "p0-l0-tiers": "100 : 8,50\n\n500:7",
        "p0-l0-next_amount_eur_ht": "11,5",
        "p0-l0-next_from": "2027-03-01",
        "p0-l0-prorata": "day",
        "p0-l0-usage_step": "0,5",
    }
    assert browser.post(url, rows(base=read, **detailed)).status_code == 302
    assert sent.draft_version is not None
    line = sent.draft_version.plans.get().lines.get()
    assert line.tiers == [
        {"above": "100", "amount_eur_ht": "8.50"},
        {"above": "500", "amount_eur_ht": "7"},
    ]
    assert (line.prorata, line.usage_step) == ("day", Decimal("0.5"))
    assert (line.meter, line.included_quantity, line.next_amount_eur_ht) == ("seat", 5, Decimal("11.5"))
    page = browser.get(url).content.decode()
    assert "100 : 8,5\n500 : 7" in page
    assert 'value="5"' in page


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("tiers", "cent : 8", "« cent : 8 » n’est pas un palier"),
        ("tiers", "100 8", "n’est pas un palier"),
        ("tiers", "NaN : 8", "n’est pas un palier"),
        ("tiers", "100 : 8\n50 : 7", "Les paliers vont en croissant"),
        ("next_amount_eur_ht", "11", "à partir de quel jour"),
        ("next_from", "2027-03-01", "quel prix s’applique"),
        ("included_quantity", "-1", "0"),
        ("prorata", "month", "déjà par mois commencés"),
        ("usage_step", "-1", "0"),
    ],
)
def test_a_price_that_cannot_be_charged_keeps_what_was_typed(
    browser: Client, sent: Offer, field: str, value: str, words: str
) -> None:
    url, read = sent.get_absolute_url() + "modifier/prix/", plans_base(browser, sent)
    answer = browser.post(url, rows(base=read, **{f"p0-l0-{field}": value}))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert words in page
    assert value in page
