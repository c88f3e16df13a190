"""`/factures/` and `/factures/FAC-…/`."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from marketplace.errors import NotVisible
from marketplace.files.store import download_response
from procurement.invoicing.facts import clock_of, interest_of, match_of
from procurement.invoicing.forms import FilterForm
from procurement.invoicing.sheet import clock_rows, head_rows, interest_rows
from procurement.invoicing.views.acts import acts_on
from procurement.invoicing.views.find import list_trail, trail, visible_invoice
from procurement.models import InterestPayment, Invoice, InvoicePayment
from procurement.models.invoice import InvoiceQuerySet
from procurement.views.find import actor_of

PAGE_SIZE = 20
LINES_SHOWN = 100


@login_required
@require_safe
def invoice_list(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), timezone.localdate()
    form = FilterForm(request.GET or None)
    rows = Invoice.objects.visible_to(actor).select_related("buyer", "supplier", "contract")
    if form.is_bound and form.is_valid() and form.cleaned_data["etat"]:
        rows = narrowed(rows, form.cleaned_data["etat"], on=today)
    page = Paginator(rows.order_by("-received_on", "-pk"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "late": {row.pk for row in page.object_list if row.is_late(today)},
        "filtered": bool(request.GET.get("etat")),
        "sells": actor.is_supplier,
        "page_has_errors": bool(form.errors),
        "breadcrumb_data": list_trail(),
    }
    return render(request, "procurement/invoicing/list.html", context, status=400 if form.errors else 200)


def narrowed(rows: InvoiceQuerySet, state: str, *, on: dt.date) -> InvoiceQuerySet:
    return rows.open().filter(due_on__lt=on) if state == "late" else rows.filter(state=state)


@login_required
@require_safe
def invoice_page(request: HttpRequest, number: str) -> HttpResponse:
    actor, today = actor_of(request), timezone.localdate()
    invoice = visible_invoice(request, number)
    disputes = list(invoice.disputes.select_related("opened_by", "ended_by"))
    payments = list(InvoicePayment.objects.filter(invoice=invoice).select_related("recorded_by"))
    clock = clock_of(invoice, disputes)
    interest = interest_of(invoice, payments, on=today)
    paid_interest = InterestPayment.objects.filter(invoice=invoice).select_related("recorded_by")
    interest_payments = list(paid_interest) if interest is not None else []
    lines = list(invoice.lines.select_related("order_line")[: LINES_SHOWN + 1])
    context = {
        "invoice": invoice,
        "today": today,
        "late": invoice.is_late(today),
        "facts": head_rows(invoice),
        "clock": clock_rows(invoice, clock, disputes, on=today),
        "interest": interest_rows(interest, interest_payments),
        "interest_payments": interest_payments,
        "match": match_of(invoice),
        "lines": lines[:LINES_SHOWN],
        "lines_total": invoice.lines.count() if len(lines) > LINES_SHOWN else len(lines),
        "disputes": disputes,
        "payments": payments,
        "credit_notes": list(invoice.credit_notes.all()),
        "inside": not actor.is_supplier,
        "acts": acts_on(invoice, actor),
        "breadcrumb_data": trail(current=invoice.number),
    }
    return render(request, "procurement/invoicing/page.html", context)


@login_required
@require_safe
def invoice_document(request: HttpRequest, number: str) -> HttpResponse:
    """The file as it was received. Raises NotVisible for a typed one."""
    invoice = visible_invoice(request, number)
    if invoice.file is None:
        raise NotVisible
    return download_response(invoice.file, actor=actor_of(request))
