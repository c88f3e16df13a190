"""« Ce qui vous attend » on a contract: one first act for each role, of that contract alone, page and API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from marketplace.accounts.enums import Role
from marketplace.accounts.models import Membership
from procurement.invoicing import deciding
from procurement.models import Contract
from tests.builders import client_for, make_member
from tests.procurement.amendments.builders import make_amendment
from tests.procurement.exit.builders import make_exit
from tests.procurement.invoicing.builders import confirmed, send
from tests.procurement.order_builders import Purchase, make_purchase
from tests.procurement.publication.publication_builders import make_contract as make_published
from tests.procurement.statements.builders import make_statement, make_used_contract
from tests.procurement.test_orders_pages import text_of
from tests.procurement.test_status_loss import lose
from tests.rest.builders import client_for_token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_in_march")]
Fill = Callable[[Purchase, Contract], Any]


@pytest.fixture
def _in_march():
    with time_machine.travel("2026-03-10 10:00:00+00:00", tick=True):
        yield


def disputed(purchase: Purchase, contract: Contract) -> None:
    invoice = send(contract, actor=purchase.actor("manager"))
    deciding.dispute_invoice(invoice, actor=purchase.actor("finance"), reason="Prix faux")


def stated(state: str) -> Fill:
    return lambda purchase, contract: make_statement(purchase, contract, state=state)


def amended(purchase: Purchase, contract: Contract) -> None:
    make_amendment(contract, actor=purchase.actor("requester"))


def invoiced(purchase: Purchase, contract: Contract) -> None:
    send(contract, actor=purchase.actor("manager"))


def known(purchase: Purchase, contract: Contract) -> None:
    confirmed(send(contract, actor=purchase.actor("manager")), purchase)


# Who reads, what happened, the first act expected and where its button leads.
ROLES: dict[str, tuple[str, Fill, str, str]] = {
    "requester attests": ("requester", stated("submitted"), "Attester le service fait", "/attester/"),
    "requester leaves": ("requester", make_exit, "Suivre la sortie du contrat", "/reversibilite/"),
    "finance certifies": ("finance", stated("attested"), "Certifier le service fait", "/certifier/"),
    "finance checks": ("finance", known, "Vérifier la facture", "/factures/FAC-"),
    "approver signs": ("approver", amended, "Signer", "/avenants/AVN-"),
    "officer secures": ("rssi", lambda *_: None, "Sécuriser le service", "/securite/"),
    "supplier writes": ("manager", stated("draft"), "Terminer et envoyer le relevé d’usage", "/releves/REL-"),
    "supplier answers": ("manager", disputed, "Répondre au litige", "/factures/FAC-"),
    "purchasing confirms": ("purchasing", invoiced, "Confirmer le compte à payer", "/confirmer-le-compte/"),
}


def reader(purchase: Purchase, role: str) -> Membership:
    if role == "purchasing":
        return make_member(Role.PURCHASING, organisation=purchase.buyer)
    return getattr(purchase, role)


def told(member: Membership, contract: Contract) -> list[dict[str, Any]]:
    return client_for_token(member).get(f"/api/v1/contracts/{contract.uuid}/waiting/").json()


@pytest.mark.parametrize("case", sorted(ROLES))
def test_one_first_act_for_each_role(case: str) -> None:
    role, fill, expected, address = ROLES[case]
    purchase = make_purchase()
    contract, other = make_used_contract(purchase), make_used_contract(purchase)
    fill(purchase, other)
    member = reader(purchase, role)
    if role != "rssi":
        assert told(member, contract) == [], "what waits on another contract"
        html = text_of(client_for(member).get(contract.get_absolute_url()))
        assert "Rien ne vous attend sur ce contrat." in html
    fill(purchase, contract)
    first = told(member, contract)[0]
    assert first["expected"].startswith(expected) and address in first["url"]
    html = text_of(client_for(member).get(contract.get_absolute_url()))
    assert first["expected"].replace("\u00a0", " ").replace("\u202f", " ") in html
    assert f'<a class="fr-btn" href="{first["url"]}">' in html and html.count('<a class="fr-btn"') == 1
    assert client_for(member).get(first["url"]).status_code == 200


def test_a_loss_is_decided_from_the_contract_itself() -> None:
    purchase = make_purchase(schemes=("secnumcloud",))
    contract = make_used_contract(purchase)
    lose(purchase.offer)
    review = contract.reviews.get()
    (first, *_) = told(purchase.requester, contract)
    assert first["url"] == f"/contrats/{contract.number}/reexamens/{review.uuid}/"
    html = text_of(client_for(purchase.requester).get(contract.get_absolute_url()))
    assert f'<a class="fr-btn" href="{first["url"]}">Décider de la suite</a>' in html
    assert html.count('<a class="fr-btn"') == 1


def test_a_draft_of_essential_data_waits_for_the_service_achats() -> None:
    purchase = make_purchase()
    contract = make_published(purchase)
    member = reader(purchase, "purchasing")
    expected = [row["expected"] for row in told(member, contract)]
    assert "Compléter et relire les données essentielles" in expected


def test_nothing_waits_for_who_only_reads() -> None:
    purchase = make_purchase()
    contract = make_used_contract(purchase)
    for _, fill, _, _ in ROLES.values():
        fill(purchase, contract) if fill is amended else None
    auditor = make_member(Role.AUDITOR)
    assert told(auditor, contract) == [] and told(purchase.dpo, contract) == []
    assert "Rien ne vous attend" in text_of(client_for(auditor).get(contract.get_absolute_url()))
