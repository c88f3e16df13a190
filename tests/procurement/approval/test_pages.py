"""Chain and delegations by the pages and by the API."""

import datetime as dt

import pytest
from django.utils import timezone

from marketplace.accounts.enums import Role
from procurement.actions import orders
from procurement.models import ApprovalChain, SignatureDelegation
from tests.builders import client_for, make_member
from tests.procurement.approval.builders import make_chain, make_delegation, step
from tests.procurement.order_builders import make_order, make_purchase
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
CHAIN, DELEGATIONS = "/organisation/circuit-d-approbation/", "/organisation/delegations-de-signature/"
API_CHAINS, API_DELEGATIONS = "/api/v1/approval-chains/", "/api/v1/signature-delegations/"


@pytest.fixture
def purchase():
    return make_purchase()


@pytest.fixture
def admin(purchase):
    return make_member(Role.ORGANISATION_ADMIN, organisation=purchase.buyer)


def text_of(response, status=200):
    assert response.status_code == status, response.content[:800]
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").replace("&nbsp;", " ")


def typed(**changes):
    return {
        "valid_from": timezone.localdate().isoformat(),
        "etape-1-role": "dnum",
        "etape-1-from_eur": "90000",
        "etape-1-service_models": ["saas"],
        "etape-1-sensitivity": "sensitive",
        "etape-2-role": "authorising_officer",
        **changes,
    }


def test_a_version_is_written_by_the_page_and_read(purchase, admin):
    client = client_for(admin)
    assert "Aucun circuit n’est écrit" in text_of(client.get(CHAIN))
    assert client.post(f"{CHAIN}modifier/", typed()).status_code == 302
    assert [each.role for each in ApprovalChain.objects.get().steps.all()] == ["dnum", "authorising_officer"]
    html = text_of(client_for(purchase.requester).get(CHAIN))
    assert "à partir de 90 000,00 € HT, pour SaaS (logiciel), quand le projet exige SecNumCloud" in html
    assert "Ordonnateur, toujours" in html and "Écrire une nouvelle version" not in html
    # The next version starts from this one.
    assert 'value="90000,00"' in text_of(client.get(f"{CHAIN}modifier/"))


@pytest.mark.parametrize("changes", [
    {"etape-2-role": ""}, {"etape-1-from_eur": "-1"}, {"etape-1-from_eur": "123456789012345"},
    {"valid_from": "2020-01-01"}, {"valid_from": ""}, {"etape-1-role": "requester"},
])  # fmt: skip
def test_what_is_refused_keeps_what_was_typed(admin, changes):
    html = text_of(client_for(admin).post(f"{CHAIN}modifier/", typed(**changes)), 400)
    assert "fr-alert--error" in html and not ApprovalChain.objects.exists()
    if "etape-1-from_eur" not in changes:
        assert 'value="90000"' in html


def test_the_order_page_shows_each_signature(purchase):
    make_chain(purchase.buyer, step(Role.FINANCE), step(Role.APPROVER))
    order = make_order(purchase, state="awaiting_approval")
    client = client_for(purchase.finance)
    assert "Approuver 1 440,00 € TTC" in text_of(client.get(f"/commandes/{order.number}/"))
    assert "Signer un bon de commande de 1 200,00 € HT" in text_of(client.get("/bureau/"))
    assert client.post(f"/commandes/{order.number}/approuver/", {"version": order.version}).status_code == 302
    html = text_of(client_for(purchase.approver).get(f"/commandes/{order.number}/"))
    assert f"par {purchase.finance.user}" in html and "signature attendue" in html
    assert order.number in text_of(client_for(purchase.approver).get("/bureau/"))
    assert "Signer un bon de commande de 1 200,00 € HT" not in text_of(client.get("/bureau/"))


def delegation(purchase, deputy, **changes):
    today = timezone.localdate()
    return {
        "role": "approver",
        "giver": str(purchase.approver.user.pk),
        "holder": str(deputy.user.pk),
        "starts_on": today.isoformat(),
        "ends_on": (today + dt.timedelta(days=5)).isoformat(),
        "reference": "Arrêté d’essai",
        "reason": "Congés",
        **changes,
    }


def test_a_delegation_is_given_read_and_taken_back(purchase, admin):
    deputy = make_member(Role.FINANCE, organisation=purchase.buyer)
    client = client_for(purchase.approver)
    assert client.post(f"{DELEGATIONS}donner/", delegation(purchase, deputy)).status_code == 302
    row = SignatureDelegation.objects.get()
    assert str(deputy.user) in text_of(client_for(purchase.requester).get(DELEGATIONS))
    order = make_order(purchase, state="awaiting_approval")
    assert order.number in text_of(client_for(deputy).get("/bureau/"))
    address = f"{DELEGATIONS}{row.uuid}/retirer/"
    assert client_for(deputy).get(address).status_code == 403
    assert client_for(admin).post(address, {"reason": "Retour"}).status_code == 302
    assert order.number not in text_of(client_for(deputy).get("/bureau/"))
    assert client.get(address).status_code == 409
    assert client_for(make_member(Role.ORGANISATION_ADMIN)).get(address).status_code == 404


def test_an_approver_gives_no_signature_but_their_own(purchase, admin):
    deputy = make_member(Role.FINANCE, organisation=purchase.buyer)
    other = make_member(Role.APPROVER, organisation=purchase.buyer)
    answer = client_for(other).post(f"{DELEGATIONS}donner/", delegation(purchase, deputy))
    assert answer.status_code == 400 and "giver" in answer.context["form"].errors
    ends = {"ends_on": "2020-01-01"}
    answer = client_for(admin).post(f"{DELEGATIONS}donner/", delegation(purchase, deputy, **ends))
    assert "ends_on" in answer.context["form"].errors


def test_the_same_by_the_api(purchase, admin):
    body = {
        "valid_from": timezone.localdate().isoformat(),
        "steps": [{"role": "finance", "from_eur": "1000.00"}, {"role": "approver"}],
    }
    problem_of(client_for_token(purchase.requester).post(API_CHAINS, body, format="json"), 403)
    made = client_for_token(admin).post(API_CHAINS, body, format="json")
    assert made.status_code == 201, made.content
    assert [each["role"] for each in made.json()["steps"]] == ["finance", "approver"]
    order = make_order(purchase, state="awaiting_approval")
    url = f"/api/v1/orders/{order.uuid}/"
    problem_of(client_for_token(purchase.approver).post(f"{url}approve/", {}, format="json"), 403)
    signed = client_for_token(purchase.finance).post(f"{url}approve/", {}, format="json").json()
    assert signed["state"] == "awaiting_approval"
    assert [bool(each["signed_at"]) for each in signed["approvals"]] == [True, False]
    said = client_for_token(purchase.approver).post(f"{url}approve/", {}, format="json").json()
    assert said["state"] == "approved"
    problem_of(client_for_token(purchase.approver).post(f"{url}approve/", {}, format="json"), 409)


@pytest.mark.parametrize(("changes", "field"), [
    ({"steps": []}, "steps"), ({"steps": [{"role": "finance"}]}, "steps"),
    ({"valid_from": "2020-01-01"}, "valid_from"),
])  # fmt: skip
def test_a_bad_chain_names_its_field(admin, changes, field):
    body = {"valid_from": timezone.localdate().isoformat(), "steps": [{"role": "approver"}], **changes}
    assert faults(client_for_token(admin).post(API_CHAINS, body, format="json")) == {field}


def test_delegations_by_the_api(purchase, admin):
    deputy = make_member(Role.FINANCE, organisation=purchase.buyer)
    people = {"giver": purchase.approver.user.email, "holder": deputy.user.email}
    api, body = client_for_token(purchase.approver), delegation(purchase, deputy, **people)
    assert faults(api.post(API_DELEGATIONS, {**body, "holder": "x@essai.example"}, format="json")) == {
        "holder"
    }
    made = api.post(API_DELEGATIONS, body, format="json")
    assert made.status_code == 201, made.content
    url = f"{API_DELEGATIONS}{made.json()['id']}/"
    problem_of(client_for_token(make_member(Role.FINANCE)).get(url), 404)
    problem_of(client_for_token(deputy).post(f"{url}revoke/", {"reason": "Non"}, format="json"), 403)
    assert api.post(f"{url}revoke/", {"reason": "Retour"}, format="json").json()["state"] == "revoked"
    problem_of(api.post(f"{url}revoke/", {"reason": "Retour"}, format="json"), 409)


def test_a_supplier_reads_no_signature(purchase):
    make_chain(purchase.buyer, step(Role.FINANCE), step(Role.APPROVER))
    order = make_order(purchase, state="awaiting_approval")
    for name in ("finance", "approver"):
        orders.approve(order, actor=purchase.actor(name))
    orders.commit(order, actor=purchase.actor("finance"), commitment_number="1400001234")
    orders.send(order, actor=purchase.actor("requester"))
    assert str(purchase.finance.user) not in text_of(
        client_for(purchase.manager).get(f"/commandes/{order.number}/")
    )
    read = client_for_token(purchase.manager).get(f"/api/v1/orders/{order.uuid}/").json()
    assert read["approvals"] == []


def test_lists_are_read_by_their_own_administration(purchase):
    make_chain(purchase.buyer, step(Role.APPROVER))
    make_delegation(purchase.approver, make_member(Role.FINANCE, organisation=purchase.buyer))
    stranger = client_for_token(make_member(Role.ORGANISATION_ADMIN))
    for url in (API_CHAINS, API_DELEGATIONS):
        assert stranger.get(url).json()["count"] == 0
        assert client_for_token(purchase.requester).get(url).json()["count"] == 1
