"""`/contrats/CTR-…/securite/`: the checklist of the 30 working days after the award."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from marketplace.accounts.abilities import require
from marketplace.errors import NotVisible
from marketplace.ui.once import once
from procurement.exit import checklist as checks
from procurement.exit.abilities import secure_ability
from procurement.exit.forms import CheckForm
from procurement.exit.views import trail, visible_contract
from procurement.models import Contract
from procurement.views.find import actor_of, posted


@login_required
@require_safe
def checklist(request: HttpRequest, number: str) -> HttpResponse:
    actor, contract = actor_of(request), _inside(request, number)
    found = checks.checklist_of(contract)
    context = {
        "contract": contract,
        "checklist": found,
        "limit": checks.limit(),
        "is_late": found.left > 0 and found.due_on < timezone.localdate(),
        "may_answer": secure_ability(actor, contract) == "" and contract.state in ("active", "ending"),
        "breadcrumb_data": trail(contract, "Sécurité"),
    }
    return render(request, "procurement/exit/checklist.html", context)


@login_required
@once
def answer_item(request: HttpRequest, number: str, code: str) -> HttpResponse:
    actor, contract = actor_of(request), _inside(request, number)
    item = checks.item_of(contract, code)
    require({"answer": secure_ability(actor, contract)}, "answer")
    checks.refuse_over(contract)
    known = contract.security_checks.filter(code=code).first()
    initial = {"outcome": known.outcome, "note": known.note} if known else {}
    form = CheckForm(posted(request), initial=initial)
    back = reverse("procurement:security_checklist", args=[number])
    if form.is_bound and form.is_valid():
        checks.answer(contract, actor=actor, code=code, **form.cleaned_data)
        messages.success(request, "Réponse enregistrée.")
        return redirect(back)
    context = {
        "title": item.label,
        "lead": item.help,
        "form": form,
        "button_label": "Enregistrer la réponse",
        "cancel_url": back,
        "breadcrumb_data": trail(contract, "Sécurité"),
    }
    return render(request, "pages/form.html", context, status=400 if form.is_bound else 200)


def _inside(request: HttpRequest, number: str) -> Contract:
    """Raises NotVisible: how an administration secures itself is not its supplier's to read."""
    contract = visible_contract(request, number)
    if actor_of(request).is_supplier:
        raise NotVisible
    return contract
