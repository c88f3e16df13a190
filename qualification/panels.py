"""What qualification adds to the offer's sheet: its dossier, for those who may see it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from catalog.models import Offer
from marketplace.accounts.abilities import allowed
from marketplace.accounts.middleware import actor_of
from marketplace.ui.panels import Panel
from qualification.abilities import dossiers_abilities
from qualification.confirmations import published
from qualification.models import CheckAlert, Dossier


def offer_dossier(request: HttpRequest, offer: Any) -> Panel | None:
    """One query for those concerned, none for a visitor or a buyer."""
    actor = actor_of(request)
    if not isinstance(offer, Offer) or not (actor.is_supplier or actor.is_operator):
        return None
    dossier = Dossier.objects.visible_to(actor).filter(offer=offer).order_by("-pk").first()
    owner = actor.organisation is not None and offer.supplier.organisation_id == actor.organisation.pk
    may_open = owner and offer.state == "draft" and allowed(dossiers_abilities(actor), "create")
    if dossier is not None and (dossier.state != "decided" or not may_open):
        return Panel("qualification/_offer_dossier.html", {"dossier": dossier})
    if may_open:
        return Panel("qualification/_offer_dossier.html", {"offer": offer})
    return None


def offer_checks(request: HttpRequest, offer: Any) -> Panel | None:
    """For the offer's own supplier and for those who instruct. No query."""
    actor = actor_of(request)
    if not isinstance(offer, Offer):
        return None
    owner = actor.organisation.pk if actor.is_supplier and actor.organisation is not None else None
    own = owner is not None and offer.supplier.organisation_id == owner
    if own or CheckAlert.readable_by(actor):
        return Panel("qualification/_offer_checks.html", {"offer": offer})
    return None


def offer_waivers(_request: HttpRequest, offer: Any) -> Panel | None:
    """For everybody: what was let pass without proof, by whom, why, until when. One query."""
    if not isinstance(offer, Offer):
        return None
    waivers = published(offer)
    return Panel("qualification/_offer_waivers.html", {"waivers": waivers}) if waivers else None


def offer_coverage(request: HttpRequest, offer: Any) -> Panel | None:
    """For the offer's own supplier. No query."""
    actor = actor_of(request)
    if not isinstance(offer, Offer) or not actor.is_supplier or actor.organisation is None:
        return None
    if offer.supplier.organisation_id != actor.organisation.pk:
        return None
    return Panel("qualification/_offer_coverage.html", {"offer": offer})


def offer_labels(request: HttpRequest, offer: Any) -> Panel | None:
    """The way to the Gaia-X levels, for everybody who reads the sheet. No query."""
    return Panel("qualification/_offer_labels.html", {"offer": offer}) if isinstance(offer, Offer) else None
