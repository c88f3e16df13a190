"""« Signataires distincts »: nobody signs two steps of one chain, in person or in another's name."""

from importlib import import_module

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.errors import NotAllowed
from marketplace.readings import read, together
from procurement.actions import orders
from procurement.amendments.actions import approve as approve_amendment
from procurement.approval.chains import create_chain
from procurement.approval.people import signers_for
from procurement.desk_orders import purchase_rows
from procurement.models import ApprovalChain
from tests.builders import actor_for, client_for, grant, make_member
from tests.procurement.amendments.builders import make_amendment, make_contract
from tests.procurement.approval.builders import make_delegation, step
from tests.procurement.approval.test_pages import CHAIN, text_of, typed
from tests.procurement.order_builders import make_order, make_purchase

pytestmark = pytest.mark.django_db
RULE = import_module("procurement.migrations.0040_distinct_signers")


@pytest.fixture
def purchase():
    """Its approver holds the finance role too."""
    made = make_purchase()
    grant(made.approver, Role.FINANCE)
    return made


def chained(purchase, **terms):
    admin = actor_for(Role.ORGANISATION_ADMIN, organisation=purchase.buyer)
    steps = (step(Role.FINANCE), step(Role.APPROVER))
    return create_chain(actor=admin, valid_from=timezone.localdate(), steps=steps, **terms)


def listed(member, order):
    rows = read(together(purchase_rows(Actor.of(member))))
    return any(row.object_label.startswith(order.number) for part in rows for row in part)


def test_one_person_of_two_roles_signs_one_step(purchase):
    chained(purchase)
    order = make_order(purchase, state="awaiting_approval")
    orders.approve(order, actor=purchase.actor("approver"))
    assert order.state == "awaiting_approval"
    with pytest.raises(NotAllowed, match="déjà signé une étape"):
        orders.approve(order, actor=purchase.actor("approver"))
    assert signers_for(order) == [] and not listed(purchase.approver, order)
    html = text_of(client_for(purchase.approver).get(order.get_absolute_url()))
    assert "Vous avez déjà signé une étape" in html
    other = make_member(Role.APPROVER, organisation=purchase.buyer)
    assert signers_for(order) == [other.user] and listed(other, order)
    assert orders.approve(order, actor=Actor.of(other)).state == "approved"


def test_who_signed_may_still_refuse(purchase):
    chained(purchase)
    order = make_order(purchase, state="awaiting_approval")
    orders.approve(order, actor=purchase.actor("approver"))
    assert orders.reject(order, actor=purchase.actor("approver"), reason="Trop cher").state == "rejected"


def test_a_chain_may_let_one_person_sign_several_steps(purchase):
    chained(purchase, distinct_signers=False)
    order = make_order(purchase, state="awaiting_approval")
    orders.approve(order, actor=purchase.actor("approver"))
    assert listed(purchase.approver, order)
    assert orders.approve(order, actor=purchase.actor("approver")).state == "approved"


def test_a_delegation_is_no_way_round(purchase):
    """Neither for who signed and holds another's signature, nor for who would sign in their name."""
    chained(purchase)
    signer, deputy = purchase.finance, make_member(Role.DNUM, organisation=purchase.buyer)
    make_delegation(purchase.approver, signer)
    order = make_order(purchase, state="awaiting_approval")
    orders.approve(order, actor=Actor.of(signer))
    with pytest.raises(NotAllowed, match="Vous avez déjà signé"):
        orders.approve(order, actor=Actor.of(signer))
    second = make_order(purchase, state="awaiting_approval")
    make_delegation(purchase.approver, deputy, role=Role.FINANCE)
    orders.approve(second, actor=Actor.of(deputy))
    with pytest.raises(NotAllowed, match="en votre nom"):
        orders.approve(second, actor=purchase.actor("approver"))
    third = make_order(purchase, state="awaiting_approval")
    make_delegation(purchase.approver, deputy)
    orders.approve(third, actor=purchase.actor("approver"))
    with pytest.raises(NotAllowed, match="qui vous a donné délégation a déjà signé"):
        orders.approve(third, actor=Actor.of(deputy))


def test_a_change_of_a_contract_follows_the_same_chain(purchase):
    contract = make_contract(purchase)
    chained(purchase)
    made = make_amendment(contract, actor=purchase.actor("requester"))
    approve_amendment(made, actor=purchase.actor("approver"))
    with pytest.raises(NotAllowed, match="déjà signé"):
        approve_amendment(made, actor=purchase.actor("approver"))


def test_the_page_says_it_and_keeps_it_for_the_next_version(purchase):
    admin = client_for(make_member(Role.ORGANISATION_ADMIN, organisation=purchase.buyer))
    assert "checked" in text_of(admin.get(f"{CHAIN}modifier/")).split('name="distinct_signers"')[1][:200]
    assert admin.post(f"{CHAIN}modifier/", typed()).status_code == 302
    assert not ApprovalChain.objects.get().distinct_signers
    assert "Une même personne peut signer plusieurs étapes" in text_of(admin.get(CHAIN))
    assert admin.post(f"{CHAIN}modifier/", typed(distinct_signers="on")).status_code == 302
    assert "Signataires distincts : une même personne" in text_of(admin.get(CHAIN))


def test_chains_written_before_follow_unless_it_would_block_them(purchase):
    free = chained(purchase)
    few = make_purchase()
    blocked = chained(few)
    few.finance.grants.all().delete()
    grant(few.approver, Role.FINANCE)
    connection.check_constraints()
    with connection.schema_editor() as editor:
        RULE.spare_those_it_would_block(None, editor)
    free.refresh_from_db()
    blocked.refresh_from_db()
    assert (free.distinct_signers, blocked.distinct_signers) == (True, False)


@given(st.lists(st.sets(st.integers(0, 4), max_size=4), max_size=5))
def test_one_signer_each_is_found_whenever_there_is_one(holders):
    def slow(rest, taken):
        return not rest or any(slow(rest[1:], taken | {one}) for one in rest[0] - taken)

    assert RULE.one_each(holders) is slow(holders, set())
