"""The chain of an administration: who signs what, in which order, on which content, at which minute."""

import datetime as dt
from decimal import Decimal
from unittest.mock import patch

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from catalog.enums import ServiceModel
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.accounts.models import Membership, Organisation
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.notifications.models import Notification
from marketplace.tax_basis import Amounts
from procurement.actions import orders
from procurement.approval.chains import create_chain
from procurement.approval.delegations import delegate, revoke
from procurement.approval.enums import SIGNING_ROLES, Sensitivity
from procurement.approval.people import signers_for
from procurement.approval.steps import OrderFacts, applies
from procurement.models import ApprovalChain, ApprovalStep, Commitment, Order, OrderApproval
from tests.builders import actor_for, grant, make_member
from tests.procurement.approval.builders import make_chain, make_delegation, step
from tests.procurement.order_builders import bring_to, make_order, make_purchase

pytestmark = pytest.mark.django_db


@pytest.fixture
def purchase():
    return make_purchase()


def waiting(purchase, **terms):
    """1,200.00 € HT."""
    return make_order(purchase, state="awaiting_approval", **terms)


def roles_of(order):
    return [each.role for each in order.approvals.living()]


def sign(order, purchase, *names):
    for name in names:
        orders.approve(order, actor=purchase.actor(name))
    return order


def test_steps_are_signed_in_their_order_and_the_last_one_approves(purchase):
    make_chain(purchase.buyer, step(Role.SECURITY_OFFICER), step(Role.FINANCE), step(Role.APPROVER))
    order = waiting(purchase)
    for name in ("approver", "finance"):
        with pytest.raises(NotAllowed, match="Rôle nécessaire"):
            orders.approve(order, actor=purchase.actor(name))
    sign(order, purchase, "rssi")
    assert order.state == "awaiting_approval" and not Commitment.objects.exists()
    assert Notification.objects.filter(user=purchase.finance.user, subject__contains="à signer").exists()
    sign(order, purchase, "finance", "approver")
    assert (order.state, order.approved_by) == ("approved", purchase.approver.user)
    signed = {each.content_sha256 for each in order.approvals.living()}
    assert signed == {order.approved_hash} == {order.content_hash()}


@pytest.mark.parametrize(("conditions", "asked"), [
    ({"amount": "1200.00"}, True),
    ({"amount": "1200.01"}, False),
    ({"service_models": ("saas",)}, True),
    ({"service_models": ("iaas", "paas")}, False),
    ({"sensitivity": Sensitivity.SENSITIVE}, False),
])  # fmt: skip
def test_a_step_is_asked_by_amount_model_and_sensitivity(conditions, asked):
    purchase = make_purchase(service_models=["saas"])
    make_chain(purchase.buyer, step(Role.DNUM, **conditions), step(Role.APPROVER))
    assert (Role.DNUM in roles_of(waiting(purchase))) is asked


def test_a_sensitive_project_asks_the_step_kept_for_it():
    purchase = make_purchase(schemes=("secnumcloud",))
    make_chain(purchase.buyer, step(Role.DNUM, sensitivity=Sensitivity.SENSITIVE), step(Role.APPROVER))
    assert roles_of(waiting(purchase)) == [Role.DNUM, Role.APPROVER]


def test_without_a_chain_one_approver_signs(purchase):
    assert roles_of(waiting(purchase)) == [Role.APPROVER]


def test_a_running_order_keeps_its_version(purchase):
    make_chain(purchase.buyer, step(Role.APPROVER))
    order = waiting(purchase)
    make_chain(purchase.buyer, step(Role.FINANCE), step(Role.APPROVER))
    assert sign(order, purchase, "approver").state == "approved"
    assert roles_of(waiting(purchase)) == [Role.FINANCE, Role.APPROVER]


def test_a_version_to_come_does_not_hold_yet(purchase):
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    make_chain(purchase.buyer, step(Role.FINANCE), step(Role.APPROVER), valid_from=tomorrow)
    assert roles_of(waiting(purchase)) == [Role.APPROVER]


@pytest.mark.parametrize("field", ["budget_line", "below_threshold_reason"])
def test_a_change_after_a_first_signature_voids_it(purchase, field):
    make_chain(purchase.buyer, step(Role.FINANCE), step(Role.APPROVER))
    order = sign(waiting(purchase), purchase, "finance")
    Order.objects.filter(pk=order.pk).update(**{field: "changée en douce"})
    with pytest.raises(MoveRefused) as refused:
        sign(order, purchase, "approver")
    assert refused.value.code == "content_changed"


def test_going_back_to_the_draft_asks_every_signature_again(purchase):
    make_chain(purchase.buyer, step(Role.FINANCE), step(Role.APPROVER))
    order = sign(waiting(purchase), purchase, "finance")
    orders.reopen(order, actor=purchase.actor("requester"))
    assert not order.approvals.living().exists()
    bring_to(order, "awaiting_approval", purchase)
    assert [each.signed_at for each in order.approvals.living()] == [None, None]
    assert order.approvals.count() == 4


def test_nobody_signs_their_own_order_whatever_the_step(purchase):
    make_chain(purchase.buyer, step(Role.FINANCE), step(Role.APPROVER))
    grant(purchase.requester, Role.FINANCE)
    with pytest.raises(NotAllowed, match="Vous avez rédigé"):
        orders.approve(waiting(purchase), actor=purchase.actor("requester"))


@pytest.mark.parametrize(
    "change", [{"revoked": True}, {"expired": True}, {"left": True}, {"suspended": True}]
)
def test_a_role_lost_this_minute_signs_nothing(purchase, change):
    """The actor read its roles before; the signature reads them again."""
    order, actor = waiting(purchase), purchase.actor("approver")
    assert actor.has(Role.APPROVER)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    if "revoked" in change:
        purchase.approver.grants.update(revoked_at=timezone.now())
    elif "expired" in change:
        purchase.approver.grants.update(starts_on=yesterday, expires_on=yesterday)
    elif "left" in change:
        Membership.objects.filter(pk=purchase.approver.pk).update(ended_at=timezone.now())
    else:
        Organisation.objects.filter(pk=purchase.buyer.pk).update(state="pending")
        actor = Actor.of(Membership.objects.get(pk=purchase.approver.pk))
    with pytest.raises(NotAllowed):
        orders.approve(order, actor=actor)
    assert not OrderApproval.objects.filter(signed_at__isnull=False).exists()


def test_midnight_in_paris_ends_a_role_for_a_request_begun_before(purchase):
    """Last day included: 23:59:59 in Paris still signs, the next second does not."""
    order, actor = waiting(purchase), purchase.actor("approver")
    today = timezone.localdate()
    purchase.approver.grants.update(expires_on=today)
    clock = "procurement.approval.signing.timezone.localdate"
    with patch(clock, return_value=today + dt.timedelta(days=1)), pytest.raises(NotAllowed):
        orders.approve(order, actor=actor)
    assert orders.approve(order, actor=actor).state == "approved"


def test_a_delegate_signs_in_place_of_who_is_away(purchase):
    order, deputy = waiting(purchase), make_member(Role.FINANCE, organisation=purchase.buyer)
    with pytest.raises(NotAllowed):
        orders.approve(order, actor=Actor.of(deputy))
    delegation = make_delegation(purchase.approver, deputy)
    assert deputy.user in signers_for(order)
    orders.approve(order, actor=Actor.of(deputy))
    signed = order.approvals.get()
    assert (signed.signed_by, signed.delegation) == (deputy.user, delegation)
    assert order.state == "approved" and order.approved_by == deputy.user


@pytest.mark.parametrize(
    "why", ["ceiling", "revoked", "to_come", "giver_lost", "giver_wrote", "holder_wrote"]
)
def test_a_delegation_that_gives_nothing(purchase, why):
    deputy = make_member(Role.FINANCE, organisation=purchase.buyer)
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    delegation = make_delegation(
        purchase.approver, deputy, **({"starts_on": tomorrow} if why == "to_come" else {})
    )
    order = waiting(purchase)
    if why == "ceiling":
        purchase.approver.grants.update(ceiling_eur=Decimal("1199.99"))
    elif why == "revoked":
        revoke(delegation, actor=Actor.of(purchase.approver))
    elif why == "giver_lost":
        purchase.approver.grants.update(revoked_at=timezone.now())
    elif why != "to_come":
        order.authors.add(purchase.approver.user if why == "giver_wrote" else deputy.user)
    with pytest.raises(NotAllowed):
        orders.approve(order, actor=Actor.of(deputy))
    assert deputy.user not in signers_for(order)


def test_a_delegation_is_not_handed_on(purchase):
    deputy, third = (make_member(Role.FINANCE, organisation=purchase.buyer) for _ in range(2))
    make_delegation(purchase.approver, deputy)
    with pytest.raises(RuleBroken) as refused:
        make_delegation(deputy, third)
    assert set(refused.value.fields) == {"giver"}


def test_nobody_gives_themselves_a_signature(purchase):
    admin = make_member(Role.ORGANISATION_ADMIN, organisation=purchase.buyer)
    today = timezone.localdate()
    terms = {"role": Role.APPROVER, "starts_on": today, "ends_on": today, "reference": "x", "reason": "x"}
    with pytest.raises(RuleBroken) as refused:
        delegate(actor=Actor.of(admin), giver=purchase.approver.user, holder=admin.user, **terms)
    assert set(refused.value.fields) == {"holder"}
    foreign = make_member(Role.FINANCE)
    with pytest.raises(RuleBroken):
        make_delegation(purchase.approver, foreign)


def test_a_delegation_lasts_a_year_at_most_and_leap_days_count(purchase):
    deputy = make_member(Role.FINANCE, organisation=purchase.buyer)
    start = dt.date(2028, 2, 29)
    with pytest.raises(RuleBroken) as refused:
        make_delegation(purchase.approver, deputy, starts_on=start, ends_on=dt.date(2029, 3, 2))
    assert set(refused.value.fields) == {"ends_on"}
    assert make_delegation(purchase.approver, deputy, starts_on=start, ends_on=dt.date(2029, 2, 28)).pk


@pytest.mark.parametrize("steps", [
    [], [step(Role.FINANCE)], [step(Role.APPROVER, "0.01")], [step(Role.APPROVER, service_models=("saas",))],
    [step(Role.APPROVER, sensitivity=Sensitivity.SENSITIVE)], [step(Role.REQUESTER), step(Role.APPROVER)],
    [step(Role.APPROVER, "-1")], [step(Role.APPROVER), step(Role.DNUM, "1e15")], [step(Role.APPROVER)] * 13,
])  # fmt: skip
def test_a_chain_never_leaves_an_order_to_nobody(purchase, steps):
    admin = actor_for(Role.ORGANISATION_ADMIN, organisation=purchase.buyer)
    with pytest.raises(RuleBroken) as refused:
        create_chain(actor=admin, valid_from=timezone.localdate(), steps=steps)
    assert set(refused.value.fields) == {"steps"}


def test_the_database_keeps_versions_and_signatures(purchase):
    make_chain(purchase.buyer, step(Role.APPROVER))
    sign(waiting(purchase), purchase, "approver")
    for change in (
        lambda: ApprovalStep.objects.update(role=Role.FINANCE),
        lambda: ApprovalChain.objects.update(valid_from=dt.date(2020, 1, 1)),
        lambda: OrderApproval.objects.update(content_sha256="0" * 64),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


amounts = st.decimals(min_value=0, max_value=999_999, places=2)
models = st.frozensets(st.sampled_from(list(ServiceModel.values)), max_size=3)


@given(
    step_amount=amounts,
    amount=amounts,
    more=amounts,
    wanted=models,
    offered=models,
    kept=st.sampled_from(Sensitivity.values),
    sensitive=st.booleans(),
)
def test_a_greater_or_more_sensitive_order_never_loses_a_step(
    step_amount, amount, more, wanted, offered, kept, sensitive
):
    row = ApprovalStep(
        role=SIGNING_ROLES[0], from_eur=step_amount, service_models=sorted(wanted), sensitivity=kept
    )
    before = applies(row, OrderFacts(Amounts(amount, None), offered, sensitive))
    assert not before or applies(row, OrderFacts(Amounts(amount + more, None), offered, True))
    assert before <= (amount >= step_amount)
