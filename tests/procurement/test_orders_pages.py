"""Pages of an order (S14, S15): strangers first, then the writing, the moves and the exchange."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.accounts.enums import Role
from procurement.actions import orders
from procurement.models import Order
from procurement.views.order_moves import ADDRESSES
from tests.builders import client_for, grant, make_member
from tests.procurement.order_builders import (
    DIRECT,
    bring_to,
    give_opinions,
    make_order,
    make_purchase,
    make_vehicle,
    publish_version,
)

pytestmark = pytest.mark.django_db
ONCE = re.compile(r'name="_once" value="([^"]+)"')


@pytest.fixture
def purchase():
    return make_purchase(schemes=("secnumcloud",))


def page(order):
    return f"/commandes/{order.number}/"


def text_of(response, status=200):
    assert response.status_code == status, response.content[:800]
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").replace("&nbsp;", " ")


def writing(purchase, order, step):
    return f"/projets/{purchase.project.number}/commander/{order.number}/{step}/"


@pytest.mark.parametrize("address", ["", "envoyer/", "document/", "avis/rssi/"])
def test_a_visitor_signs_in_and_a_stranger_finds_nothing(purchase, address):
    order = make_order(purchase, state="committed")
    answer = client_for(None).get(page(order) + address)
    assert answer.status_code == 302 and "/connexion/" in answer["Location"]
    assert client_for(make_purchase().requester).get(page(order) + address).status_code == 404
    assert client_for(purchase.manager).get(page(order) + address).status_code == 404


def test_writing_in_four_steps(purchase):
    client = client_for(purchase.requester)
    start = f"/projets/{purchase.project.number}/commander/?offre={purchase.offer.number}"
    assert "10,00 € HT par poste par mois" in text_of(client.get(start))
    answer = client.post(start, {"qte-poste": "10", "qte-base": ""})
    order = Order.objects.get()
    assert answer["Location"] == writing(purchase, order, "periode")
    answer = client.post(answer["Location"], {"starts_on": "2027-01-01", "ends_on": "2027-12-31"})
    assert answer["Location"] == writing(purchase, order, "support")
    vehicle = make_vehicle(purchase.buyer)
    answer = client.post(answer["Location"], {"vehicle": vehicle.pk, "supplier_vat_regime": "normal"})
    check = text_of(client.get(answer["Location"]))
    assert "1 200,00 € HT" in check and "1 440,00 € TTC" in check and "TVA 20 %" in check
    answer = client.post(answer["Location"], {})
    assert answer["Location"] == page(order)
    order.refresh_from_db()
    assert (order.state, order.vehicle, order.total_eur_ttc) == (
        "awaiting_opinions",
        vehicle,
        Decimal("1440.00"),
    )


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"qte-poste": "-1"}, "est négative"),
        ({"qte-poste": "dix"}, "n’est pas un nombre"),
        ({"qte-poste": "999999999999999"}, "chiffres"),
        ({"qte-base": "99999999999"}, "dépasse ce qu’un bon de commande peut porter"),
        ({}, "Indiquez au moins une quantité"),
        ({"qte-poste": "1\x00"}, "caractère interdit"),
    ],
)
def test_bad_quantities_are_said_next_to_their_field(purchase, data, said):
    start = f"/projets/{purchase.project.number}/commander/?offre={purchase.offer.number}"
    html = text_of(client_for(purchase.requester).post(start, data), 400)
    assert said in html and "Erreur :" in html
    assert not Order.objects.exists()


def test_the_end_before_the_start(purchase):
    order = make_order(purchase)
    data = {"starts_on": "2027-03-03", "ends_on": "2027-03-01"}
    answer = client_for(purchase.requester).post(writing(purchase, order, "periode"), data)
    assert "précède le début" in text_of(answer, 400)


def test_without_a_route_the_check_says_what_is_missing(purchase):
    order = make_order(purchase, vehicle=None)
    client = client_for(purchase.requester)
    assert "Indiquez un support d’achat" in text_of(client.get(writing(purchase, order, "verification")))
    assert "reste en brouillon" in text_of(client.post(writing(purchase, order, "verification"), {}), 400)


def test_a_changed_price_is_said_and_taken_only_on_demand(purchase):
    order = make_order(purchase)
    publish_version(purchase.offer, seat="11")
    client = client_for(purchase.requester)
    html = text_of(client.get(writing(purchase, order, "formule")))
    assert "passé de 10,00 € HT à 11,00 € HT" in html and "gardez la version figée" in html
    address = f"/projets/{purchase.project.number}/commander/{order.number}/recalculer/"
    assert "de 10,00 € HT à 11,00 € HT" in text_of(client.get(address))
    order.refresh_from_db()
    assert order.total_eur_ht == Decimal("1200.00")
    client.post(address)
    order.refresh_from_db()
    assert (order.total_eur_ht, order.offer_version.number) == (Decimal("1320.00"), 2)


@pytest.mark.parametrize(
    ("state", "extra", "said"),
    [
        ("unclaimed", {}, "n’a pas revendiqué cette fiche publique"),
        ("suspended", {}, "suspendue"),
        ("listed", {"is_internal_state": True}, "passe par une convention"),
    ],
)
def test_offers_that_cannot_be_ordered(state, extra, said):
    purchase = make_purchase(state=state, **extra)
    start = f"/projets/{purchase.project.number}/commander/?offre={purchase.offer.number}"
    assert said in text_of(client_for(purchase.requester).get(start), 400)


def test_a_lost_status_is_shown_while_writing(purchase):
    order = make_order(purchase)
    purchase.offer.effective_trust.update(status="suspended")
    assert "SecNumCloud exigée par le projet" in text_of(
        client_for(purchase.requester).get(writing(purchase, order, "formule"))
    )


def test_the_double_click_makes_one_order(purchase):
    client = client_for(purchase.requester)
    start = f"/projets/{purchase.project.number}/commander/?offre={purchase.offer.number}"
    token = ONCE.search(client.get(start).content.decode())[1]
    first, second = (client.post(start, {"qte-poste": "1", "_once": token}) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Order.objects.count() == 1


def test_the_double_approval_is_one_and_a_later_one_is_told(purchase):
    order = make_order(purchase, state="awaiting_approval")
    client = client_for(purchase.approver)
    address = page(order) + "approuver/"
    html = client.get(address).content.decode()
    assert "Approuver 1 440,00 € TTC" in text_of(client.get(address))
    data = {"_once": ONCE.search(html)[1], "version": order.version}
    assert [client.post(address, data).status_code for _ in range(2)] == [302, 302]
    order.refresh_from_db()
    assert (order.state, order.version) == ("approved", 4)
    assert client.post(address, {"version": 3}).status_code == 409


def test_approving_what_changed_meanwhile_is_refused(purchase):
    order = make_order(purchase, state="awaiting_approval")
    read = order.version
    orders.reopen(order, actor=purchase.actor("requester"))
    orders.request_opinions(order, actor=purchase.actor("requester"))
    give_opinions(order, purchase)
    orders.request_approval(order, actor=purchase.actor("requester"))
    answer = client_for(purchase.approver).post(page(order) + "approuver/", {"version": read})
    assert answer.status_code == 412
    order.refresh_from_db()
    assert order.state == "awaiting_approval"


def test_the_author_reads_why_another_must_approve(purchase):
    order = make_order(purchase, state="awaiting_approval")
    grant(purchase.requester, Role.APPROVER, ceiling_eur=Decimal("100000"))
    client = client_for(purchase.requester)
    assert "Vous avez rédigé ce bon de commande : une autre personne doit l’approuver." in text_of(
        client.get(page(order))
    )
    assert client.post(page(order) + "approuver/", {"version": order.version}).status_code == 403


def test_the_page_says_who_holds_it_and_shows_the_steps(purchase):
    order = make_order(purchase, state="awaiting_approval")
    html = text_of(client_for(purchase.requester).get(page(order)))
    assert f"En attente de l’approbation de {purchase.approver.user}" in html
    assert html.count('aria-current="step"') == 1
    assert "Approuver 1 440,00" not in html


def test_an_unfavourable_opinion_is_shown_to_the_approver_and_hidden_from_the_supplier(purchase):
    order = make_order(purchase, state="awaiting_opinions")
    give_opinions(order, purchase, verdict="unfavourable")
    orders.request_approval(order, actor=purchase.actor("requester"))
    assert "Défavorable" in text_of(client_for(purchase.approver).get(page(order)))
    bring_to(order, "sent", purchase)
    supplier_page = text_of(client_for(purchase.manager).get(page(order)))
    assert "Défavorable" not in supplier_page and "Historique" not in supplier_page
    assert "Accuser réception" in supplier_page


def test_giving_the_opinions_by_page_leads_to_approval(purchase):
    order = make_order(purchase, state="awaiting_opinions")
    assert "Donner l’avis du RSSI" in text_of(client_for(purchase.rssi).get(page(order)))
    data = {"verdict": "favourable", "text": "Rien à redire."}
    assert client_for(purchase.dpo).post(page(order) + "avis/rssi/", data).status_code == 403
    assert client_for(purchase.rssi).post(page(order) + "avis/rssi/", {}).status_code == 400
    for who, kind in ((purchase.rssi, "rssi"), (purchase.dpo, "dpo")):
        assert client_for(who).post(f"{page(order)}avis/{kind}/", data).status_code == 302
    order.refresh_from_db()
    assert order.state == "awaiting_approval"


def test_refusals_need_a_reason_and_show_it(purchase):
    order = make_order(purchase, state="sent", **DIRECT)
    client = client_for(purchase.manager)
    assert client.post(page(order) + "refuser/", {"reason": ""}).status_code == 400
    client.post(page(order) + "refuser/", {"reason": "Capacité épuisée"})
    assert "Capacité épuisée" in text_of(client_for(purchase.requester).get(page(order)))


def test_the_page_of_an_order_under_a_vehicle_offers_no_refusal(purchase):
    address = page(make_order(purchase, state="sent"))
    client = client_for(purchase.manager)
    assert "Refuser et dire pourquoi" not in text_of(client.get(address))
    assert "sans le refuser" in text_of(client.post(address + "refuser/", {"reason": "Complet"}), 409)


def test_a_malformed_commitment_number_is_said(purchase):
    order = make_order(purchase, state="approved")
    answer = client_for(purchase.finance).post(page(order) + "engager/", {"commitment_number": "a b"})
    assert "de 3 à 30 chiffres" in text_of(answer, 400)


def test_sending_with_a_lost_status_says_which(purchase):
    order = make_order(purchase, state="committed")
    purchase.offer.effective_trust.update(status="withdrawn")
    answer = client_for(purchase.requester).post(page(order) + "envoyer/", {"version": order.version})
    assert "La qualification SecNumCloud exigée par le projet n’est pas en vigueur" in text_of(answer, 409)


def test_both_sides_talk_once_it_is_sent(purchase):
    order = make_order(purchase, state="committed")
    buyer, supplier = client_for(purchase.requester), client_for(purchase.manager)
    assert buyer.post(page(order) + "message/", {"body": "Bonjour"}).status_code == 409
    bring_to(order, "sent", purchase)
    assert supplier.post(page(order) + "message/", {"body": "Livraison le 3 <b>mars</b>"}).status_code == 302
    html = buyer.get(page(order)).content.decode()
    assert "Livraison le 3 &lt;b&gt;mars&lt;/b&gt;" in html
    assert buyer.post(page(order) + "message/", {"body": ""}).status_code == 400


def test_both_sides_download_the_document(purchase):
    order = make_order(purchase, state="sent")
    for who in (purchase.requester, purchase.manager):
        answer = client_for(who).get(page(order) + "document/")
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF")


@pytest.mark.parametrize("name", ADDRESSES)
def test_every_move_has_a_page_to_read_first(purchase, name):
    state, who = {
        "request_opinions": ("draft", "requester"),
        "request_approval": ("awaiting_opinions", "requester"),
        "approve": ("awaiting_approval", "approver"),
        "reject": ("awaiting_approval", "approver"),
        "commit": ("approved", "finance"),
        "send": ("committed", "requester"),
        "acknowledge": ("sent", "manager"),
        "refuse": ("sent", "manager"),
        "reopen": ("committed", "requester"),
        "cancel": ("committed", "requester"),
    }[name]
    order = make_order(purchase, state=state)
    text_of(client_for(getattr(purchase, who)).get(page(order) + ADDRESSES[name] + "/"))
    assert Order.objects.get(pk=order.pk).state == state


@pytest.mark.parametrize("state", ["rejected", "refused", "cancelled"])
def test_a_refusal_is_a_branch_of_the_steps(purchase, state):
    order = make_order(purchase, state=state)
    html = text_of(client_for(purchase.requester).get(page(order)))
    assert "market-parcours__step--branch" in html and 'aria-current="step"' not in html


def test_lists_show_each_side_its_own(purchase):
    order = make_order(purchase, state="sent")
    draft = make_order(purchase)
    buyer = text_of(client_for(purchase.requester).get("/commandes/"))
    assert order.number in buyer and draft.number in buyer
    supplier = text_of(client_for(purchase.manager).get("/commandes/"))
    assert order.number in supplier and draft.number not in supplier
    assert order.number not in text_of(client_for(make_purchase().requester).get("/commandes/"))
    assert draft.number not in text_of(client_for(purchase.requester).get("/commandes/?etat=sent"))


def test_one_and_ten_rows_cost_the_same(purchase):
    client = client_for(purchase.requester)
    make_order(purchase)
    client.get("/commandes/")
    with CaptureQueriesContext(connection) as one:
        client.get("/commandes/")
    for _ in range(9):
        make_order(purchase)
    with CaptureQueriesContext(connection) as ten:
        client.get("/commandes/")
    assert len(one) == len(ten) <= 12


def test_the_desk_of_each_role(purchase):
    for state, who, words in (
        ("awaiting_opinions", "rssi", "Donner un avis sur le bon de commande"),
        ("awaiting_approval", "approver", "Approuver 1 200,00 € HT (votre plafond : 100 000,00 € HT)"),
        ("approved", "finance", "Saisir le numéro d’engagement, 1 200,00 € HT"),
        ("committed", "requester", "Envoyer au fournisseur"),
        ("sent", "manager", f"Répondre au bon de commande de {purchase.buyer.name}"),
    ):
        order = make_order(purchase, state=state)
        html = text_of(client_for(getattr(purchase, who)).get("/bureau/"))
        assert words in html and order.number in html, state


def test_vehicles_are_listed_and_created_by_purchasing(purchase):
    buying = client_for(make_member(Role.PURCHASING, organisation=purchase.buyer))
    data = {
        "kind": "framework",
        "title": "Hébergement",
        "reference": "AC-2026-1",
        "holder_name": "Titulaire d’essai",
        "starts_on": "2026-01-01",
        "ends_on": "2027-12-31",
        "maximum_eur": "50000",
    }
    assert client_for(purchase.requester).get("/supports-d-achat/creer/").status_code == 403
    assert client_for(purchase.manager).get("/supports-d-achat/").status_code == 403
    assert "précède le début" in text_of(
        buying.post("/supports-d-achat/creer/", {**data, "ends_on": "2025-01-01"}), 400
    )
    assert buying.post("/supports-d-achat/creer/", {**data, "maximum_eur": "-5"}).status_code == 400
    assert buying.post("/supports-d-achat/creer/", data).status_code == 302
    html = text_of(client_for(purchase.requester).get("/supports-d-achat/"))
    assert "AC-2026-1" in html and "50 000,00 € HT" in html
    stranger = client_for(make_purchase().requester)
    assert "AC-2026-1" not in text_of(stranger.get("/supports-d-achat/"))


def test_the_reply_limit_is_ten_working_days(purchase):
    from marketplace.working_days import add_working_days

    order = make_order(purchase, state="sent")
    assert order.reply_due_on == add_working_days(timezone.localdate(), 10)
