"""`/fournisseurs/…/declarer/`: a supplier says what it is."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from catalog.abilities import supplier_abilities
from catalog.models import Supplier
from catalog.supplier_facts import actions as supplier_facts
from catalog.supplier_facts.forms import SupplierFactsForm, shown
from catalog.supplier_facts.words import FIELDS
from catalog.views.finding import actor_of
from marketplace.accounts.abilities import require
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once


def visible_supplier(request: HttpRequest, number: int) -> Supplier:
    """A public one, or one's own before its first offer is public. Raises NotVisible."""
    actor = actor_of(request)
    public = Supplier.objects.visible_to(actor).values("pk")
    own = Q(organisation=actor.organisation) if actor.organisation is not None else Q(pk__in=())
    found = Supplier.objects.filter(Q(pk__in=public) | own, number=number).first()
    if found is None:
        raise NotVisible()
    return found


@login_required
@once
def declare(request: HttpRequest, number: int, slug: str) -> HttpResponse:
    found, actor = visible_supplier(request, number), actor_of(request)
    require(supplier_abilities(actor, found), "declare")
    initial = shown({name: getattr(found, name) for name in FIELDS})
    form = SupplierFactsForm(request.POST) if request.method == "POST" else SupplierFactsForm(initial=initial)
    if form.is_bound and form.is_valid():
        try:
            supplier_facts.declare(found, actor=actor, **form.cleaned_data)
        except RuleBroken as refused:
            for name, texts in refused.fields.items():
                form.add_error(name, texts)
        else:
            messages.success(request, "Déclaration enregistrée, avec sa date.")
            return redirect("catalog:my_offers")
    context = {
        "title": "Ce que votre entreprise déclare",
        "lead": "Public, sur votre page, comme votre déclaration du jour. Une question sans réponse reste "
        "« Inconnu ».",
        "form": form,
        "button_label": "Enregistrer la déclaration",
        "cancel_url": "/mes-offres/",
        "breadcrumb_data": breadcrumb(("Mes offres", "/mes-offres/"), current="Déclaration"),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)
