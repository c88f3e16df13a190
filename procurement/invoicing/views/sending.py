"""`/contrats/CTR-…/factures/deposer/` and `/saisir/`: the two ways by which an invoice arrives on a page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from marketplace.accounts.abilities import require
from marketplace.errors import RuleBroken
from marketplace.ui.once import once
from procurement.forms.refusals import put_refusal
from procurement.invoicing.abilities import send_ability
from procurement.invoicing.enums import InvoiceKind, InvoiceState
from procurement.invoicing.forms import SendForm, TypeForm
from procurement.invoicing.receiving import Arrival, receive, receive_file
from procurement.invoicing.service import statements_to_bill
from procurement.invoicing.typed import typed_document
from procurement.invoicing.views.find import trail, visible_contract
from procurement.models import Contract, Invoice, UsageStatement
from procurement.views.find import actor_of, posted

_FROM_FORM = ("received_on", "served_on", "stated_eur_ttc", "iban")


@login_required
@once
def invoice_send(request: HttpRequest, number: str) -> HttpResponse:
    contract, actor = visible_contract(request, number), actor_of(request)
    require({"send": send_ability(actor, contract)}, "send")
    known = creditable(contract)
    files = request.FILES if request.method == "POST" else None
    free = statements_to_bill(contract)
    form = SendForm(posted(request), files, invoices=known, statements=free, sells=actor.is_supplier)
    if form.is_bound and form.is_valid():
        try:
            made = receive_file(
                contract, actor=actor, file=form.cleaned_data["file"], arrival=_arrival(form, known, free)
            )
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            return _received(request, made)
    return _form(request, contract, form, title="Déposer une facture")


@login_required
@once
def invoice_type(request: HttpRequest, number: str) -> HttpResponse:
    contract, actor = visible_contract(request, number), actor_of(request)
    require({"send": send_ability(actor, contract)}, "send")
    known = creditable(contract)
    ordered = list(contract.order.lines.order_by("position", "pk"))
    free = statements_to_bill(contract)
    form = TypeForm(
        posted(request), invoices=known, statements=free, sells=actor.is_supplier, ordered=ordered
    )
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        try:
            document = typed_document(
                kind=values["kind"],
                number=values["supplier_number"],
                issued_on=values["issued_on"],
                lines=form.lines(),
                total_eur_ttc=values["total_eur_ttc"],
            )
            made = receive(contract, actor=actor, document=document, arrival=_arrival(form, known, free))
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            return _received(request, made)
    return _form(request, contract, form, title="Saisir une facture")


def creditable(contract: Contract) -> list[Invoice]:
    """What a credit note may come off."""
    closed = (InvoiceState.REJECTED, InvoiceState.CANCELLED)
    return list(contract.invoices.filter(kind=InvoiceKind.INVOICE).exclude(state__in=closed))


def _arrival(form: SendForm, known: list[Invoice], free: list[UsageStatement]) -> Arrival:
    values: dict[str, Any] = form.cleaned_data
    given = {name: values[name] for name in _FROM_FORM if values.get(name)}
    return Arrival(
        credited=next((each for each in known if str(each.uuid) == values.get("credited")), None),
        statement=next((each for each in free if str(each.uuid) == values.get("statement")), None),
        **given,
    )


def _received(request: HttpRequest, made: Invoice) -> HttpResponse:
    messages.success(
        request, f"{made} enregistrée." if made.kind == InvoiceKind.INVOICE else f"{made} déduit."
    )
    return redirect(made.get_absolute_url())


def _form(request: HttpRequest, contract: Contract, form: SendForm, *, title: str) -> HttpResponse:
    here = reverse("procurement:contract", args=[contract.number])
    order = contract.order
    context = {
        "title": title,
        "lead": f"Pour le bon de commande {order.sent_number or order.number}, contrat {contract.number}.",
        "form": form,
        "button_label": "Envoyer la facture",
        "cancel_url": here,
        "breadcrumb_data": trail((f"Contrat {contract.number}", here), current=title),
    }
    return render(request, "pages/form.html", context, status=400 if form.is_bound else 200)
