"""Budgets by the pages and by the API: strangers first, then what is written and shown."""

import pytest

from marketplace.accounts.enums import Role
from procurement.actions import orders
from procurement.models import BudgetLine
from tests.builders import client_for, make_member, make_organisation
from tests.procurement.budgets.builders import make_envelope, make_line
from tests.procurement.order_builders import make_order, make_purchase
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
URL = "/api/v1/budgets/"
TYPED = {
    "kind": "line",
    "year": "2027",
    "label": "Services en nuage",
    "ceiling_eur": "45000,50",
    "basis": "TTC",
    "source": "Notification du 12 janvier",
}


@pytest.fixture
def purchase():
    return make_purchase()


@pytest.fixture
def finance(purchase):
    return purchase.finance


def text_of(response, status=200):
    assert response.status_code == status, response.content[:800]
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").replace("&nbsp;", " ")


def test_a_stranger_finds_nothing(purchase):
    line = make_line(purchase.buyer)
    assert client_for(None).get("/budgets/").status_code == 302
    stranger = client_for(make_member(Role.FINANCE))
    assert stranger.get(f"/budgets/{line.number}/").status_code == 404
    assert line.number not in text_of(stranger.get("/budgets/"))
    other = client_for_token(make_member(Role.FINANCE))
    problem_of(other.get(f"{URL}{line.uuid}/"), 404)
    assert other.get(URL).json()["count"] == 0


def test_a_budget_is_written_read_changed_and_closed_by_its_pages(purchase, finance):
    client = client_for(finance)
    assert client.post("/budgets/creer/", TYPED).status_code == 302
    line = BudgetLine.objects.get()
    assert (str(line.ceiling_eur), line.basis, line.year) == ("45000.50", "TTC", 2027)
    listed = text_of(client.get("/budgets/"))
    assert line.number in listed and "45 000,50 € TTC" in listed
    edit = {"label": "Autre", "ceiling_eur": "50000", "basis": "TTC", "source": "Décision", "version": "1"}
    assert client.post(f"/budgets/{line.number}/modifier/", edit).status_code == 302
    assert client.post(f"/budgets/{line.number}/modifier/", edit).status_code == 412
    assert client.post(f"/budgets/{line.number}/clore/", {"reason": "Fin d’exercice"}).status_code == 302
    assert client.get(f"/budgets/{line.number}/modifier/").status_code == 409
    assert line.number not in text_of(client.get("/budgets/?etat=open"))
    assert "Rouvrir le budget" in text_of(client.get(f"/budgets/{line.number}/"))


@pytest.mark.parametrize(("field", "value"), [
    ("ceiling_eur", "-1"), ("ceiling_eur", "123456789012345"), ("ceiling_eur", "1,234"), ("year", ""),
    ("year", "20"), ("source", ""), ("basis", "HTC"), ("kind", "project"),
])  # fmt: skip
def test_what_is_refused_keeps_what_was_typed(finance, field, value):
    answer = client_for(finance).post("/budgets/creer/", {**TYPED, field: value})
    html = text_of(answer, 400)
    assert answer.context["form"].errors and "Services en nuage" in html
    assert not BudgetLine.objects.exists()


def test_the_page_shows_the_bar_its_figures_and_the_orders(purchase, finance):
    line = make_line(purchase.buyer, ceiling="1500.00")
    order = make_order(purchase, state="awaiting_approval", budget=line)
    orders.approve(order, actor=purchase.actor("approver"))
    html = text_of(client_for(finance).get(f"/budgets/{line.number}/"))
    for words in (
        "1 200,00 € HT engagés sur 1 500,00 € HT, soit 80 %",
        "Au moins 80 % du plafond",
        "<svg",
        "Voir les chiffres en tableau",
        order.number,
    ):
        assert words in html
    assert f"/budgets/{line.number}/" in text_of(client_for(finance).get(f"/commandes/{order.number}/"))
    desk = text_of(client_for(finance).get("/bureau/"))
    assert "Suivre le budget : 80 % du plafond engagés" in desk


def test_the_writing_of_an_order_offers_the_open_lines(purchase):
    line, other = make_line(purchase.buyer), make_line(make_organisation())
    order = make_order(purchase)
    address = f"/projets/{purchase.project.number}/commander/{order.number}/support/"
    client = client_for(purchase.requester)
    offered = client.get(address).context["form"].fields["budget"].queryset
    assert line in offered and other not in offered
    data = {"budget": str(line.pk), "vehicle": str(order.vehicle_id), "supplier_vat_regime": "normal"}
    assert client.post(address, data).status_code == 302
    order.refresh_from_db()
    assert order.budget == line
    refused = client.post(address, {**data, "maximum_eur_ht": "-5"})
    assert refused.status_code == 400 and "maximum_eur_ht" in refused.context["form"].errors


def test_the_supplier_never_reads_the_line(purchase):
    order = make_order(purchase, state="sent", budget=make_line(purchase.buyer, label="Ligne secrète"))
    assert "Ligne secrète" not in text_of(client_for(purchase.manager).get(f"/commandes/{order.number}/"))


def body(**changes):
    return {
        "kind": "line",
        "label": "Services en nuage",
        "year": 2027,
        "ceiling_eur": "5000.00",
        "basis": "HT",
        "source": "Notification",
        **changes,
    }


def test_the_same_by_the_api(purchase, finance):
    api = client_for_token(finance)
    problem_of(client_for_token(purchase.requester).post(URL, body(), format="json"), 403)
    made = api.post(URL, body(project=str(purchase.project.uuid)), format="json")
    assert made.status_code == 201, made.content
    said = made.json()
    assert (said["committed_eur"], said["left_eur"], said["percent"]) == ("0.00", "5000.00", 0)
    line, url = BudgetLine.objects.get(), f"{URL}{said['id']}/"
    order = make_order(purchase, state="approved", budget=line)
    read = api.get(url).json()
    assert (read["committed_eur"], read["left_eur"], read["percent"]) == ("1200.00", "3800.00", 24)
    [taken] = api.get(f"/api/v1/commitments/?budget={said['id']}&living=true").json()["results"]
    assert (taken["order_number"], taken["amount_eur_ttc"]) == (order.number, "1440.00")
    assert api.get("/api/v1/commitments/?living=false").json()["count"] == 0
    problem_of(api.patch(url, {"ceiling_eur": "10.00"}, format="json"), 428)
    low = api.patch(url, {"ceiling_eur": "10.00"}, format="json", headers={"If-Match": made["ETag"]})
    assert faults(low) == {"ceiling_eur"}
    assert api.post(f"{url}close/", {"reason": "Fin"}, format="json").json()["state"] == "closed"
    problem_of(api.post(f"{url}close/", {"reason": "Fin"}, format="json"), 409)


@pytest.mark.parametrize(("changes", "field"), [
    ({"ceiling_eur": "-1"}, "ceiling_eur"),
    ({"ceiling_eur": "123456789012345"}, "ceiling_eur"),
    ({"ceiling_eur": "1.234"}, "ceiling_eur"),
    ({"year": None}, "year"),
    ({"basis": "HTC"}, "basis"),
    ({"kind": "project", "year": None}, "project"),
])  # fmt: skip
def test_bad_input_names_the_field(finance, changes, field):
    assert faults(client_for_token(finance).post(URL, body(**changes), format="json")) == {field}


def test_an_order_names_its_line_by_api(purchase):
    line = make_line(purchase.buyer)
    order = make_order(purchase)
    api = client_for_token(purchase.requester)
    url = f"/api/v1/orders/{order.uuid}/"
    told = api.patch(url, {"budget": str(line.uuid)}, format="json", headers={"If-Match": '"1"'})
    assert told.json()["budget"] == str(line.uuid), told.content
    other = make_line(make_organisation())
    missing = api.patch(url, {"budget": str(other.uuid)}, format="json", headers={"If-Match": told["ETag"]})
    problem_of(missing, 404)


def test_an_envelope_is_read_in_the_list(purchase, finance):
    envelope = make_envelope(purchase.project)
    make_order(purchase, state="approved")
    [row] = client_for_token(finance).get(f"{URL}?kind=project").json()["results"]
    assert (row["number"], row["committed_eur"], row["year"]) == (envelope.number, "1200.00", None)
