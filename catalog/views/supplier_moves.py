"""All the listed offers of a supplier suspended at once, effects read first; suspensions lifted by name."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from catalog.abilities import supplier_abilities
from catalog.actions import suppliers
from catalog.enums import OfferState
from catalog.forms.marks import ReasonForm
from catalog.models import Offer, Supplier
from catalog.views.finding import actor_of
from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.actors import Actor
from marketplace.errors import MoveRefused, NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from marketplace.ui.typography import date_text


class LiftForm(ReasonForm):
    offers = forms.MultipleChoiceField(
        label="Suspensions à lever", widget=forms.CheckboxSelectMultiple, help_text="Aucune n’est cochée."
    )
    field_order = ("offers", "reason")

    def __init__(self, *args: object, suspended: list[Offer], **options: object) -> None:
        super().__init__(*args, **options)
        self.fields["offers"].choices = [
            (str(offer.uuid), f"{offer.name}, le {_day(offer)} : {offer.closed_reason}")
            for offer in suspended
        ]


def _day(offer: Offer) -> str:
    return date_text(timezone.localdate(offer.state_since))


def supplier_moves_of(actor: Actor, supplier: Supplier) -> dict[str, bool]:
    """Which links the page shows: what the reader may do and what the offers' states allow."""
    verdicts = supplier_abilities(actor, supplier)
    if not any(allowed(verdicts, name) for name in verdicts):
        return {}
    states = set(supplier.offers.values_list("state", flat=True))
    return {
        "suspend_offers": allowed(verdicts, "suspend_offers") and OfferState.LISTED in states,
        "lift_offers": allowed(verdicts, "lift_offers") and OfferState.SUSPENDED in states,
    }


def _found(request: HttpRequest, number: int, ability: str) -> Supplier:
    """Raises NotVisible, NotAllowed."""
    actor = actor_of(request)
    found = Supplier.objects.visible_to(actor).select_related("organisation").filter(number=number).first()
    if found is None:
        raise NotVisible()
    require(supplier_abilities(actor, found), ability)
    return found


@once
def suspend(request: HttpRequest, number: int, slug: str) -> HttpResponse:
    found = _found(request, number, "suspend_offers")
    seen = suppliers.suspension_of(found)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        suppliers.suspend_offers(
            found,
            actor=actor_of(request),
            reason=form.cleaned_data["reason"],
            sha256=request.POST.get("sha256", ""),
        )
        messages.success(request, "Offres suspendues. Elles ne peuvent plus être commandées.")
        return redirect(found)
    context = {
        "title": f"Suspendre les offres de {found.name}",
        "supplier": found,
        "offers": seen.offers,
        "preview": seen.preview,
        "sentence": seen.preview.sentence("Cette suspension"),
        "sha256": seen.sha256,
        "form": form,
        "breadcrumb_data": _trail(found, "Suspendre ses offres"),
    }
    return render(request, "catalog/suspend_supplier.html", context, status=400 if form.errors else 200)


@once
def lift(request: HttpRequest, number: int, slug: str) -> HttpResponse:
    found = _found(request, number, "lift_offers")
    suspended = list(found.offers.filter(state=OfferState.SUSPENDED).order_by("name", "pk"))
    if not suspended:
        raise MoveRefused("nothing_suspended", "Ce fournisseur n’a aucune offre suspendue.")
    form = LiftForm(request.POST if request.method == "POST" else None, suspended=suspended)
    if form.is_bound and form.is_valid():
        try:
            suppliers.lift_offers(found, actor=actor_of(request), **form.cleaned_data)
        except RuleBroken as error:
            form.add_error("offers", error.message)
        else:
            messages.success(request, "Suspensions levées. Ces offres peuvent de nouveau être commandées.")
            return redirect(found)
    context = {
        "title": f"Lever des suspensions : {found.name}",
        "lead": "Les offres choisies redeviennent référencées, toutes ensemble ou aucune.",
        "form": form,
        "button_label": "Lever ces suspensions",
        "cancel_url": found.get_absolute_url(),
        "breadcrumb_data": _trail(found, "Lever des suspensions"),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)


def _trail(supplier: Supplier, current: str) -> dict[str, object]:
    return breadcrumb(
        ("Fournisseurs", "/fournisseurs/"), (supplier.name, supplier.get_absolute_url()), current=current
    )
