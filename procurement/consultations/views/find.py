"""Finding the consultation that this reader may see, and what its pages share."""

from __future__ import annotations

from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from marketplace.accounts.abilities import require
from marketplace.errors import DomainError, NotVisible, VersionStale
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.forms import MarketForm
from procurement.consultations.abilities import consultation_abilities
from procurement.forms.refusals import put_refusal
from procurement.models import Consultation, ConsultationLot
from procurement.models.consultation import CONTENT
from procurement.views.find import actor_of, typed_version

HOME = ("Consultations", "/consultations/")


def visible(request: HttpRequest, number: str) -> Consultation:
    """With its content. Raises NotVisible (404)."""
    return _with_content(_row(request, number))


def allowed_to(request: HttpRequest, number: str, ability: str) -> Consultation:
    """With its content, read once the answer is yes. Raises NotVisible, NotAllowed."""
    found = _row(request, number)
    require(consultation_abilities(actor_of(request), found), ability)
    return _with_content(found)


def _row(request: HttpRequest, number: str) -> Consultation:
    rows = Consultation.objects.visible_to(actor_of(request)).for_pages()
    found = rows.filter(number=number).first()
    if found is None:
        raise NotVisible
    return found


def _with_content(consultation: Consultation) -> Consultation:
    prefetch_related_objects([consultation], *CONTENT)
    return consultation


def lot_of(consultation: Consultation, number: int) -> ConsultationLot:
    """Raises NotVisible."""
    found = next((lot for lot in consultation.lots.all() if lot.number == number), None)
    if found is None:
        raise NotVisible
    return found


def trail(consultation: Consultation, *, current: str) -> dict[str, Any]:
    return breadcrumb(HOME, (consultation.number, consultation.get_absolute_url()), current=current)


def page_url(name: str, consultation: Consultation, *args: Any) -> str:
    return reverse(f"procurement:{name}", args=[consultation.number, *args])


def form_page(
    request: HttpRequest,
    consultation: Consultation,
    form: MarketForm | None,
    *,
    title: str,
    button: str,
    lead: str = "",
    back: str = "",
    template: str = "procurement/derogation_act.html",
    facts: list[tuple[str, str]] | None = None,
    **more: Any,
) -> HttpResponse:
    """A page made of one form, read at the row's version; 400 when it is refused."""
    context = {
        "title": title,
        "lead": lead,
        "facts": facts if facts is not None else [("Consultation", str(consultation))],
        "form": form or MarketForm(),
        "version": typed_version(request) or consultation.version,
        "button_label": button,
        "cancel_url": back or consultation.get_absolute_url(),
        "breadcrumb_data": trail(consultation, current=title),
        **more,
    }
    return render(request, template, context, status=400 if form and form.errors else 200)


def tried(form: MarketForm, act: Any) -> bool:
    """Do it; a refusal of the rule goes beside its field. Raises what is not about the input."""
    try:
        act()
    except VersionStale:
        raise
    except DomainError as refused:
        if refused.status != 400:
            raise
        put_refusal(form, refused)
        return False
    return True
