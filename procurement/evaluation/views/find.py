"""Finding the evaluation that this reader may see, and what its pages share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from marketplace.accounts.abilities import require
from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.forms import MarketForm
from procurement.consultations.views.find import HOME, tried
from procurement.evaluation.abilities import evaluation_abilities
from procurement.evaluation.sheet import ResponseSheet, responses_of
from procurement.models import AwardCriterion, Evaluation
from procurement.models.evaluation import sheet
from procurement.views.find import actor_of, typed_version

HERE = "Évaluation"


def visible(request: HttpRequest, number: str) -> Evaluation:
    """With all its sheet reads. Raises NotVisible (404)."""
    return _with_sheet(_row(request, number))


def allowed_to(request: HttpRequest, number: str, ability: str) -> Evaluation:
    """With all its sheet reads, once the answer is yes. Raises NotVisible, NotAllowed."""
    found = _row(request, number)
    require(evaluation_abilities(actor_of(request), found), ability)
    return _with_sheet(found)


def _row(request: HttpRequest, number: str) -> Evaluation:
    rows = Evaluation.objects.visible_to(actor_of(request)).for_pages()
    found = rows.filter(consultation__number=number).first()
    if found is None:
        raise NotVisible
    return found


def _with_sheet(evaluation: Evaluation) -> Evaluation:
    prefetch_related_objects([evaluation], *sheet())
    return evaluation


def criterion_of(evaluation: Evaluation, position: int) -> AwardCriterion:
    """Raises NotVisible."""
    criteria = evaluation.consultation.criteria.all()
    found = next((one for one in criteria if one.position == position), None)
    if found is None:
        raise NotVisible
    return found


def response_of(evaluation: Evaluation, uuid: Any) -> ResponseSheet:
    """Raises NotVisible."""
    found = next((one for one in responses_of(evaluation) if one.response.uuid == uuid), None)
    if found is None:
        raise NotVisible
    return found


def trail(evaluation: Evaluation, *, current: str) -> dict[str, Any]:
    consultation = evaluation.consultation
    links = [HOME, (consultation.number, consultation.get_absolute_url())]
    if current != HERE:
        links.append((HERE, evaluation.get_absolute_url()))
    return breadcrumb(*links, current=current)


def act_page(
    request: HttpRequest,
    evaluation: Evaluation,
    form: MarketForm,
    act: Callable[[], Any],
    *,
    title: str,
    button: str,
    done: str,
    lead: str = "",
    facts: list[tuple[str, str]] | None = None,
    after: str = "",
    template: str = "procurement/derogation_act.html",
) -> HttpResponse:
    """Read, then do: a refusal of the rule goes beside its field (400)."""
    if form.is_bound and form.is_valid() and tried(form, act):
        messages.success(request, done)
        return redirect(after or evaluation.get_absolute_url())
    context = {
        "title": title,
        "lead": lead,
        "facts": facts if facts is not None else [("Consultation", str(evaluation.consultation))],
        "form": form,
        "version": typed_version(request) or evaluation.version,
        "button_label": button,
        "cancel_url": after or evaluation.get_absolute_url(),
        "breadcrumb_data": trail(evaluation, current=title),
    }
    return render(request, template, context, status=400 if form.errors else 200)
