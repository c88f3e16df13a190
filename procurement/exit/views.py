"""`/contrats/CTR-…/reversibilite/` and `/reversibilite/REV-…/`: leaving a contract."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from marketplace.accounts.abilities import allowed, require
from marketplace.errors import NotVisible, RuleBroken
from marketplace.files.store import download_response
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from marketplace.ui.typography import date_text
from procurement.exit import actions
from procurement.exit.abilities import exit_abilities, open_ability
from procurement.exit.act_pages import ACTS
from procurement.exit.forms import OpenForm, ReceiveForm
from procurement.exit.moving import moving_of
from procurement.exit.rules import delays
from procurement.exit.steps import steps_of
from procurement.forms.refusals import put_refusal
from procurement.models import Contract, ContractReview, ExitPlan
from procurement.views.find import actor_of, posted


@login_required
@require_safe
def exits(request: HttpRequest, number: str) -> HttpResponse:
    actor, contract = actor_of(request), visible_contract(request, number)
    plans = list(ExitPlan.objects.visible_to(actor).filter(contract=contract))
    living = next((plan for plan in plans if plan.state in ("preparing", "running")), None)
    context = {
        "contract": contract,
        "plans": plans,
        "may_open": living is None and open_ability(actor, contract) == "",
        "delays": delays(timezone.localdate()).values(),
        "breadcrumb_data": trail(contract, "Réversibilité"),
    }
    return render(request, "procurement/exit/list.html", context)


@login_required
@once
def exit_open(request: HttpRequest, number: str) -> HttpResponse:
    actor, contract = actor_of(request), visible_contract(request, number)
    require({"open": open_ability(actor, contract)}, "open")
    actions.refuse_second(contract)
    review = _review(request, contract)
    form = OpenForm(posted(request), initial={"reason": _why(review)})
    if form.is_bound and form.is_valid():
        plan = actions.open_plan(contract, actor=actor, review=review, **form.cleaned_data)
        messages.success(request, f"{plan} ouvert.")
        return redirect(plan.get_absolute_url())
    lead = "Le plan reste entre vous jusqu’au préavis. Il ne résilie pas le contrat."
    return _form(request, form, contract, title="Ouvrir un plan de réversibilité", lead=lead, button="Ouvrir")


def _review(request: HttpRequest, contract: Contract) -> ContractReview | None:
    """The one that the address names by `reexamen`; None when it names none of this contract."""
    try:
        uuid = UUID(request.GET.get("reexamen", ""))
    except ValueError:
        return None
    return contract.reviews.filter(uuid=uuid).first()


def _why(review: ContractReview | None) -> str:
    if review is None:
        return ""
    return f"{review.get_kind_display()}, depuis le {date_text(review.opened_on)}."


@login_required
@require_safe
def exit_plan(request: HttpRequest, number: str) -> HttpResponse:
    actor, plan = actor_of(request), _visible(request, number)
    verdicts = exit_abilities(actor, plan)
    context = {
        "plan": plan,
        "steps": steps_of(plan, on=timezone.localdate()),
        "exports": list(plan.exports.all()),
        "rehearsals": list(plan.rehearsals.all()),
        "missing": actions.missing_to_close(plan) if plan.state == "running" else [],
        "inside": not actor.is_supplier,
        "may_receive": plan.state in ("preparing", "running") and allowed(verdicts, "receive_export"),
        "acts": [
            (act.title, reverse("procurement:exit_act", args=[number, slug]))
            for slug, act in ACTS.items()
            if plan.state in act.states and allowed(verdicts, act.name)
        ],
        "delays": delays(plan.notice_given_on or timezone.localdate()).values(),
        "breadcrumb_data": trail(plan.contract, plan.number),
    }
    return render(request, "procurement/exit/page.html", context)


@login_required
@once
def exit_act(request: HttpRequest, number: str, slug: str) -> HttpResponse:
    plan, act = _visible(request, number), ACTS.get(slug)
    if act is None:
        raise NotVisible
    require(exit_abilities(actor_of(request), plan), act.name)
    if act.name in plan.MOVES:
        plan.check_move(act.name)
    actions.refuse_over(plan)
    form = act.form(posted(request), initial={"version": plan.version})
    if form.is_bound and form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version", None)
        try:
            act.act(plan, actor=actor_of(request), expected_version=version, **values)
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, act.said)
            return redirect(plan.get_absolute_url())
    return _form(
        request, form, plan.contract, title=f"{act.title}, {plan.number}", lead=act.lead,
        button=act.title, back=plan.get_absolute_url(),
    )  # fmt: skip


@login_required
@once
def receive(request: HttpRequest, number: str, uuid: UUID) -> HttpResponse:
    plan = _visible(request, number)
    export = plan.exports.filter(uuid=uuid).first()
    if export is None:
        raise NotVisible
    require(exit_abilities(actor_of(request), plan), "receive_export")
    actions.refuse_over(plan)
    actions.refuse_received(export)
    form = ReceiveForm.of(request)
    if form.is_bound and form.is_valid():
        try:
            actions.receive_export(export, actor=actor_of(request), **form.cleaned_data)
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, "Réception enregistrée.")
            return redirect(plan.get_absolute_url())
    return _form(
        request, form, plan.contract, title="Enregistrer la réception d’un export", lead=export.label,
        button="Enregistrer la réception", back=plan.get_absolute_url(),
    )  # fmt: skip


@login_required
@require_safe
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    plan = _visible(request, number)
    if plan.certificate is None:
        raise NotVisible("certificate_not_found", "Le certificat est produit à la clôture de la sortie.")
    return download_response(plan.certificate, actor=actor_of(request))


@login_required
@require_safe
def moving(request: HttpRequest, number: str, uuid: UUID) -> HttpResponse:
    """What each eligible replacement costs. The supplier never reads it."""
    contract = visible_contract(request, number)
    found = ContractReview.objects.visible_to(actor_of(request)).filter(contract=contract, uuid=uuid)
    review = found.prefetch_related("replacements").select_related("contract__order__plan").first()
    if review is None:
        raise NotVisible
    context = {
        "contract": contract,
        "review": review,
        "moving": moving_of(review),
        "breadcrumb_data": trail(contract, "Offres de remplacement"),
    }
    return render(request, "procurement/exit/moving.html", context)


def _form(
    request: HttpRequest, form: Any, contract: Contract, *, title: str, lead: str, button: str, back: str = ""
) -> HttpResponse:
    context = {
        "title": title,
        "lead": lead,
        "form": form,
        "button_label": button,
        "cancel_url": back or reverse("procurement:exits", args=[contract.number]),
        "breadcrumb_data": trail(contract, button),
    }
    return render(request, "pages/form.html", context, status=400 if form.is_bound else 200)


def trail(contract: Contract, current: str) -> dict[str, object]:
    return breadcrumb(
        ("Contrats", reverse("procurement:contracts")),
        (contract.number, contract.get_absolute_url()),
        current=current,
    )


def visible_contract(request: HttpRequest, number: str) -> Contract:
    """Raises NotVisible (404)."""
    found = Contract.objects.visible_to(actor_of(request)).for_lists().filter(number=number).first()
    if found is None:
        raise NotVisible
    return found


def _visible(request: HttpRequest, number: str) -> ExitPlan:
    """Raises NotVisible (404)."""
    found = ExitPlan.objects.visible_to(actor_of(request)).for_pages().filter(number=number).first()
    if found is None:
        raise NotVisible
    return found
