"""`/consultations/CNS-…/ouverture/`: the ceremony, its record, the responses it gave."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from marketplace.accounts.abilities import allowed, require
from marketplace.errors import NotVisible
from marketplace.files.store import download_response
from procurement.consultations import opening
from procurement.consultations.abilities import consultation_abilities
from procurement.consultations.closing import close_if_due
from procurement.consultations.forms import SecretForm
from procurement.consultations.prices import priced
from procurement.consultations.record import opening_record, opening_record_pdf
from procurement.consultations.views.find import page_url, trail, tried, visible
from procurement.evaluation.after import after_of
from procurement.models import Consultation, OpenedResponse
from procurement.views.find import actor_of


@sensitive_post_parameters("secret")
@login_required
@never_cache
def show(request: HttpRequest, number: str) -> HttpResponse:
    actor, found = actor_of(request), visible(request, number)
    require(consultation_abilities(actor, found), "see_responses")
    if found.is_opened:
        return _opened(request, found)
    if request.method != "POST":
        return _ceremony(request, close_if_due(found), SecretForm())
    require(consultation_abilities(actor, found), "give_secret")
    form, done = SecretForm(request.POST), None
    if form.is_valid():
        said: list[opening.Ceremony] = []
        secret = form.cleaned_data["secret"]
        if tried(form, lambda: said.append(opening.give_secret(found, actor=actor, secret=secret))):
            done = said[0]
    if done is None or done.refusal:
        return _ceremony(request, found, form, refusal=done.refusal if done else "")
    messages.success(
        request,
        "Les réponses sont ouvertes." if done.opened else "Secret donné. Il manque une deuxième personne.",
    )
    return redirect(page_url("consultation_opening", found))


def _ceremony(
    request: HttpRequest, found: Consultation, form: SecretForm, *, refusal: str = ""
) -> HttpResponse:
    verdicts = consultation_abilities(actor_of(request), found)
    context = {
        "consultation": found,
        "phase": found.phase,
        "form": form,
        "present": opening.present(found),
        "may_give": allowed(verdicts, "give_secret") and found.state in ("closed", "published"),
        "refusal": refusal,
        "page_has_errors": bool(refusal or form.errors),
        "breadcrumb_data": trail(found, current="Ouverture"),
    }
    status = 409 if refusal else 400 if form.errors else 200
    return render(request, "procurement/consultations/opening.html", context, status=status)


def _opened(request: HttpRequest, found: Consultation) -> HttpResponse:
    rows = OpenedResponse.objects.visible_to(actor_of(request)).for_pages()
    responses = [
        (one, priced(one.deposit.lot.price_items.all(), one.content["prices"]))
        for one in rows.filter(deposit__consultation=found)
    ]
    context = {
        "consultation": found,
        "record": opening_record(found),
        "responses": responses,
        "after": after_of(found, actor_of(request)),
        "breadcrumb_data": trail(found, current="Ouverture"),
    }
    return render(request, "procurement/consultations/opened.html", context)


def _opened_consultation(request: HttpRequest, number: str) -> Consultation:
    """Raises NotVisible before the opening."""
    found = visible(request, number)
    require(consultation_abilities(actor_of(request), found), "see_responses")
    if not found.is_opened:
        raise NotVisible
    return found


@login_required
@require_safe
def record(request: HttpRequest, number: str) -> HttpResponse:
    found = _opened_consultation(request, number)
    answer = HttpResponse(opening_record_pdf(found), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{found.number}-ouverture.pdf"'
    return answer


@login_required
@require_safe
def response(request: HttpRequest, number: str, uuid: Any) -> HttpResponse:
    found = _opened_consultation(request, number)
    rows = OpenedResponse.objects.visible_to(actor_of(request)).for_pages()
    one = rows.filter(deposit__consultation=found, uuid=uuid).first()
    if one is None:
        raise NotVisible
    context = {
        "consultation": found,
        "response": one,
        "priced": priced(one.deposit.lot.price_items.all(), one.content["prices"]),
        "breadcrumb_data": trail(found, current=one.deposit.supplier.name),
    }
    return render(request, "procurement/consultations/opened_response.html", context)


@login_required
@require_safe
def file(request: HttpRequest, number: str, uuid: Any) -> HttpResponse:
    found, actor = _opened_consultation(request, number), actor_of(request)
    rows = OpenedResponse.objects.visible_to(actor).filter(deposit__consultation=found)
    one = rows.filter(files__file__uuid=uuid).prefetch_related("files__file").first()
    if one is None:
        raise NotVisible
    kept = next(each.file for each in one.files.all() if each.file.uuid == uuid)
    return download_response(kept, actor=actor)
