"""The pages of budgets and of approval, among those that the browser tests open; PAGES holds all of them."""

from __future__ import annotations

from procurement.actions import orders
from tests.browser.pages_programmes import PAGES, page
from tests.habits.matrix.amendments import amendment_of
from tests.habits.matrix.approval import chain_of, delegation_of
from tests.habits.matrix.pages_budgets import line_of
from tests.habits.matrix.world import World
from tests.procurement.budgets.builders import make_line
from tests.procurement.order_builders import make_order

__all__ = ["PAGES"]


def _used(world: World) -> str:
    """With an order that takes most of it."""
    line = make_line(world.ministry, ceiling="1300.00", actor=world.actor("finance"))
    order = make_order(world.purchase, state="awaiting_approval", budget=line)
    orders.approve(order, actor=world.actor("approver"))
    return line.get_absolute_url()


page(
    "finance",
    lambda world: f"/budgets/?{line_of(world).number}",
    "/budgets/creer/",
    _used,
    lambda world: f"{line_of(world).get_absolute_url()}modifier/",
    lambda world: f"{line_of(world).get_absolute_url()}clore/",
)
page(
    "organisation_admin",
    lambda world: f"/organisation/circuit-d-approbation/?{chain_of(world).number}",
    "/organisation/circuit-d-approbation/modifier/",
    lambda world: f"/organisation/delegations-de-signature/?{delegation_of(world).pk}",
    "/organisation/delegations-de-signature/donner/",
    lambda world: f"/organisation/delegations-de-signature/{delegation_of(world).uuid}/retirer/",
)
page(
    "requester",
    lambda world: f"/contrats/{world.contract.number}/avenants/ecrire/",
    lambda world: amendment_of(world).get_absolute_url(),
)
page("approver", lambda world: f"{amendment_of(world).get_absolute_url()}approuver/")
