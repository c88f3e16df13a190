"""A published contract that changes: the service achats is told, its form is filled, and the desk says it."""

from __future__ import annotations

import html
from decimal import Decimal
from typing import Any

import pytest

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.notifications.models import Notification
from procurement.actions.untold_changes import proposed_change, untold_amendments
from procurement.amendments import actions as amendments
from procurement.models import Amendment, Contract, Publication
from procurement.publication.actions import modify
from procurement.publication.facts import ChangeFacts
from tests.builders import client_for, make_member
from tests.procurement.order_builders import Purchase, make_purchase
from tests.procurement.publication.publication_builders import make_publication, purchasing_of
from tests.rest.builders import client_for_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def purchase() -> Purchase:
    return make_purchase()


def approved(contract: Contract, purchase: Purchase, *, delta: str, **terms: Any) -> Amendment:
    made = amendments.write_amendment(
        contract,
        actor=purchase.actor("requester"),
        kind="amendment",
        delta_eur_ht=Decimal(delta),
        reason="Texte libre de Personne Exemple",
        **terms,
    )
    return amendments.approve(made, actor=purchase.actor("approver"))


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return html.unescape(response.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")


def test_an_approved_change_waits_until_its_modification_is_published(purchase: Purchase) -> None:
    service = purchasing_of(purchase)
    publication = make_publication("published", purchase=purchase, actor=Actor.of(service))
    contract = publication.contract
    assert contract is not None
    browser, api = client_for(service), client_for_token(service)
    url = f"/api/v1/publications/{publication.uuid}/"
    assert api.get(url).json()["untold"] is False and untold_amendments(publication) == []
    Notification.objects.all().delete()
    made = approved(contract, purchase, delta="1200.00")
    told = Notification.objects.get(user=service.user)
    assert told.subject == f"Modification à publier : {publication.number}"
    assert untold_amendments(publication) == [made] and api.get(url).json()["untold"] is True
    assert "Publier la modification du contrat" in text_of(browser.get("/bureau/"))
    assert "Le contrat a changé depuis" in text_of(browser.get(publication.get_absolute_url()))
    change = proposed_change(publication)
    assert change["amount_eur_ht"] == Decimal("37200.00") and "duration_months" not in change
    assert "Personne Exemple" not in change["rationale"]
    form = text_of(browser.get(f"{publication.get_absolute_url()}modifier/"))
    assert "37 200" in form or "37200" in form
    change["notified_on"] = publication.notified_on
    publication = Publication.objects.for_pages().get(pk=publication.pk)
    modify(publication, actor=Actor.of(service), change=ChangeFacts(**change), attested=True)
    assert api.get(url).json()["untold"] is False
    assert "Publier la modification du contrat" not in text_of(browser.get("/bureau/"))


def test_nobody_is_told_of_a_contract_that_is_not_published(purchase: Purchase) -> None:
    service = make_member(Role.PURCHASING, organisation=purchase.buyer)
    publication = make_publication("draft", purchase=purchase, actor=Actor.of(service))
    assert publication.contract is not None
    Notification.objects.all().delete()
    approved(publication.contract, purchase, delta="1200.00")
    assert not Notification.objects.filter(subject__startswith="Modification").exists()
    assert untold_amendments(publication) == []
