"""« Suspension conservatoire » of one offer: strangers first, effects read, dependants told at once."""

from __future__ import annotations

import pytest

from catalog.actions.suspensions import suspend_offer
from catalog.enums import OfferState
from catalog.models import Offer, StackEdge
from marketplace.accounts.actors import Actor
from marketplace.notifications.models import Notification
from tests.builders import client_for, make_member, make_organisation
from tests.catalog.builders import make_offer
from tests.rest.builders import client_for_token, problem_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def base() -> Offer:
    return make_offer(organisation=make_organisation(kind="supplier"))


@pytest.fixture
def above(base: Offer) -> Offer:
    """Built on the base without relying on its status."""
    made = make_offer(organisation=make_organisation(kind="supplier"))
    StackEdge.objects.create(offer=made, base=base, layer="infrastructure", inherits=False)
    return made


def test_only_the_operator(base: Offer) -> None:
    page, api = f"{base.get_absolute_url()}suspendre/", f"/api/v1/offers/{base.uuid}/"
    for role in (None, "requester", "supplier_manager", "qualification_officer", "auditor"):
        member = make_member(role) if role else None
        assert client_for(member).post(page, {"reason": "x"}).status_code in (302, 403)
        problem_of(client_for_token(member).get(f"{api}suspension/"), 403 if member else 401)
        problem_of(client_for_token(member).post(f"{api}suspend/", {"reason": "x"}), 403 if member else 401)
    assert Offer.objects.get(pk=base.pk).state == OfferState.LISTED


def test_two_clicks_effects_first(base: Offer, above: Offer) -> None:
    managers = [
        make_member("supplier_manager", organisation=one.supplier.organisation) for one in (base, above)
    ]
    client = client_for(make_member("decision_maker"))
    page = f"{base.get_absolute_url()}suspendre/"
    assert page in client.get(base.get_absolute_url()).content.decode()
    shown = client.get(page)
    assert (
        above.name in shown.content.decode() and "2 personnes seront prévenues" in shown.context["sentence"]
    )
    empty = client.post(page, {"reason": " ", "sha256": shown.context["sha256"]})
    assert empty.status_code == 400 and 'href="#id_reason"' in empty.content.decode()
    done = client.post(page, {"reason": "Fuite de données.", "sha256": shown.context["sha256"]})
    assert done.status_code == 302
    base.refresh_from_db()
    assert (base.state, base.closed_reason) == (OfferState.SUSPENDED, "Fuite de données.")
    assert {told.user_id for told in Notification.objects.all()} == {one.user_id for one in managers}
    assert client.get(page).status_code == 409


def test_what_is_built_on_it_says_so_at_once(base: Offer, above: Offer) -> None:
    visitor = client_for(None)
    assert "Repose sur une offre suspendue" not in visitor.get(above.get_absolute_url()).content.decode()
    suspend_offer(base, actor=Actor.of(make_member("curator")), reason="Enquête.")
    for part in ("", "pile/"):
        text = visitor.get(f"{above.get_absolute_url()}{part}").content.decode()
        assert "Repose sur une offre suspendue" in text and base.get_absolute_url() in text
    layers = client_for_token(None).get(f"/api/v1/offers/{above.uuid}/stack/").json()["layers"]
    assert [layer["suspended"] for layer in layers] == [False, True]
    assert Offer.objects.get(pk=above.pk).state == OfferState.LISTED
    lifted = client_for_token(make_member("curator")).post(
        f"/api/v1/offers/{base.uuid}/lift/", {"reason": "Rien trouvé."}
    )
    assert lifted.json()["state"] == "listed"
    assert "Repose sur une offre suspendue" not in visitor.get(above.get_absolute_url()).content.decode()


def test_a_failure_leaves_nothing_half_done(base: Offer, above: Offer, monkeypatch) -> None:
    make_member("supplier_manager", organisation=above.supplier.organisation)

    def broken(*args: object, **kwargs: object) -> None:
        raise RuntimeError("mail")

    monkeypatch.setattr("catalog.actions.suspensions.notify", broken)
    with pytest.raises(RuntimeError):
        suspend_offer(base, actor=Actor.of(make_member("curator")), reason="Enquête.")
    assert Offer.objects.get(pk=base.pk).state == OfferState.LISTED
    assert not Notification.objects.exists()


def test_what_changed_since_it_was_read_stops_the_act(base: Offer) -> None:
    api = client_for_token(make_member("curator"))
    url = f"/api/v1/offers/{base.uuid}/"
    read = api.get(f"{url}suspension/").json()
    assert read["offers"] == [str(base.uuid)] and read["touched"][0]["count"] == 1
    late = make_offer(organisation=make_organisation(kind="supplier"))
    StackEdge.objects.create(offer=late, base=base, layer="infrastructure", inherits=False)
    given = {"reason": "x", "sha256": read["sha256"]}
    assert problem_of(api.post(f"{url}suspend/", given), 409)["code"] == "effects_changed"
    again = api.get(f"{url}suspension/").json()
    assert late.name in again["touched"][0]["names"]
    done = api.post(f"{url}suspend/", given | {"sha256": again["sha256"]})
    assert done.json()["state"] == "suspended"
