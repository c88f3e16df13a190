"""« Tout est toujours vrai » by the supplier, « Relancer » by a curator."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from catalog.actions import facts
from catalog.freshness import facts_age
from catalog.models import Offer
from catalog.views.finding import actor_of, on_offer
from catalog.views.sheet import trail
from marketplace.ui.once import once
from marketplace.ui.typography import date_text


@once
@on_offer(ability="confirm_facts")
def confirm(request: HttpRequest, *, offer: Offer) -> HttpResponse:
    """One click from the list of one's offers, or a page that says what is confirmed."""
    facts.refuse_unanswered(offer)
    if request.method == "POST":
        facts.confirm(offer, actor=actor_of(request), version_read=_number(request.POST.get("version", "")))
        messages.success(request, f"« {offer.name} » : information confirmée aujourd’hui.")
        return redirect("catalog:my_offers" if request.POST.get("from") == "list" else offer)
    context = {
        "title": "Tout est toujours vrai",
        "lead": "Vous dites que la fiche en ligne est exacte aujourd’hui : réponses, prix et conditions. "
        "La date sera lue par tous. Si quelque chose a changé, modifiez plutôt l’offre.",
        "facts": [
            ("Offre", offer.name),
            ("Version en ligne", offer.live_version.number if offer.live_version else None),
            ("Dernière confirmation", _said(offer)),
        ],
        "offer": offer,
        "button_label": "Confirmer que tout est toujours vrai",
        "cancel_url": offer.get_absolute_url(),
        "cancel_label": "Relire la fiche sans confirmer",
        "breadcrumb_data": trail(offer, part="Tout est toujours vrai"),
    }
    return render(request, "catalog/confirm_facts.html", context)


@once
@on_offer(ability="ask_facts")
def ask(request: HttpRequest, *, offer: Offer) -> HttpResponse:
    facts.refuse_unanswered(offer)
    if request.method == "POST":
        facts.ask(offer, actor=actor_of(request))
        messages.success(request, "Le fournisseur est prévenu : il confirme ou modifie sa fiche.")
        return redirect("catalog:stale_facts")
    context = {
        "title": "Demander au fournisseur de confirmer",
        "lead": "Ses responsables reçoivent un message. La fiche ne change pas.",
        "facts": [
            ("Offre", offer.name),
            ("Fournisseur", offer.supplier.name),
            ("Dernière confirmation", _said(offer)),
        ],
        "button_label": "Envoyer la demande",
        "cancel_url": "/pilotage/informations/",
        "breadcrumb_data": trail(offer, part="Demander de confirmer"),
    }
    return render(request, "pages/confirm.html", context)


def _said(offer: Offer) -> str:
    age = facts_age(offer, on=timezone.localdate())
    if age.told_on is None:
        return age.freshness.label
    return f"{date_text(age.told_on)} ({age.freshness.label.lower()})"


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
