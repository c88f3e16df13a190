"""« Un pair l’utilise »: agreeing, withdrawing, writing, answering, and the list of both."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from catalog.models import Offer
from catalog.views.finding import on_offer
from marketplace.accounts.abilities import allowed, require
from marketplace.errors import DomainError, MoveRefused, NotVisible, RuleBroken, TooManyTries
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from procurement.models import PeerConsent, PeerMessage
from procurement.peers import actions as peers
from procurement.peers.abilities import (
    consent_abilities,
    message_abilities,
    offer_peer_abilities,
    peers_abilities,
)
from procurement.peers.forms import PeerAnswerForm, PeerMessageForm
from procurement.views.find import actor_of, typed_version

PER_PAGE = 20
LIST = ("Échanges entre pairs", "/pairs/")


@login_required
def peer_list(request: HttpRequest) -> HttpResponse:
    """The agreements of my administration, and the messages that I sent or received."""
    actor = actor_of(request)
    require(peers_abilities(actor), "read")
    own = PeerConsent.objects.visible_to(actor).with_reach().for_pages().order_by("-consented_at", "-pk")
    if actor.is_buyer:
        own = own.filter(organisation=actor.organisation)
    written = PeerMessage.objects.visible_to(actor).for_pages()
    context = {
        "consents": [(given, allowed(consent_abilities(actor, given), "withdraw")) for given in own],
        "page": Paginator(written, PER_PAGE).get_page(request.GET.get("page")),
        "me": actor.user,
        "breadcrumb_data": breadcrumb(current=LIST[0]),
    }
    return render(request, "procurement/peers/list.html", context)


@login_required
@once
@on_offer
def peer_consent(request: HttpRequest, offer: Offer) -> HttpResponse:
    actor = actor_of(request)
    require(offer_peer_abilities(actor, offer), "consent")
    if request.method == "POST":
        peers.consent(offer, actor=actor)
        messages.success(request, "Accord enregistré. Vous pouvez le retirer à tout moment.")
        return redirect(f"{offer.get_absolute_url()}#pairs")
    context = {
        "title": "Accepter d’être contacté par d’autres administrations",
        "lead": f"Au sujet de {offer.name}.",
        "offer": offer,
        "button_label": "Donner mon accord",
        "cancel_url": offer.get_absolute_url(),
        "breadcrumb_data": breadcrumb((offer.name, offer.get_absolute_url()), current="Donner mon accord"),
    }
    return render(request, "procurement/peers/consent.html", context)


def _consent(request: HttpRequest, uuid: uuids.UUID) -> PeerConsent:
    """Raises NotVisible."""
    rows = PeerConsent.objects.visible_to(actor_of(request)).for_pages()
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible()
    return found


@login_required
@once
def peer_withdraw(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    given, actor = _consent(request, uuid), actor_of(request)
    require(consent_abilities(actor, given), "withdraw")
    given.check_move("withdraw")
    if request.method == "POST":
        peers.withdraw(given, actor=actor, expected_version=typed_version(request))
        messages.success(request, "Accord retiré. Votre administration n’est plus nommée.")
        return redirect("procurement:peers")
    context = {
        "title": "Retirer l’accord",
        "lead": "Votre administration n’est plus nommée, et plus personne ne peut vous écrire.",
        "facts": [
            ("Offre", given.offer.name),
            ("Personne contactée", given.user),
            ("Messages en attente, qui seront clos", str(given.messages.waiting().count())),
        ],
        "version": given.version,
        "button_label": "Retirer l’accord",
        "cancel_url": reverse("procurement:peers"),
        "breadcrumb_data": breadcrumb(LIST, current="Retirer l’accord"),
    }
    return render(request, "procurement/peers/act.html", context)


@login_required
@once
def peer_write(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    given, actor = _consent(request, uuid), actor_of(request)
    require(consent_abilities(actor, given), "write")
    form, status = PeerMessageForm.of(request), 200
    if form.is_bound and form.is_valid():
        try:
            made = peers.write(given, actor=actor, text=form.cleaned_data["text"])
        except (RuleBroken, TooManyTries, MoveRefused) as refused:
            status = _show(form, refused)
        else:
            messages.success(request, "Message envoyé. Vous serez prévenu de la réponse.")
            return redirect(made)
    context = {
        "title": f"Écrire à un pair : {given.organisation}",
        "lead": f"Au sujet de {given.offer.name}. La personne lira votre nom et celui de votre "
        "administration. Vos adresses ne sont montrées, à elle comme à vous, que si elle répond.",
        "form": form,
        "button_label": "Envoyer le message",
        "cancel_url": given.offer.get_absolute_url(),
        "breadcrumb_data": breadcrumb(
            (given.offer.name, given.offer.get_absolute_url()), current="Écrire à un pair"
        ),
    }
    status = 400 if form.errors and status == 200 else status
    return render(request, "procurement/peers/act.html", context, status=status)


def _show(form: PeerMessageForm, refused: DomainError) -> int:
    """On the text, which stays in its field; the status to answer with."""
    form.add_error("text" if refused.fields else None, refused.message)
    return refused.status


def _message(request: HttpRequest, uuid: uuids.UUID) -> PeerMessage:
    """Raises NotVisible."""
    found = PeerMessage.objects.visible_to(actor_of(request)).for_pages().filter(uuid=uuid).first()
    if found is None:
        raise NotVisible()
    return found


@login_required
def peer_message(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    message, actor = _message(request, uuid), actor_of(request)
    consent = message.consent
    context = {
        "message": message,
        "may_answer": message.state == "sent" and allowed(message_abilities(actor, message), "answer"),
        "may_withdraw": consent.state == "open" and allowed(consent_abilities(actor, consent), "withdraw"),
        "reachable": PeerConsent.objects.reachable().filter(pk=consent.pk).exists(),
        "breadcrumb_data": breadcrumb(LIST, current=str(message)),
    }
    return render(request, "procurement/peers/message.html", context)


ACTS: dict[str, dict[str, Any]] = {
    "repondre": {
        "name": "answer",
        "title": "Répondre à un pair",
        "lead": "Une réponse par message. Vos noms et vos adresses deviennent visibles l’un à l’autre.",
        "button_label": "Envoyer la réponse",
        "done": "Réponse envoyée. Vous pouvez poursuivre par courriel.",
    },
    "decliner": {
        "name": "decline",
        "title": "Décliner",
        "lead": "L’administration en est informée, sans motif. Aucune adresse n’est montrée "
        "et votre accord reste.",
        "button_label": "Décliner la demande",
        "done": "Demande déclinée. L’administration est prévenue.",
    },
}


@login_required
@once
def peer_message_act(request: HttpRequest, uuid: uuids.UUID, words: str) -> HttpResponse:
    message, actor, page = _message(request, uuid), actor_of(request), ACTS.get(words)
    if page is None:
        raise NotVisible()
    require(message_abilities(actor, message), page["name"])
    message.check_move(page["name"])
    form = PeerAnswerForm.of(request) if page["name"] == "answer" else None
    if request.method == "POST" and (form is None or form.is_valid()):
        said = form.cleaned_data if form is not None else {}
        act = peers.answer if form is not None else peers.decline
        act(message, actor=actor, expected_version=typed_version(request), **said)
        messages.success(request, page["done"])
        return redirect(message)
    context = {
        **page,
        "message": message,
        "form": form,
        "version": message.version,
        "cancel_url": message.get_absolute_url(),
        "breadcrumb_data": breadcrumb(
            LIST, (str(message), message.get_absolute_url()), current=page["title"]
        ),
    }
    status = 400 if form is not None and form.errors else 200
    return render(request, "procurement/peers/act.html", context, status=status)
