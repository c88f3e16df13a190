"""The register: who follows a contract, alerts before notices, the calendar; strangers first."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.accounts.enums import Role
from marketplace.errors import MoveRefused
from marketplace.notifications.models import Notification
from procurement.models import CalendarLink, ContractReview, ExitPlan
from procurement.register import links
from procurement.register.alerts import tell_notices
from procurement.register.dates import alert_reached
from procurement.register.ics import Event, calendar, fold
from tests.builders import client_for, make_member
from tests.procurement.amendments.builders import make_contract
from tests.procurement.exit.builders import make_exit
from tests.procurement.order_builders import make_purchase
from tests.rest.builders import client_for_token, faults, problem_of
from tests.support.racing import at_once

URL = "/api/v1/calendar-links/"
# Two months of notice before the end of 2027 (the builders' offer).
NOTICE = dt.date(2027, 10, 31)
NOW = dt.datetime(2026, 11, 26, 9, tzinfo=dt.UTC)


@pytest.fixture
def purchase(db):
    return make_purchase()


def text_of(response, status=200):
    assert response.status_code == status, response.content[:800]
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").replace("&nbsp;", " ")


@given(left=st.integers(-5, 200))
def test_the_nearest_alert_is_the_one_reached(left):
    today = dt.date(2027, 1, 1)
    reached = alert_reached(today + dt.timedelta(days=left), today=today)
    wanted = [days for days in (30, 60, 90, 120) if 0 <= left <= days]
    assert reached == (wanted[0] if wanted else None)


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"])))
def test_folded_lines_are_short_and_read_back(text):
    folded = fold(text)
    lines = folded.split(b"\r\n")
    assert lines[-1] == b"" and all(len(line) <= 75 and line.decode() is not None for line in lines)
    assert folded[:-2].replace(b"\r\n ", b"").decode() == text


def test_an_event_is_what_the_standard_asks():
    event = Event(
        "a@b", NOTICE, "Préavis; un, deux", "Ligne 1\nLigne 2\\ \x07", "https://exemple.example/c", (30,)
    )
    made = calendar([event], name="Contrats", product="-//Essai//FR", stamp=NOW)
    unfolded = made.replace(b"\r\n ", b"").decode().split("\r\n")
    for line in (
        "BEGIN:VCALENDAR", "VERSION:2.0", "UID:a@b", "DTSTAMP:20261126T090000Z",
        "DTSTART;VALUE=DATE:20271031", "DTEND;VALUE=DATE:20271101", "SUMMARY:Préavis\\; un\\, deux",
        "DESCRIPTION:Ligne 1\\nLigne 2\\\\ ", "TRIGGER:-P30D", "END:VALARM", "END:VEVENT", "END:VCALENDAR",
    ):  # fmt: skip
        assert line in unfolded, line


def told(key: str) -> int:
    return Notification.objects.filter(key__contains=key).count()


def test_alerts_are_told_once_per_date_and_alert_to_each_who_follows(purchase):
    contract = make_contract(purchase)
    followers = contract.owners.count()
    tell_notices(on=NOTICE - dt.timedelta(days=121))
    assert told("notice:") == 0
    for days in (120, 100, 90, 61, 60, 30, 0):
        for _ in range(2):
            tell_notices(on=NOTICE - dt.timedelta(days=days))
    assert told("notice:") == 4 * followers
    contract.owners.add(make_member(Role.REQUESTER, organisation=purchase.buyer).user)
    tell_notices(on=NOTICE)
    assert told("notice:") == 4 * followers + 1
    tell_notices(on=NOTICE + dt.timedelta(days=1))
    assert told("notice:") == 4 * followers + 1


def test_the_notice_of_an_exit_clause_is_told_until_it_is_decided(purchase):
    contract = make_contract(purchase)
    ContractReview.objects.create(
        contract=contract, event_uuid=contract.uuid, kind="exit_clause", scheme="hds", status="expired",
        opened_on=dt.date(2027, 1, 10), notice_on=dt.date(2027, 3, 9),
    )  # fmt: skip
    tell_notices(on=dt.date(2027, 2, 20))
    assert told(":exit-") == contract.owners.count()
    contract.reviews.update(decision="keep", decided_by=purchase.requester.user, decided_at=NOW)
    tell_notices(on=dt.date(2027, 3, 1))
    assert told(":exit-") == contract.owners.count()


def test_several_people_follow_a_contract_one_at_least(purchase):
    contract = make_contract(purchase)
    page = f"/contrats/{contract.number}/responsables/"
    other = make_member(Role.PURCHASING, organisation=purchase.buyer)
    assert client_for(None).get(page).status_code == 302
    assert client_for(make_purchase().requester).get(page).status_code == 404
    for member in (purchase.manager, purchase.finance):
        assert client_for(member).get(page).status_code == 403
    client = client_for(purchase.requester)
    assert client.post(page, {"owners": []}).status_code == 400
    elsewhere = client.post(page, {"owners": [purchase.manager.user.email]})
    assert elsewhere.status_code == 400 and "owners" in elsewhere.context["form"].errors
    both = [purchase.requester.user.email, other.user.email]
    assert client.post(page, {"owners": both, "version": "1"}).status_code == 302
    assert client.post(page, {"owners": both, "version": "1"}).status_code == 412
    assert Notification.objects.filter(user=other.user, subject__startswith="Vous suivez").count() == 1
    listed = text_of(client.get("/contrats/?miens=1"))
    assert str(other.user) in listed and contract.number in listed
    assert str(other.user) not in text_of(client_for(purchase.manager).get("/contrats/"))
    api, url = client_for_token(purchase.requester), f"/api/v1/contracts/{contract.uuid}/"
    assert faults(api.post(f"{url}owners/", {"owners": ["x@ailleurs.example"]}, format="json")) == {"owners"}
    said = api.post(f"{url}owners/", {"owners": [both[1]]}, format="json").json()
    assert [owner["email"] for owner in said["owners"]] == [both[1]]
    assert client_for_token(purchase.manager).get(url).json()["owners"] == []


def test_a_calendar_is_read_by_who_holds_the_address_until_it_is_revoked(purchase):
    contract = make_contract(purchase)
    client, stranger = client_for(purchase.requester), client_for(None)
    assert client_for(purchase.manager).get("/contrats/agenda/").status_code == 403
    opened = text_of(client.post("/contrats/agenda/"))
    address = opened.split('<code class="market-break">')[1].split("</code>")[0]
    path = "/" + address.split("/", 3)[3]
    assert address not in text_of(client.get("/contrats/agenda/"))
    assert client.post("/contrats/agenda/").status_code == 409
    feed = stranger.get(path)
    assert feed["Content-Type"] == "text/calendar; charset=utf-8" and "noindex" in feed["X-Robots-Tag"]
    assert b"DTSTART;VALUE=DATE:20271031" in feed.content and contract.number.encode() in feed.content
    assert stranger.get("/agenda/inconnu.ics").status_code == 404
    plan = make_exit(purchase, contract, state="preparing")
    assert b"transition" not in stranger.get(path).content
    ExitPlan.objects.filter(pk=plan.pk).update(transition_ends_on=dt.date(2027, 2, 12))
    assert b"DTSTART;VALUE=DATE:20270212" in stranger.get(path).content
    contract.owners.clear()
    assert contract.number.encode() not in stranger.get(path).content
    assert client.post("/contrats/agenda/revoquer/").status_code == 302
    assert stranger.get(path).status_code == 404
    assert client.get("/contrats/agenda/revoquer/").status_code == 404


def test_the_same_by_the_api_and_gone_with_the_membership(purchase):
    make_contract(purchase)
    api = client_for_token(purchase.requester)
    problem_of(client_for_token(purchase.manager).post(URL, {}, format="json"), 403)
    made = api.post(URL, {}, format="json")
    assert made.status_code == 201, made.content
    path = "/" + made.json()["address"].split("/", 3)[3]
    url = f"{URL}{made.json()['id']}/"
    assert "address" not in api.get(url).json()
    problem_of(client_for_token(purchase.finance).get(url), 404)
    assert client_for(None).get(path).status_code == 200
    purchase.requester.ended_at = NOW
    purchase.requester.save()
    assert client_for(None).get(path).status_code == 404
    purchase.requester.ended_at = None
    purchase.requester.save()
    assert api.post(f"{url}revoke/", {}, format="json").json()["revoked_at"]
    problem_of(api.post(f"{url}revoke/", {}, format="json"), 409)


@pytest.mark.django_db(transaction=True)
def test_two_openings_at_once_make_one_link():
    purchase = make_purchase()

    def open_one():
        return str(links.open_link(actor=purchase.actor("requester"))[0].pk)

    outcomes = at_once(open_one, open_one)
    assert "calendar_link_open" in outcomes and CalendarLink.objects.living().count() == 1
    with pytest.raises(MoveRefused):
        open_one()
