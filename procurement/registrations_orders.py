"""What purchasing adds to lower apps: desk rows, who still sees a withdrawn offer, effects of a loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from catalog.holders import register_holder
from catalog.hooks import register_effects
from marketplace.ui.desk import register_desk
from procurement.actions.status_loss import effects_of
from procurement.amendments import desk as desk_amendments
from procurement.budgets import desk as desk_budgets
from procurement.controls import desk as desk_controls
from procurement.conventions import desk as desk_conventions
from procurement.desk_orders import purchase_rows
from procurement.exit import desk as desk_exits
from procurement.groups import desk as desk_groups
from procurement.invoicing import desk as desk_invoicing
from procurement.models import Contract, Order
from procurement.statements import desk as desk_statements

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


def held_offers(actor: Actor) -> Q | None:
    """Offers on which the actor's organisation has an order or a contract."""
    if actor.organisation is None or not actor.is_buyer:
        return None
    orders = Order.objects.visible_to(actor).values("offer_id")
    contracts = Contract.objects.visible_to(actor).values("offer_id")
    return Q(pk__in=orders) | Q(pk__in=contracts)


def register() -> None:
    """Called once, when the app is ready."""
    register_desk("procurement.purchases", purchase_rows)
    register_desk("procurement.amendments", desk_amendments.rows)
    register_desk("procurement.budgets", desk_budgets.rows)
    register_desk("procurement.statements", desk_statements.rows)
    register_desk("procurement.invoicing", desk_invoicing.rows)
    register_desk("procurement.exits", desk_exits.rows)
    register_desk("procurement.conventions", desk_conventions.rows)
    register_desk("procurement.controls", desk_controls.rows)
    register_desk("procurement.groups", desk_groups.rows)
    register_holder("procurement", held_offers)
    register_effects("procurement", effects_of)
