"""`/attributions/ATT-…/<words>/`: one act, read then done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from marketplace.accounts.abilities import require
from marketplace.errors import NotVisible
from marketplace.ui.forms import MarketForm
from marketplace.ui.once import once
from marketplace.ui.typography import euros
from procurement.awards import deciding, notifying
from procurement.awards.abilities import award_abilities
from procurement.awards.forms import CertificateForm, CheckedForm, DropForm, LettersForm, NotifyForm, SignForm
from procurement.consultations.views.find import tried
from procurement.models import Award
from procurement.views.find import actor_of, posted, typed_version


@dataclass(frozen=True)
class ActPage:
    move: str
    form: type[MarketForm]
    title: str
    lead: str
    done: str
    do: Callable[..., Any]


ACTS = {
    "decider": ActPage(
        "decide",
        CheckedForm,
        "Décider l’attribution",
        "Les deux certificats sont là et vérifiés. Les lettres de rejet partent ensuite.",
        "Attribution décidée.",
        deciding.decide,
    ),
    "lettres": ActPage(
        "send_letters",
        LettersForm,
        "Envoyer les lettres de rejet",
        "Chaque fournisseur lit ses notes et leurs motifs, et eux seuls. Les lettres ne se reprennent pas.",
        "Lettres envoyées.",
        deciding.send_letters,
    ),
    "signer": ActPage(
        "sign",
        SignForm,
        "Enregistrer la signature",
        "Le marché est signé aujourd’hui par les deux parties. Il ne s’abandonne plus.",
        "Signature enregistrée.",
        deciding.sign,
    ),
    "notifier": ActPage(
        "notify",
        NotifyForm,
        "Notifier au titulaire",
        "Le marché prend effet. Des bons de commande pourront être faits à son titre.",
        "Marché notifié. Commandez à son titre depuis le projet.",
        notifying.notify_holder,
    ),
    "abandonner": ActPage(
        "drop",
        DropForm,
        "Abandonner l’attribution",
        "Si l’attributaire ne peut pas signer. La réponse classée ensuite pourra être retenue.",
        "Attribution abandonnée.",
        deciding.drop,
    ),
}


@login_required
@once
def act(request: HttpRequest, number: str, words: str) -> HttpResponse:
    page = ACTS.get(words)
    if page is None:
        raise NotVisible
    found, actor = _allowed(request, number, page.move), actor_of(request)
    found.check_move(page.move)
    form, version = page.form(posted(request)), typed_version(request)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        if tried(form, lambda: page.do(found, actor=actor, expected_version=version, **said)):
            messages.success(request, page.done)
            return redirect(found.get_absolute_url())
    return _page(request, found, form, title=page.title, lead=page.lead, move=page.move)


@login_required
@once
def add_certificate(request: HttpRequest, number: str) -> HttpResponse:
    found, actor = _allowed(request, number, "add_certificate"), actor_of(request)
    deciding.refuse_decided(found)
    form = CertificateForm(posted(request), request.FILES if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        if tried(form, lambda: deciding.add_certificate(found, actor=actor, **said)):
            messages.success(request, "Certificat joint.")
            return redirect(found.get_absolute_url())
    return _page(request, found, form, title="Joindre un certificat", lead="", move="")


def _allowed(request: HttpRequest, number: str, ability: str) -> Award:
    """Raises NotVisible, NotAllowed."""
    found = Award.objects.visible_to(actor_of(request)).for_pages().filter(number=number).first()
    if found is None:
        raise NotVisible
    require(award_abilities(actor_of(request), found), ability)
    return found


def _page(
    request: HttpRequest, found: Award, form: MarketForm, *, title: str, lead: str, move: str
) -> HttpResponse:
    from procurement.awards.views.show import trail

    facts = [
        ("Attribution", found.number),
        ("Attributaire", found.supplier.name),
        ("Montant", euros(found.amount_eur_ht, tax="HT") if found.amount_eur_ht is not None else ""),
    ]
    if move == "send_letters":
        delay = deciding.delay_for(found, voluntary=False, on=timezone.localdate())
        facts.append(("Délai avant signature", f"{delay.text} {delay.source}".strip()))
    context = {
        "title": title,
        "lead": lead,
        "facts": facts,
        "form": form,
        "version": typed_version(request) or found.version,
        "button_label": title,
        "cancel_url": found.get_absolute_url(),
        "breadcrumb_data": trail(found, current=title),
    }
    status = 400 if form.errors else 200
    return render(request, "procurement/derogation_act.html", context, status=status)
