"""What procurement adds to the catalogue's pages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from catalog.enums import OfferState
from marketplace.accounts.abilities import allowed
from marketplace.ui.panels import Panel
from procurement.abilities import projects_abilities
from procurement.models import PeerConsent, UserReview
from procurement.models.peer import users_of
from procurement.models.user_review import counts_of
from procurement.peers.abilities import (
    consent_abilities,
    offer_peer_abilities,
    peers_abilities,
    reads_peers,
)
from procurement.views.find import actor_of
from procurement.voices.abilities import offer_voice_abilities

SHOWN = 3


def add_to_project(request: HttpRequest, offer: Any) -> Panel | None:
    """« Ajouter à un projet », on the sheet of an offer, for those who write projects."""
    return _panel(request, [offer.number], "procurement/_add_panel.html", label="Ajouter à un projet")


def approval_links(request: HttpRequest, organisation: object) -> Panel | None:
    """On the page of one's own administration."""
    actor = actor_of(request)
    own = actor.is_buyer and actor.organisation == organisation and bool(actor.roles)
    return Panel("procurement/approval/_link.html") if own else None


def reviews(request: HttpRequest, offer: Any) -> Panel | None:
    """« Avis d’utilisateurs », on the sheet: counts by step, the last ones. None when unclaimed."""
    if offer.state == OfferState.UNCLAIMED:
        return None
    actor = actor_of(request)
    published = list(UserReview.objects.published().filter(offer=offer).for_pages())
    return Panel(
        "procurement/voices/_panel.html",
        {
            "offer": offer,
            "reviews": published[:SHOWN],
            "total": len(published),
            "counts": counts_of(published),
            "may_review": allowed(offer_voice_abilities(actor, offer), "review"),
            "has_review": any(review.organisation == actor.organisation for review in published),
        },
    )


def reviews_link(request: HttpRequest, offer: Any) -> Panel | None:
    """In the sheet's summary, where `reviews` has its part."""
    if offer.state == OfferState.UNCLAIMED:
        return None
    return Panel("procurement/_summary_link.html", {"anchor": "avis", "label": "Avis d’utilisateurs"})


def peers_link(request: HttpRequest, offer: Any) -> Panel | None:
    """In the sheet's summary, where `peers` has its part."""
    if offer.state == OfferState.UNCLAIMED or not reads_peers(actor_of(request)):
        return None
    return Panel("procurement/_summary_link.html", {"anchor": "pairs", "label": "Un pair l’utilise"})


def peers(request: HttpRequest, offer: Any) -> Panel | None:
    """« Un pair l’utilise », on the sheet: for members of administrations. None when unclaimed."""
    actor = actor_of(request)
    if offer.state == OfferState.UNCLAIMED or not reads_peers(actor):
        return None
    users = set(users_of(offer).values_list("pk", flat=True))
    consents = list(PeerConsent.objects.reachable().filter(offer=offer).for_pages())
    here = actor.organisation
    own = next((given for given in consents if given.organisation == here), None)
    return Panel(
        "procurement/peers/_panel.html",
        {
            "offer": offer,
            "users": len(users),
            "ours": here is not None and here.pk in users,
            "consents": consents,
            "own": own,
            "may_consent": allowed(offer_peer_abilities(actor, offer), "consent"),
            "may_withdraw": own is not None and allowed(consent_abilities(actor, own), "withdraw"),
            "may_write": allowed(peers_abilities(actor), "write"),
        },
    )


def add_compared(request: HttpRequest, offers: Iterable[Any]) -> Panel | None:
    """« Ajouter à la présélection », on a comparison."""
    numbers = [offer.number for offer in offers]
    if not numbers:
        return None
    return _panel(request, numbers, "procurement/_add_compared_panel.html", label="Ajouter à la présélection")


def _panel(request: HttpRequest, numbers: list[int], template: str, *, label: str) -> Panel | None:
    if projects_abilities(actor_of(request))["create"]:
        return None
    query = urlencode({"offre": numbers}, doseq=True)
    url = f"{reverse('procurement:add_offers')}?{query}"
    return Panel(template, {"url": url, "label": label})


def published_contracts(request: HttpRequest, subject: None) -> Panel:
    """On the page of the open data."""
    return Panel("procurement/publications/_open_data_panel.html")
