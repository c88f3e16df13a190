"""Atom and RSS 2.0: new offers of the catalogue, and what happens to the status of the others."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed

from catalog.enums import ChangeKind, OfferState, TrustStatus
from catalog.models import Change, Collection

MOST = 50
NEW = (ChangeKind.OPENED, ChangeKind.LISTED)
STATUS = (
    ChangeKind.SUSPENDED,
    ChangeKind.REINSTATED,
    ChangeKind.WITHDRAWN,
    ChangeKind.REMOVED,
    ChangeKind.TRUST_FACT,
)


class _Changes(Feed):
    """The fifty last ones that anybody may read now; who wants them all follows /api/v1/changes/."""

    feed_type = Atom1Feed
    language = "fr"
    kinds: tuple[str, ...] = ()

    def items(self) -> QuerySet[Change]:
        rows = Change.objects.filter(kind__in=self.kinds).select_related("offer", "fact__mark")
        return rows.order_by("-pk")[:MOST]

    def item_title(self, change: Change) -> str:
        return f"{subject(change)}\u00a0: {happened(change)}"

    def item_description(self, change: Change) -> str:
        return change.reason or (sourced(change) if change.fact else "")

    def item_link(self, change: Change) -> str:
        return change.offer.get_absolute_url()

    def item_guid(self, change: Change) -> str:
        return f"urn:uuid:{change.uuid}"

    def item_pubdate(self, change: Change) -> dt.datetime:
        return change.at

    def item_updateddate(self, change: Change) -> dt.datetime:
        return change.at

    def item_categories(self, change: Change) -> tuple[str, ...]:
        return (change.kind,)

    def __call__(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().__call__(request, *args, **kwargs)
        answer["Cache-Control"] = "public, no-cache"
        return answer


def subject(change: Change) -> str:
    offer = change.offer
    return f"Offre n°\u00a0{offer.number}" if offer.state == OfferState.REMOVED else offer.name


def happened(change: Change) -> str:
    """« SecNumCloud suspendue », « offre retirée »."""
    if change.fact is None:
        return change.get_kind_display().lower()
    return f"{change.fact.mark.name}, {TrustStatus(change.fact.status).label.lower()}"


def sourced(change: Change) -> str:
    """Where the fact comes from: never shown without it."""
    fact = change.fact
    assert fact is not None
    source = f" Source\u00a0: {fact.source}." if fact.source else " Source inconnue."
    correction = " Corrige un fait précédent." if fact.supersedes_id else ""
    return f"{fact.get_origin_display()}.{source}{correction}"


class NewOffers(_Changes):
    title = "Nouvelles offres du catalogue"
    subtitle = "Offres référencées et fiches publiques ouvertes."
    link = reverse_lazy("catalog:offers")
    feed_url = reverse_lazy("catalog:new_offers_feed")
    kinds = NEW


class StatusChanges(_Changes):
    title = "Changements de statut des offres"
    subtitle = "Suspensions, retraits et faits datés des qualifications et labels, avec leur origine."
    link = reverse_lazy("catalog:offers")
    feed_url = reverse_lazy("catalog:status_feed")
    kinds = STATUS


class NewOffersRss(NewOffers):
    feed_type = Rss201rev2Feed
    description = NewOffers.subtitle
    feed_url = reverse_lazy("catalog:new_offers_rss")


class StatusChangesRss(StatusChanges):
    feed_type = Rss201rev2Feed
    description = StatusChanges.subtitle
    feed_url = reverse_lazy("catalog:status_rss")


class Collections(Feed):
    """The operator's collections on show today, the newest first."""

    feed_type = Atom1Feed
    language = "fr"
    title = "Sélections du catalogue"
    subtitle = "Offres réunies par l’opérateur pour un besoin."
    link = reverse_lazy("catalog:collection_list")
    feed_url = reverse_lazy("catalog:collections_feed")

    def items(self) -> QuerySet[Collection]:
        return Collection.objects.on_show(timezone.localdate())[:MOST]

    def item_title(self, collection: Collection) -> str:
        return collection.title

    def item_description(self, collection: Collection) -> str:
        return collection.intro

    def item_guid(self, collection: Collection) -> str:
        return f"urn:uuid:{collection.uuid}"

    def item_pubdate(self, collection: Collection) -> dt.datetime | None:
        return collection.published_at
