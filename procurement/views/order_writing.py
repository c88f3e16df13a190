"""Writing an order in four steps (S14): formula and quantities, period, budget and vehicle, check."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from catalog.models import Offer, Plan
from marketplace.accounts.abilities import require
from marketplace.errors import MoveRefused, NotVisible, RuleBroken, VersionStale
from marketplace.ui.once import once
from marketplace.ui.typography import euros
from procurement.abilities_orders import order_abilities, orders_abilities
from procurement.actions.order_checks import missing_before_opinions, split_warning, trust_gaps
from procurement.actions.order_drafts import create_order, edit_order, refuse_unorderable
from procurement.actions.orders import request_opinions
from procurement.discounts.recording import discount_change
from procurement.enums_orders import OrderState
from procurement.forms.orders import QUANTITY, PeriodForm, PlanForm, QuantitiesForm, RouteForm
from procurement.forms.refusals import put_refusal
from procurement.forms.versioned import VersionedForm
from procurement.models import BudgetLine, Order, Project, PurchasingVehicle
from procurement.obligations import required_schemes
from procurement.price_changes import PriceChange, price_changes
from procurement.views.find import actor_of, trail, typed_version, visible_project
from procurement.views.order_conflicts import conflicts_of, last_change_of
from procurement.views.order_find import posted, visible_order

STEPS = (
    ("formule", "Formule et quantités"),
    ("periode", "Période"),
    ("support", "Budget et support d’achat"),
    ("verification", "Vérification"),
)
NUMBER_OF = {slug: number for number, (slug, _) in enumerate(STEPS, start=1)}


@login_required
@once
def order_create(request: HttpRequest, number: str) -> HttpResponse:
    """First step, before the draft exists: choose the offer, then the formula, then the quantities."""
    actor = actor_of(request)
    project = visible_project(request, number)
    require(orders_abilities(actor), "create")
    offer = _asked_offer(request)
    if offer is None:
        return _choose_offer(request, project)
    refuse_unorderable(offer)
    plans = list(offer.live_version.plans.prefetch_related("lines")) if offer.live_version else []
    plan = _asked_plan(request, plans)
    if plan is None:
        return _choose_plan(request, project, offer=offer, plans=plans)
    form = QuantitiesForm(posted(request), plan=plan)
    if request.method == "POST" and form.is_valid():
        try:
            order = create_order(
                project, actor=actor, offer=offer, plan=plan.code, quantities=form.quantities()
            )
        except RuleBroken as error:
            put_refusal(form, error, prefix=QUANTITY)
        else:
            return redirect("procurement:order_step", number, order.number, "periode")
    context = _base(project, slug="formule") | {
        "form": form,
        "offer": offer,
        "plan": plan,
        "gaps": trust_gaps(offer, schemes=required_schemes(project), on=timezone.localdate()),
        "other_plans": len(plans) > 1,
    }
    return render(request, "procurement/orders/step.html", context, status=400 if form.is_bound else 200)


def _asked_offer(request: HttpRequest) -> Offer | None:
    actor = actor_of(request)
    wanted = request.GET.get("offre", "")
    if not wanted:
        return None
    if not wanted.isascii() or not wanted.isdigit() or len(wanted) > 18:
        raise NotVisible()
    offers = Offer.objects.visible_to(actor).select_related("supplier", "live_version")
    offer = offers.filter(number=int(wanted)).first()
    if offer is None:
        raise NotVisible()
    return offer


def _asked_plan(request: HttpRequest, plans: list[Plan]) -> Plan | None:
    """The named one, or the only one."""
    code = request.GET.get("formule", "")
    return next((plan for plan in plans if plan.code == code), plans[0] if len(plans) == 1 else None)


def _choose_offer(request: HttpRequest, project: Project) -> HttpResponse:
    kept = Offer.objects.filter(pk__in=project.shortlist.values("offer_id")).select_related("supplier")
    context = _base(project, slug="formule") | {"offers": list(kept.order_by("name", "pk"))}
    return render(request, "procurement/orders/choose_offer.html", context)


def _choose_plan(request: HttpRequest, project: Project, *, offer: Offer, plans: list[Plan]) -> HttpResponse:
    form = PlanForm(plans=plans)
    context = _base(project, slug="formule") | {"form": form, "offer": offer, "plans": plans}
    return render(request, "procurement/orders/choose_plan.html", context)


@login_required
@once
def order_step(request: HttpRequest, number: str, order_number: str, slug: str) -> HttpResponse:
    """A step of an existing draft. Raises MoveRefused (409) once the draft has left."""
    project = visible_project(request, number)
    order = visible_order(request, order_number)
    if order.project_id != project.pk or slug not in NUMBER_OF:
        raise NotVisible()
    require(order_abilities(actor_of(request), order), "edit")
    if order.state != OrderState.DRAFT:
        raise MoveRefused(
            "wrong_state", "Ce bon de commande n’est plus un brouillon. Reprenez-le d’abord en brouillon."
        )
    steps: dict[str, Callable[..., HttpResponse]] = {
        "formule": _quantities,
        "periode": _period,
        "support": _route,
        "verification": _check,
    }
    return steps[slug](request, project, order)


def _quantities(request: HttpRequest, project: Project, order: Order) -> HttpResponse:
    known = {code: f"{quantity.normalize():f}" for code, quantity in order.quantities().items()}
    form = QuantitiesForm(posted(request), plan=order.plan, quantities=known)
    return _edit(
        request,
        project,
        order,
        slug="formule",
        form=form,
        changes=lambda: {"quantities": form.quantities()},
    )


def _period(request: HttpRequest, project: Project, order: Order) -> HttpResponse:
    form = PeriodForm(posted(request), initial={"starts_on": order.starts_on, "ends_on": order.ends_on})
    return _edit(request, project, order, slug="periode", form=form, changes=lambda: form.cleaned_data)


def _route(request: HttpRequest, project: Project, order: Order) -> HttpResponse:
    actor = actor_of(request)
    fields = (
        "vehicle",
        "below_threshold_reason",
        "budget",
        "budget_line",
        "maximum_eur_ht",
        "supplier_vat_regime",
        "buyer_vat_identified",
    )
    form = RouteForm(
        posted(request),
        vehicles=PurchasingVehicle.objects.visible_to(actor),
        budgets=BudgetLine.objects.open_for(project.pk, buyer_id=order.buyer_id).order_by("-year", "label"),
        initial={name: getattr(order, name) for name in fields}
        | {"lot": order.vehicle_lot.number if order.vehicle_lot is not None else None},
    )
    return _edit(request, project, order, slug="support", form=form, changes=lambda: form.cleaned_data)


def _edit(
    request: HttpRequest,
    project: Project,
    order: Order,
    *,
    slug: str,
    form: Any,
    changes: Callable[[], dict[str, Any]],
) -> HttpResponse:
    """A stale version shows both texts: nothing typed is lost, nothing is overwritten unseen."""
    status, stale = 400 if form.is_bound else 200, {}
    if request.method == "POST" and form.is_valid():
        try:
            edit_order(order, actor=actor_of(request), expected_version=typed_version(request), **changes())
        except VersionStale:
            status = 412
            stale = {"conflicts": conflicts_of(form, order), "last_change": last_change_of(order)}
        except RuleBroken as error:
            put_refusal(form, error, prefix=QUANTITY)
        else:
            following = STEPS[NUMBER_OF[slug]][0]
            return redirect("procurement:order_step", project.number, order.number, following)
    context = _base(project, slug=slug, order=order) | {"form": form, "version": order.version} | stale
    return render(request, "procurement/orders/step.html", context, status=status)


def _check(request: HttpRequest, project: Project, order: Order) -> HttpResponse:
    form = VersionedForm(posted(request), initial={"version": order.version})
    missing = missing_before_opinions(order)
    if request.method == "POST" and form.is_valid():
        try:
            version = form.cleaned_data.get("version")
            request_opinions(order, actor=actor_of(request), expected_version=version)
        except RuleBroken as error:
            put_refusal(form, error, prefix=QUANTITY)
        else:
            messages.success(
                request, "Avis demandés au RSSI et au DPO. Rien n’est encore parti au fournisseur."
            )
            return redirect("procurement:order", order.number)
    context = _base(project, slug="verification", order=order) | {
        "inside": True,
        "form": form,
        "lines": list(order.lines.order_by("position", "pk")),
        "split": split_warning(order, on=timezone.localdate()),
        "discount": discount_change(order, on=timezone.localdate()),
        "missing": [sentence for sentences in missing.values() for sentence in sentences],
    }
    return render(request, "procurement/orders/check.html", context, status=400 if form.is_bound else 200)


@login_required
@once
def order_reprice(request: HttpRequest, number: str, order_number: str) -> HttpResponse:
    """Take the prices online now in place of those copied."""
    project = visible_project(request, number)
    order = visible_order(request, order_number)
    if order.project_id != project.pk:
        raise NotVisible()
    require(order_abilities(actor_of(request), order), "edit")
    here = reverse("procurement:order_step", args=[project.number, order.number, "formule"])
    if request.method == "POST":
        edit_order(order, actor=actor_of(request), reprice=True, expected_version=typed_version(request))
        messages.success(request, "Prix recalculés. Relisez les quantités et le total.")
        return redirect(here)
    context = {
        "title": f"Recalculer les prix — {order.number}",
        "lead": "Les quantités sont gardées\u202f; les lignes qui n’existent plus sont retirées.",
        "facts": [(change.label, _change_words(change)) for change in price_changes(order)],
        "form": VersionedForm(initial={"version": order.version}),
        "button_label": "Recalculer les prix",
        "cancel_url": here,
        "cancel_label": "Garder la version figée",
        "breadcrumb_data": _base(project, slug="formule", order=order)["breadcrumb_data"],
    }
    return render(request, "pages/confirm.html", context)


def _change_words(change: PriceChange) -> str:
    before = euros(change.before_eur_ht, tax="HT", unit_price=True)
    if change.after_eur_ht is None:
        return f"{before}, n’est plus proposée"
    if change.is_same_amount:
        return f"{before}, sous d’autres conditions (paliers, volume compris ou prix annoncé)"
    return f"de {before} à {euros(change.after_eur_ht, tax='HT', unit_price=True)}"


def _base(project: Project, *, slug: str, order: Order | None = None) -> dict[str, Any]:
    number = NUMBER_OF[slug]
    following = STEPS[number][1] if number < len(STEPS) else ""
    gaps = []
    if order is not None:
        gaps = trust_gaps(order.offer, schemes=required_schemes(project), on=timezone.localdate())
    return {
        "project": project,
        "order": order,
        "slug": slug,
        "stepper": {
            "current_step_id": str(number),
            "current_step_title": STEPS[number - 1][1],
            "next_step_title": following,
            "total_steps": str(len(STEPS)),
        },
        "previous": STEPS[number - 2][0] if order is not None and number > 1 else "",
        "changes": price_changes(order) if order is not None else [],
        "gaps": gaps,
        "breadcrumb_data": trail(project, current="Rédiger un bon de commande"),
    }
