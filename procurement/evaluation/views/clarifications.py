"""`/consultations/CNS-…/precisions/…/`: what one supplier is asked, and its answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from marketplace.accounts.abilities import allowed, require
from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from marketplace.ui.typography import date_text
from procurement.consultations.views.find import HOME, tried
from procurement.evaluation import asking
from procurement.evaluation.abilities import clarification_abilities
from procurement.evaluation.forms import SupplierAnswerForm
from procurement.models import ClarificationRequest
from procurement.views.find import actor_of, posted


@login_required
@once
def show(request: HttpRequest, number: str, uuid: Any) -> HttpResponse:
    """Read by both sides; the supplier answers here."""
    actor = actor_of(request)
    rows = ClarificationRequest.objects.visible_to(actor).for_pages()
    found = rows.filter(uuid=uuid, response__deposit__consultation__number=number).first()
    if found is None:
        raise NotVisible
    verdicts = clarification_abilities(actor, found)
    if request.method == "POST":
        require(verdicts, "answer")
        asking.refuse_answered(found)
    form = SupplierAnswerForm(posted(request))
    if form.is_bound and form.is_valid():
        text = form.cleaned_data["answer"]
        if tried(form, lambda: asking.answer(found, actor=actor, text=text)):
            messages.success(request, "Réponse envoyée.")
            return redirect(found.get_absolute_url())
    consultation = found.response.deposit.consultation
    context = {
        "request_made": found,
        "consultation": consultation,
        "facts": _facts(found),
        "form": form if allowed(verdicts, "answer") and not found.is_over else None,
        "breadcrumb_data": breadcrumb(
            HOME, (consultation.number, consultation.get_absolute_url()), current="Précision"
        ),
    }
    status = 400 if form.errors else 200
    return render(request, "procurement/evaluation/clarification.html", context, status=status)


def _facts(found: ClarificationRequest) -> list[tuple[str, str]]:
    deposit = found.response.deposit
    return [
        ("Fournisseur", deposit.supplier.name),
        ("Lot", str(deposit.lot.number)),
        ("Nature", found.get_kind_display()),
        ("Demandée le", date_text(found.asked_at)),
        ("Répondre avant la fin du", date_text(found.answer_by)),
    ]
