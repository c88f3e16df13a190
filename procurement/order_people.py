"""Who is told, and who may act, around an order or a contract."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.accounts.models import Membership, Organisation, RoleGrant, User

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


def approvers_for(order: Order) -> list[User]:
    """Those whose ceiling covers the order and who did not write it, by name; one query."""
    grants = (
        RoleGrant.objects.in_force(timezone.localdate())
        .filter(
            role=Role.APPROVER,
            membership__organisation_id=order.buyer_id,
            membership__ended_at__isnull=True,
            membership__user__is_active=True,
            ceiling_eur_ht__gte=order.total_eur_ht,
        )
        .exclude(membership__user__in=order.authors.all())
    )
    return list(User.objects.filter(pk__in=grants.values("membership__user_id")).order_by("full_name", "pk"))
