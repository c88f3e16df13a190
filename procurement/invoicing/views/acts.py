"""`/factures/FAC-…/<acte>/`: one page for each thing that is decided of an invoice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.actors import Actor
from marketplace.errors import DomainError, MoveRefused, NotVisible, RuleBroken
from marketplace.ui.once import once
from marketplace.ui.typography import euros
from procurement.forms.refusals import put_refusal
from procurement.invoicing import accounts, deciding, forms, paying, paying_interest
from procurement.invoicing.abilities import invoice_abilities
from procurement.invoicing.facts import interest_of
from procurement.invoicing.sheet import Rows, head_rows, interest_rows
from procurement.invoicing.views.find import trail, visible_invoice
from procurement.models import Invoice
from procurement.views.find import actor_of, posted


def by_move(name: str) -> Callable[[Invoice, Actor], None]:
    return lambda invoice, actor: invoice.check_move(name)


def _certified(invoice: Invoice, actor: Actor) -> None:
    deciding.refuse_uncertified(invoice)


def _account_awaits(invoice: Invoice, actor: Actor) -> None:
    if invoice.account is None:
        raise MoveRefused("no_account", "Cette facture ne porte pas de compte.")
    accounts.refuse_confirmed(invoice.account)


def _interest_due(invoice: Invoice, actor: Actor) -> None:
    paying_interest.refuse_interest_unpayable(invoice, actor=actor)


def _confirm_account(
    invoice: Invoice, *, actor: Actor, checked_how: str, expected_version: int | None = None
) -> Invoice:
    if invoice.account is not None:
        accounts.confirm_account(invoice.account, actor=actor, checked_how=checked_how)
    return invoice


@dataclass(frozen=True, slots=True)
class Act:
    """`check` raises what the state forbids, before the form is shown."""

    ability: str
    check: Callable[[Invoice, Actor], None]
    call: Callable[..., Invoice]
    title: str
    said: str
    form: type[forms.ActForm]
    lead: str = ""


ACTS = {
    "rapprocher": Act(
        "match", by_move("match"), deciding.match_invoice, "Rapprocher la facture", "Facture rapprochée.",
        forms.MatchForm,
    ),
    "accepter": Act(
        "accept", _certified, deciding.accept_invoice, "Accepter la facture",
        "Facture acceptée : elle peut être payée.", forms.ActForm,
        "Une facture acceptée est à payer : elle ne se conteste plus.",
    ),
    "payer": Act(
        "pay", lambda invoice, actor: paying.refuse_unpayable(invoice, actor=actor), paying.pay_invoice,
        "Enregistrer un paiement", "Paiement enregistré.", forms.PaymentForm,
    ),
    "payer-les-interets": Act(
        "pay_interest", _interest_due, paying_interest.pay_interest, "Enregistrer le paiement des intérêts",
        "Paiement des intérêts enregistré.", forms.InterestPaymentForm,
        "Ils sont dus sans que le fournisseur les demande.",
    ),
    "confirmer-le-compte": Act(
        "confirm_account", _account_awaits, _confirm_account, "Confirmer le compte", "Compte confirmé.",
        forms.AccountForm,
        "Rappelez le fournisseur à un numéro que vous connaissez déjà, jamais à celui de la facture.",
    ),
    "repondre": Act(
        "answer", by_move("answer"), deciding.answer_dispute, "Répondre au litige",
        "Réponse envoyée. Un nouveau délai de paiement en part.", forms.AnswerForm,
    ),
    "lever-le-litige": Act(
        "lift", by_move("lift"), deciding.lift_dispute, "Lever le litige", "Litige levé.", forms.ReasonForm,
        "Le délai de paiement est alors compté comme s’il n’avait pas été interrompu.",
    ),
    "contester": Act(
        "dispute", by_move("dispute"), deciding.dispute_invoice, "Ouvrir un litige",
        "Litige ouvert et dit au fournisseur.", forms.ReasonForm,
        "Dites ce qui empêche de payer et ce que le fournisseur doit fournir. "
        "Le délai de paiement est interrompu, une seule fois par facture.",
    ),
    "service": Act(
        "set_service", lambda invoice, actor: deciding.refuse_settled(invoice), deciding.set_service_day,
        "Corriger la date d’exécution", "Date d’exécution enregistrée.", forms.ServiceForm,
        "Le délai de paiement part de la plus tardive de cette date et de la réception.",
    ),
    "rejeter": Act(
        "reject", by_move("reject"), deciding.reject_invoice, "Rejeter la facture", "Facture rejetée.",
        forms.ReasonForm, "Le fournisseur devra en écrire une autre, sous un autre numéro.",
    ),
}  # fmt: skip


def acts_on(invoice: Invoice, actor: Actor) -> list[tuple[str, str]]:
    """Title and address of what this reader may do now."""
    verdicts = invoice_abilities(actor, invoice)
    return [
        (act.title, reverse("procurement:invoice_act", args=[invoice.number, slug]))
        for slug, act in ACTS.items()
        if allowed(verdicts, act.ability) and _possible(act, invoice, actor)
    ]


def _possible(act: Act, invoice: Invoice, actor: Actor) -> bool:
    try:
        act.check(invoice, actor)
    except DomainError:
        return False
    return True


@login_required
@once
def invoice_act(request: HttpRequest, number: str, slug: str) -> HttpResponse:
    invoice, act, actor = visible_invoice(request, number), ACTS.get(slug), actor_of(request)
    if act is None:
        raise NotVisible
    require(invoice_abilities(actor, invoice), act.ability)
    act.check(invoice, actor)
    form = act.form(posted(request), initial=_initial(invoice) | _interest_left(act, invoice))
    if form.is_bound and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            act.call(invoice, actor=actor, expected_version=values.pop("version", None), **values)
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, act.said)
            return redirect(invoice.get_absolute_url())
    return _confirm(request, invoice, act, form)


def _initial(invoice: Invoice) -> dict[str, Any]:
    return {
        "version": invoice.version,
        "served_on": invoice.served_on,
        "amount_eur_ttc": max(invoice.left_eur_ttc, 0),
    }


def _interest_left(act: Act, invoice: Invoice) -> dict[str, Any]:
    """What is left of both, proposed; blank where it is unknown."""
    if act.ability != "pay_interest":
        return {}
    found = paying_interest.interest_account(invoice, invoice.interest_payments.all())
    return {} if found is None else {"interest_eur": found.left_interest, "flat_fee_eur": found.left_fee}


def _interest_facts(invoice: Invoice) -> Rows:
    """What is owed and why, as on the invoice's sheet: what one pays is read before it is typed."""
    paid = list(invoice.interest_payments.all())
    interest = interest_of(invoice, list(invoice.payments.all()), on=timezone.localdate())
    return [
        ("Fournisseur", invoice.supplier.name),
        ("Facture", f"{invoice.supplier_number}, {euros(invoice.total_eur_ttc, tax='TTC')}"),
        *interest_rows(interest, paid),
    ]


def _confirm(request: HttpRequest, invoice: Invoice, act: Act, form: forms.ActForm) -> HttpResponse:
    facts = _interest_facts(invoice) if act.ability == "pay_interest" else head_rows(invoice)
    if act.ability in ("pay", "pay_interest", "confirm_account") and invoice.account is not None:
        facts.append(("Compte à payer", invoice.account.spaced))
    context = {
        "title": f"{act.title} — {invoice.number}",
        "lead": act.lead,
        "facts": facts,
        "form": form,
        "button_label": act.title,
        "cancel_url": invoice.get_absolute_url(),
        "breadcrumb_data": trail((invoice.number, invoice.get_absolute_url()), current=act.title),
    }
    return render(request, "pages/confirm.html", context, status=400 if form.is_bound else 200)
