"""A change of a contract goes through the chain of its administration, on its whole, on its very content."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.notifications.models import Notification
from procurement.amendments import actions
from procurement.models import Amendment, AmendmentApproval, Commitment
from tests.builders import client_for, make_member
from tests.procurement.amendments.builders import LATER, make_amendment, make_contract
from tests.procurement.approval.builders import make_chain, make_delegation, step
from tests.procurement.order_builders import make_purchase, make_vehicle
from tests.rest.builders import client_for_token, problem_of
from tests.support.racing import at_once

pytestmark = pytest.mark.django_db
URL = "/api/v1/amendments/"


@pytest.fixture
def purchase():
    return make_purchase()


def written(purchase, contract, **values):
    return make_amendment(contract, actor=purchase.actor("requester"), **values)


def roles_of(amendment):
    return [each.role for each in amendment.approvals.living()]


def sign(amendment, purchase, *names):
    for name in names:
        actions.approve(amendment, actor=purchase.actor(name))
    return amendment


def test_steps_are_signed_in_their_order_and_the_last_one_takes_the_ceilings(purchase):
    contract = make_contract(purchase)
    make_chain(purchase.buyer, step(Role.SECURITY_OFFICER), step(Role.APPROVER))
    made = written(purchase, contract, kind="renewal", delta="1200.00", new_ends_on=LATER)
    for name in ("approver", "finance", "requester"):
        with pytest.raises(NotAllowed):
            actions.approve(made, actor=purchase.actor(name))
    sign(made, purchase, "rssi")
    assert made.state == "proposed" and Commitment.objects.count() == 1
    assert Notification.objects.filter(user=purchase.approver.user, subject__contains="à signer").exists()
    sign(made, purchase, "approver")
    assert made.state == "approved" and Commitment.objects.count() == 2
    assert {each.content_sha256 for each in made.approvals.living()} == {made.content_sha256}


@pytest.mark.parametrize(("threshold", "values", "asked"), [
    # On the whole of 1,200.00 and the change, never on the change.
    ("1800.00", {"delta": "600.00"}, True),
    ("1800.01", {"delta": "600.00"}, False),
    # What ends a part of a contract is signed as the contract was.
    ("1200.00", {"kind": "partial_termination", "delta": "-1100.00"}, True),
])  # fmt: skip
def test_a_step_is_asked_on_the_cumulative_total(purchase, threshold, values, asked):
    contract = make_contract(purchase)
    make_chain(purchase.buyer, step(Role.DNUM, threshold), step(Role.APPROVER))
    assert (Role.DNUM in roles_of(written(purchase, contract, **values))) is asked


def test_a_contract_by_usage_counts_its_maximum(purchase):
    contract = make_contract(purchase, maximum_eur_ht=Decimal("5000"))
    purchase.approver.grants.update(ceiling_eur=Decimal("5599.99"))
    made = written(purchase, contract)
    with pytest.raises(NotAllowed, match="plafond"):
        sign(made, purchase, "approver")
    purchase.approver.grants.update(ceiling_eur=Decimal("5600.00"))
    assert sign(made, purchase, "approver").state == "approved"


def test_a_change_approved_voids_what_was_signed_of_the_others_and_asks_by_the_new_total(purchase):
    contract = make_contract(purchase)
    make_chain(purchase.buyer, step(Role.SECURITY_OFFICER), step(Role.DNUM, "2400.00"), step(Role.APPROVER))
    first, second = written(purchase, contract), written(purchase, contract)
    sign(second, purchase, "rssi")
    before = second.content_hash()
    sign(first, purchase, "rssi", "approver")
    second.refresh_from_db()
    assert roles_of(second) == [Role.SECURITY_OFFICER, Role.DNUM, Role.APPROVER]
    assert not second.approvals.living().filter(signed_at__isnull=False).exists()
    assert second.content_hash() != before
    with pytest.raises(NotAllowed):
        sign(second, purchase, "approver")


def test_a_correction_voids_what_was_signed_and_only_its_writer_makes_it(purchase):
    contract = make_contract(purchase)
    make_chain(purchase.buyer, step(Role.SECURITY_OFFICER), step(Role.APPROVER))
    made = sign(written(purchase, contract), purchase, "rssi")
    with pytest.raises(RuleBroken):
        actions.edit_amendment(made, actor=purchase.actor("requester"), delta_eur_ht=Decimal("-1300"))
    actions.edit_amendment(made, actor=purchase.actor("requester"), delta_eur_ht=Decimal("700.00"))
    assert not made.approvals.living().filter(signed_at__isnull=False).exists()
    sign(made, purchase, "rssi", "approver")
    with pytest.raises(MoveRefused):
        actions.edit_amendment(made, actor=purchase.actor("requester"), reason="Trop tard")


def test_the_database_keeps_signatures_and_refuses_an_approval_without_them(purchase):
    made = written(purchase, make_contract(purchase))
    decided = {
        "decided_by": purchase.approver.user,
        "decided_at": made.written_at,
        "content_sha256": "0" * 64,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Amendment.objects.filter(pk=made.pk).update(state="approved", **decided)
    sign(made, purchase, "approver")
    with pytest.raises(IntegrityError), transaction.atomic():
        AmendmentApproval.objects.update(content_sha256="0" * 64)


def test_a_delegate_signs_within_the_givers_ceiling_and_sees_it_on_the_desk(purchase):
    contract = make_contract(purchase)
    deputy = make_member(Role.FINANCE, organisation=purchase.buyer)
    make_delegation(purchase.approver, deputy)
    made = written(purchase, contract)
    expected = f'href="{made.get_absolute_url()}"'
    assert expected in client_for(deputy).get("/bureau/").content.decode()
    assert expected in client_for(purchase.approver).get("/bureau/").content.decode()
    assert expected not in client_for(purchase.requester).get("/bureau/").content.decode()
    purchase.approver.grants.update(ceiling_eur=Decimal("1799.99"))
    assert expected not in client_for(deputy).get("/bureau/").content.decode()
    purchase.approver.grants.update(ceiling_eur=Decimal("1800.00"))
    actions.approve(made, actor=Actor.of(deputy))
    assert made.approvals.get().delegation.giver == purchase.approver.user


def test_signed_corrected_and_read_by_pages_and_by_api(purchase):
    contract = make_contract(purchase)
    make_chain(purchase.buyer, step(Role.SECURITY_OFFICER), step(Role.APPROVER))
    made = written(purchase, contract)
    page, rssi = made.get_absolute_url(), client_for(purchase.rssi)
    assert "signature attendue" in rssi.get(page).content.decode()
    said = rssi.post(f"{page}approuver/", {"version": "1"}, follow=True).content.decode()
    assert "Signature enregistrée. Une autre est attendue." in said and str(purchase.rssi.user) in said
    writer = client_for(purchase.requester)
    assert 'value="600,00"' in writer.get(f"{page}modifier/").content.decode()
    bad = writer.post(
        f"{page}modifier/", {"kind": "amendment", "delta_eur_ht": "0", "reason": "Rien", "version": "2"}
    )
    assert bad.status_code == 400 and "Un avenant change un montant" in bad.content.decode()
    assert rssi.get(f"{page}modifier/").status_code == 403
    url, api = f"{URL}{made.uuid}/", client_for_token(purchase.requester)
    read = api.get(url)
    assert [one["role"] for one in read.json()["approvals"]] == ["security_officer", "approver"]
    assert read.json()["approvals"][0]["signed_at"]
    problem_of(
        api.patch(url, {"delta_eur_ht": "1e15"}, format="json", headers={"If-Match": read["ETag"]}), 400
    )
    problem_of(api.patch(url, {"reason": "Autre"}, format="json"), 428)
    changed = api.patch(url, {"reason": "Autre objet"}, format="json", headers={"If-Match": read["ETag"]})
    assert changed.status_code == 200, changed.content
    assert [one["signed_at"] for one in changed.json()["approvals"]] == [None, None]
    stale = rssi.post(f"{page}approuver/", {"version": "2"})
    assert stale.status_code == 412
    sign(made, purchase, "rssi", "approver")
    assert client_for_token(purchase.manager).get(url).json()["approvals"] == []


@pytest.mark.django_db(transaction=True)
def test_two_signatures_at_once_are_two_steps_never_one_twice():
    purchase = make_purchase()
    contract = make_contract(purchase, vehicle=make_vehicle(purchase.buyer))
    make_chain(purchase.buyer, step(Role.APPROVER), step(Role.AUTHORISING_OFFICER))
    other = make_member(Role.APPROVER, organisation=purchase.buyer, ceiling_eur=Decimal(100_000))
    made = written(purchase, contract)

    def by(actor):
        return lambda: actions.approve(Amendment.objects.get(pk=made.pk), actor=actor).state

    assert sorted(at_once(by(purchase.actor("approver")), by(Actor.of(other)))) == ["not_allowed", "proposed"]
    assert made.approvals.filter(signed_at__isnull=False).count() == 1
    officer = make_member(Role.AUTHORISING_OFFICER, organisation=purchase.buyer)
    last = at_once(by(Actor.of(officer)), by(Actor.of(officer)))
    assert sorted(last) == ["approved", "wrong_state"] and Commitment.objects.count() == 2
