"""Finding the invoice or contract that this reader may see."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse

from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb
from procurement.models import Contract, Invoice
from procurement.views.find import actor_of


def visible_invoice(request: HttpRequest, number: str) -> Invoice:
    """Raises NotVisible (404)."""
    found = Invoice.objects.visible_to(actor_of(request)).for_pages().filter(number=number).first()
    if found is None:
        raise NotVisible
    return found


def visible_contract(request: HttpRequest, number: str) -> Contract:
    """Raises NotVisible (404)."""
    found = Contract.objects.visible_to(actor_of(request)).for_lists().filter(number=number).first()
    if found is None:
        raise NotVisible
    return found


def trail(*links: tuple[str, str], current: str) -> dict[str, object]:
    return breadcrumb(
        ("Commandes", reverse("procurement:orders")),
        ("Factures", reverse("procurement:invoices")),
        *links,
        current=current,
    )


def list_trail() -> dict[str, object]:
    return breadcrumb(("Commandes", reverse("procurement:orders")), current="Factures")
