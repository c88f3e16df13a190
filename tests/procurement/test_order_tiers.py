"""A quantity that reaches several tiers makes several lines, and reads as one quantity again."""

import datetime as dt
from decimal import Decimal as D

import pytest

from catalog.models import Plan, PriceLine
from procurement.actions.order_drafts import create_order, edit_order
from procurement.price_changes import price_changes
from tests.procurement.order_builders import Purchase, make_purchase, publish_version

pytestmark = pytest.mark.django_db
TIERS = [{"above": "10", "amount_eur_ht": "8"}, {"above": "20", "amount_eur_ht": "5"}]


def tiered(purchase: Purchase, **more: object) -> None:
    """A new version online whose seat price has tiers, and an exit price."""
    publish_version(purchase.offer)
    version = purchase.offer.versions.create(number=purchase.offer.versions.count() + 1)
    plan = Plan.objects.create(version=version, code="standard", name="Standard")
    seat = {"code": "poste", "label": "Poste", "kind": "unit", "unit": "poste", "period": "month"}
    leave = {"code": "depart", "label": "Départ", "kind": "exit", "period": "none"}
    PriceLine.objects.create(plan=plan, amount_eur_ht=D(10), tiers=TIERS, **seat, **more)
    PriceLine.objects.create(plan=plan, amount_eur_ht=D(90), **leave)
    version.freeze()
    purchase.offer.live_version = version
    purchase.offer.save()


def ordered(purchase: Purchase, quantity: int, **terms: object):
    return create_order(
        purchase.project,
        actor=purchase.actor("requester"),
        offer=purchase.offer,
        plan="standard",
        quantities={"poste": D(quantity)},
        **terms,
    )


def test_each_tier_is_a_line_and_the_quantity_is_read_back_whole() -> None:
    purchase = make_purchase()
    tiered(purchase, included_quantity=D(2))
    order = ordered(purchase, 25, starts_on=dt.date(2027, 1, 1), ends_on=dt.date(2027, 2, 28))
    assert [(line.quantity, line.unit_price_eur_ht, line.total_eur_ht) for line in order.lines.all()] == [
        (D(2), D(0), D(0)),
        (D(8), D(10), D("160.00")),
        (D(10), D(8), D("160.00")),
        (D(5), D(5), D("50.00")),
    ]
    assert order.total_eur_ht == D("370.00")
    assert [line.label for line in order.lines.all()][0] == "Poste (volume compris)"
    assert order.quantities() == {"poste": D(25)}
    edit_order(order, actor=purchase.actor("requester"), budget_line="B")
    assert order.total_eur_ht == D("370.00")


def test_an_announced_price_is_the_price_of_an_order_that_starts_after_it() -> None:
    purchase = make_purchase()
    tiered(purchase, next_amount_eur_ht=D(11), next_from=dt.date(2027, 3, 1))
    before = ordered(purchase, 1, starts_on=dt.date(2027, 2, 28), ends_on=dt.date(2027, 2, 28))
    after = ordered(purchase, 1, starts_on=dt.date(2027, 3, 1), ends_on=dt.date(2027, 3, 1))
    assert (before.total_eur_ht, after.total_eur_ht) == (D("10.00"), D("11.00"))


def test_what_is_paid_at_the_exit_is_not_ordered() -> None:
    purchase = make_purchase()
    tiered(purchase)
    with pytest.raises(Exception, match="n’existe pas"):
        create_order(
            purchase.project,
            actor=purchase.actor("requester"),
            offer=purchase.offer,
            plan="standard",
            quantities={"depart": D(1)},
        )


def test_tiers_that_change_under_a_draft_are_told_though_the_amount_stays() -> None:
    purchase = make_purchase()
    tiered(purchase)
    order = ordered(purchase, 25)
    assert price_changes(order) == []
    tiered(purchase, included_quantity=D(1))
    order.refresh_from_db()
    changes = price_changes(order)
    assert [(c.label, c.is_same_amount) for c in changes] == [
        ("Poste (tranche à 10,00\u00a0€\u00a0HT)", True)
    ]
