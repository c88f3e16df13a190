"""What two people wrote in the same step of one draft: shown side by side, never overwritten unseen."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from marketplace.audit.models import AuditEvent
from marketplace.ui.forms import MarketForm
from marketplace.ui.typography import date_text
from procurement.forms.orders import QUANTITY
from procurement.models import Order


def conflicts_of(form: MarketForm, order: Order) -> list[dict[str, str | None]]:
    """Fields whose stored value is no longer the typed one: label, stored, typed. Reads the order again."""
    order.refresh_from_db()
    stored = stored_values(order)
    pairs = [
        (name, stored.get(name), _comparable(name, form.cleaned_data[name])) for name in form.cleaned_data
    ]
    return [
        {"label": str(form[name].label), "stored": _words(form, name, old), "typed": _words(form, name, new)}
        for name, old, new in pairs
        if old != new
    ]


def last_change_of(order: Order) -> AuditEvent | None:
    events = AuditEvent.objects.filter(object_type=Order._meta.label_lower, object_id=order.pk)
    return events.select_related("side").order_by("pk").last()


def stored_values(order: Order) -> dict[str, Any]:
    """The draft as the fields of its steps name it; a quantity left out is absent."""
    names = ("starts_on", "ends_on", "vehicle", "below_threshold_reason", "budget", "budget_line")
    names += ("maximum_eur_ht", "supplier_vat_regime", "buyer_vat_identified")
    return {
        **{f"{QUANTITY}{code}": quantity for code, quantity in order.quantities().items()},
        **{name: getattr(order, name) for name in names},
    }


def _comparable(name: str, value: Any) -> Any:
    """Zero and blank are both « no such line »."""
    return value or None if name.startswith(QUANTITY) else value


def _words(form: MarketForm, name: str, value: Any) -> str | None:
    if isinstance(value, bool):
        return "Oui" if value else "Non"
    if isinstance(value, dt.date):
        return date_text(value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, str):
        labels = {str(code): str(label) for code, label in getattr(form.fields[name], "choices", ())}
        return labels.get(value, value) or None
    return str(value) if value is not None else None
