"""Lists of the negotiation cost the same, whatever the number of rows."""

import pytest

from procurement.models import PrivatePrice
from procurement.negotiation import private_prices
from tests.habits.matrix.world import World
from tests.habits.test_queries import Make, judge_growth
from tests.procurement.negotiation.builders import make_private_price, make_proposal

pytestmark = pytest.mark.django_db


def proposal(world: World) -> None:
    make_proposal(world.purchase)


def price(world: World) -> None:
    """One that stands, the earlier ones withdrawn."""
    for row in PrivatePrice.objects.filter(state="given"):
        private_prices.withdraw(row, actor=world.actor("supplier_manager"), reason="Essai")
    make_private_price(world.purchase)


@pytest.mark.parametrize(
    ("url", "who", "make"),
    [
        ("/api/v1/counter-proposals/", "requester", proposal),
        ("/api/v1/private-prices/", "requester", price),
        ("/prix-prives/", "supplier_manager", price),
    ],
)
def test_the_number_of_queries_does_not_grow(url: str, who: str, make: Make) -> None:
    judge_growth(url, who, make)
