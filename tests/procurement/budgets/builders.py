from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.accounts.models import Organisation
from procurement.budgets.lines import create_line
from procurement.models import BudgetLine, Order, OrderLine, Project
from tests.builders import make_member


def make_line(organisation: Organisation, *, ceiling: str = "5000.00", **values: Any) -> BudgetLine:
    terms = {
        "kind": "line",
        "label": "Services en nuage",
        "year": 2027,
        "basis": "HT",
        "source": "Notification d’essai",
        **values,
    }
    actor = terms.pop("actor", None) or Actor.of(make_member(Role.FINANCE, organisation=organisation))
    return create_line(actor=actor, ceiling_eur=Decimal(ceiling), **terms)


def make_envelope(project: Project, *, ceiling: str = "5000.00", **values: Any) -> BudgetLine:
    return make_line(
        project.organisation,
        ceiling=ceiling,
        **{"kind": "project", "year": None, "project": project, "label": "Enveloppe d’essai", **values},
    )


def copies_of(order: Order, count: int) -> list[Order]:
    """The same order again and again, written past the moves: what is tried is what comes after."""
    values = {
        field.attname: getattr(order, field.attname)
        for field in Order._meta.concrete_fields
        if field.attname not in {"id", "uuid", "number", "state"}
    }
    made = Order.objects.bulk_create(
        Order(number=f"CMD-ESSAI-{timezone.now():%f}-{rank:04d}", **values) for rank in range(count)
    )
    line = order.lines.get()
    kept = {
        field.attname: getattr(line, field.attname)
        for field in OrderLine._meta.concrete_fields
        if field.attname not in {"id", "order_id"}
    }
    OrderLine.objects.bulk_create(OrderLine(order=copy, **kept) for copy in made)
    Order.objects.filter(pk__in=[copy.pk for copy in made]).update(state=order.state)
    return made
