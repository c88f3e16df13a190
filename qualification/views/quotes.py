"""A supplier's quotes for the certificates that would close the gaps of one of its offers."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from catalog.models import Offer
from marketplace.accounts.middleware import actor_of
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from qualification.coverage import quotes as quoting
from qualification.forms_quotes import QuoteForm
from qualification.models import CertificateQuote, Evidence
from qualification.views.coverage import own_offer

FIELD = "withdraw"


@login_required
@once
@require_http_methods(["GET", "POST"])
def quotes(request: HttpRequest, number: int) -> HttpResponse:
    """The list, a form for one more, a button to withdraw each (`withdraw`: its uuid)."""
    offer = own_offer(request, number)
    rows = list(quoting.quotes_of(offer))
    if request.POST.get(FIELD):
        return _withdraw(request, offer, rows)
    own = list(Evidence.objects.filter(organisation=offer.supplier.organisation_id).order_by("title", "pk"))
    form = QuoteForm.of(request, evidence=own)
    if request.method == "POST" and form.is_valid():
        try:
            quoting.add_quote(offer, actor=actor_of(request), **form.values())
        except RuleBroken as refused:
            form.refuse(refused)
        else:
            messages.success(request, "Devis enregistré. Le calcul de la couverture en tient compte.")
            return redirect("qualification:quotes", number)
    context = {
        "offer": offer,
        "rows": rows,
        "counted": _counted(rows),
        "form": form,
        "breadcrumb_data": breadcrumb(
            ("Mes offres", "/mes-offres/"),
            (f"Couverture de {offer.name}", f"/mes-offres/{offer.number}/couverture/"),
            current="Devis",
        ),
    }
    return render(request, "qualification/quotes.html", context, status=400 if form.errors else 200)


def _withdraw(request: HttpRequest, offer: Offer, rows: list[CertificateQuote]) -> HttpResponse:
    row = next((row for row in rows if str(row.uuid) == request.POST[FIELD]), None)
    if row is None:
        raise NotVisible
    row.offer = offer
    quoting.withdraw_quote(row, actor=actor_of(request))
    messages.success(request, "Devis retiré\u00a0: il ne compte plus.")
    return redirect("qualification:quotes", offer.number)


def _counted(rows: list[CertificateQuote]) -> set[int]:
    """The keys of those that the calculation uses."""
    found: dict[str, int] = {}
    for row in rows:
        if row.withdrawn_at is None:
            found.setdefault(row.certificate, row.pk)
    return set(found.values())
