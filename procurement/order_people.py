"""Who is told, and who may act, around an order or a contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.enums import Role
from marketplace.accounts.models import Membership, Organisation, User

if TYPE_CHECKING:
    from procurement.models import Order


def people_holding(organisation: Organisation | int | None, *roles: str) -> list[User]:
    """Active members of the organisation who hold one of the roles today; one query, none for None."""
    if organisation is None:
        return []
    key = organisation if isinstance(organisation, int) else organisation.pk
    return list(
        User.objects.filter(
            pk__in=Membership.objects.holding(*roles).filter(organisation_id=key).values("user_id")
        )
    )


def supplier_managers(order: Order) -> list[User]:
    return people_holding(order.supplier.organisation_id, Role.SUPPLIER_MANAGER)
