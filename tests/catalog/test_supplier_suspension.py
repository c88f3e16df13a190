"""All the listed offers of a supplier suspended at once: strangers first, effects read, all or nothing."""

from __future__ import annotations

import pytest

from catalog.enums import OfferState
from catalog.models import Offer, StackEdge, Supplier
from marketplace.audit.models import AuditEvent
from marketplace.notifications.models import Notification
from tests.builders import client_for, make_member, make_organisation
from tests.catalog.builders import make_offer, make_supplier
from tests.rest.builders import client_for_token, problem_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def supplier() -> Supplier:
    made = make_supplier(make_organisation(kind="supplier"))
    for _ in range(2):
        make_offer(supplier=made)
    make_offer(supplier=made, state=OfferState.DRAFT)
    return made


def states(supplier: Supplier) -> list[str]:
    return sorted(supplier.offers.values_list("state", flat=True))


def test_only_a_curator(supplier: Supplier) -> None:
    page = f"{supplier.get_absolute_url()}suspendre/"
    api = f"/api/v1/suppliers/{supplier.uuid}/"
    for role in (None, "requester", "supplier_manager", "decision_maker", "auditor"):
        member = make_member(role) if role else None
        assert client_for(member).post(page, {"reason": "x"}).status_code in (302, 403)
        assert "Suspendre toutes" not in client_for(member).get(supplier.get_absolute_url()).content.decode()
        for name in ("suspend-offers", "lift-offers"):
            problem_of(client_for_token(member).post(f"{api}{name}/", {}), 403 if member else 401)
        problem_of(client_for_token(member).get(f"{api}suspension/"), 403 if member else 401)
    assert states(supplier) == ["draft", "listed", "listed"]


def test_effects_first_then_all_at_once(supplier: Supplier) -> None:
    listed = Offer.objects.filter(supplier=supplier, state="listed").first()
    above = make_offer(organisation=make_organisation(kind="supplier"))
    StackEdge.objects.create(offer=above, base=listed, layer="infrastructure", inherits=True)
    manager = make_member("supplier_manager", organisation=supplier.organisation)
    client = client_for(make_member("curator"))
    page = f"{supplier.get_absolute_url()}suspendre/"
    shown = client.get(page)
    assert above.name in shown.content.decode() and len(shown.context["offers"]) == 2
    sha256 = shown.context["sha256"]
    refused = client.post(page, {"reason": "", "sha256": sha256})
    assert refused.status_code == 400 and states(supplier) == ["draft", "listed", "listed"]
    done = client.post(page, {"reason": "Fraude constatée.", "sha256": sha256})
    assert done.status_code == 302 and states(supplier) == ["draft", "suspended", "suspended"]
    above.refresh_from_db()
    assert above.state == "listed"
    assert AuditEvent.objects.filter(what="offers_suspended", object_id=supplier.pk).count() == 1
    assert AuditEvent.objects.filter(what="suspend").count() == 2
    assert Notification.objects.filter(user=manager.user).count() == 1
    assert client.get(page).status_code == 409


def test_what_changed_since_it_was_read_stops_everything(supplier: Supplier) -> None:
    api = client_for_token(make_member("curator"))
    url = f"/api/v1/suppliers/{supplier.uuid}/"
    read = api.get(f"{url}suspension/").json()
    assert len(read["offers"]) == 2 and read["touched"][0]["count"] == 2
    make_offer(supplier=supplier)
    late = api.post(f"{url}suspend-offers/", {"reason": "x", "sha256": read["sha256"]})
    assert problem_of(late, 409)["code"] == "effects_changed"
    assert states(supplier) == ["draft", "listed", "listed", "listed"]
    again = api.get(f"{url}suspension/").json()
    done = api.post(f"{url}suspend-offers/", {"reason": "x", "sha256": again["sha256"]})
    assert sorted(done.json()["offers"]) == sorted(again["offers"])


def test_suspensions_are_lifted_by_name(supplier: Supplier) -> None:
    api, client = client_for_token(make_member("curator")), client_for(make_member("curator"))
    url = f"/api/v1/suppliers/{supplier.uuid}/"
    read = api.get(f"{url}suspension/").json()
    api.post(f"{url}suspend-offers/", {"reason": "x", "sha256": read["sha256"]})
    first, second = read["offers"]
    other = make_offer(state=OfferState.SUSPENDED)
    wrong = api.post(f"{url}lift-offers/", {"reason": "Corrigé.", "offers": [first, str(other.uuid)]})
    assert problem_of(wrong, 400)["errors"][0]["field"] == "offers"
    assert states(supplier) == ["draft", "suspended", "suspended"]
    page = f"{supplier.get_absolute_url()}lever/"
    assert client.post(page, {"reason": "Corrigé."}).status_code == 400
    assert client.post(page, {"reason": "Corrigé.", "offers": [first]}).status_code == 302
    assert states(supplier) == ["draft", "listed", "suspended"]
    assert api.post(f"{url}lift-offers/", {"reason": "Corrigé.", "offers": [second]}).status_code == 200
    assert client.get(page).status_code == 409
