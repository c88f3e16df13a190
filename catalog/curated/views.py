"""« Offres retenues »: the list of one's administration, and what its administrator says of an offer."""

from __future__ import annotations

import uuid as uuids

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from catalog.collections.entries import closed_words, name_of
from catalog.curated import actions as curated
from catalog.curated.abilities import curated_abilities, curated_offer_abilities
from catalog.curated.forms import CuratedForm
from catalog.models import CuratedOffer, Offer
from catalog.retained import said_of
from catalog.views.finding import actor_of, on_offer
from catalog.views.posting import show
from catalog.views.sheet import trail
from marketplace.accounts.abilities import allowed, require
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once

PER_PAGE = 30
ORGANISATION = ("Organisation", "/organisation/")
LIST = ("Offres retenues", "/organisation/offres-retenues/")


@login_required
def curated_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    verdicts = curated_abilities(actor)
    require(verdicts, "list")
    rows = CuratedOffer.objects.visible_to(actor).select_related(
        "offer__supplier", "organisation", "added_by"
    )
    page = Paginator(rows.order_by("organisation", "-kind", "offer__name", "pk"), PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "rows": [(row, name_of(row.offer), closed_words(row.offer)) for row in page],
        "may_write": allowed(verdicts, "create"),
        "is_member": actor.is_buyer,
        "breadcrumb_data": breadcrumb(ORGANISATION, current="Offres retenues"),
    }
    return render(request, "catalog/curated_list.html", context)


@login_required
@once
@on_offer
def retain(request: HttpRequest, *, offer: Offer) -> HttpResponse:
    """The first time, or again to change what is said."""
    actor = actor_of(request)
    require(curated_abilities(actor), "create")
    before = said_of(offer, actor=actor)
    initial = {"kind": before.kind, "note": before.note} if before else {"kind": "recommended"}
    form = CuratedForm.of(request, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            if before is None:
                curated.retain(offer, actor=actor, **form.cleaned_data)
            else:
                curated.edit(before, actor=actor, **form.cleaned_data)
        except RuleBroken as refused:
            show(form, refused)
        else:
            messages.success(request, "Enregistré. Les membres de votre administration le voient.")
            return redirect(offer)
    title = "Modifier l’avis de mon administration" if before else "Retenir pour mon administration"
    context = {
        "title": title,
        "lead": "Les membres de votre administration le lisent dans le catalogue et sur la fiche. Personne "
        "d’autre : ni les fournisseurs, ni les autres administrations.",
        "form": form,
        "button_label": "Retenir l’offre" if before is None else "Enregistrer",
        "cancel_url": offer.get_absolute_url(),
        "breadcrumb_data": trail(offer, part=title),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)


@login_required
@once
def drop(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """Also of an offer that is closed since: its sheet answers no more."""
    actor = actor_of(request)
    rows = CuratedOffer.objects.visible_to(actor).select_related("offer")
    before = rows.filter(uuid=uuid).first()
    if before is None:
        raise NotVisible()
    require(curated_offer_abilities(actor, before), "delete")
    name = name_of(before.offer)
    if request.method == "POST":
        curated.drop(before, actor=actor)
        messages.success(request, f"« {name} » n’est plus retenue par votre administration.")
        return redirect("catalog:curated_list")
    context = {
        "title": f"Ne plus retenir « {name} »",
        "lead": "Vos collègues ne verront plus la marque ni la note. Rien ne change aux commandes.",
        "facts": [("Avis", before.get_kind_display()), ("Note", before.note or "Aucune")],
        "button_label": "Ne plus retenir l’offre",
        "cancel_url": reverse("catalog:curated_list"),
        "breadcrumb_data": breadcrumb(ORGANISATION, LIST, current="Ne plus retenir"),
    }
    return render(request, "pages/confirm.html", context)
