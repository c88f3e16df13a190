"""Writing, publishing, archiving the operator's collections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from catalog.collections.abilities import collection_abilities, collections_abilities
from catalog.collections.entries import losses_of
from catalog.enums import CollectionState
from catalog.models import Collection, CollectionEntry, Offer
from catalog.saved_searches.actions import searched
from catalog.saved_searches.news import held_by
from marketplace.accounts.abilities import require
from marketplace.errors import MoveRefused, RuleBroken

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

MOST_OFFERS = 30
RESERVED = frozenset({"nouvelle"})
FIELDS = ("title", "intro", "starts_on", "ends_on")
# (offer, why), in their order.
Given = Sequence[tuple[Offer, str]]


def create(*, actor: Actor, title: str, intro: str, offers: Given = (), **values: Any) -> Collection:
    """A draft. Raises NotAllowed, RuleBroken."""
    require(collections_abilities(actor), "create")
    with transaction.atomic():
        made = Collection(slug=_free_slug(title), created_by=actor.user)
        _fill(made, {"title": title, "intro": intro, **values})
        made.save()
        _write_entries(made, offers)
        made.journal_creation(actor=actor, detail={"title": title, "offers": len(offers)})
    return made


def edit(
    collection: Collection,
    *,
    actor: Actor,
    offers: Given | None = None,
    expected_version: int | None = None,
    **values: Any,
) -> Collection:
    """`title`, `intro`, `query`, `starts_on`, `ends_on`; `offers`: the whole list, None leaves it.

    A published one changes at once. Raises NotAllowed, MoveRefused (archived), VersionStale, RuleBroken.
    """
    require(collection_abilities(actor, collection), "edit")

    def apply(row: Collection) -> None:
        refuse_archived(row)
        _fill(row, values)
        if offers is not None:
            _write_entries(row, offers)
        if row.state == CollectionState.PUBLISHED:
            row.starts_on = row.starts_on or timezone.localdate(row.published_at)
            _check_whole(row)

    detail = {"fields": sorted(values), "offers": None if offers is None else len(offers)}
    return collection.touch(
        "edit", actor=actor, apply=apply, expected_version=expected_version, detail=detail
    )


def publish(collection: Collection, *, actor: Actor, expected_version: int | None = None) -> Collection:
    """What each offer holds today is what it will be held to. Raises NotAllowed, MoveRefused, RuleBroken."""
    require(collection_abilities(actor, collection), "publish")

    def check(row: Collection) -> None:
        _check_whole(row)
        entries = list(row.entries.select_related("offer"))
        if lost := losses_of(entries, on=timezone.localdate()):
            names = ", ".join(entry.offer.name for entry in entries if entry.pk in lost)
            raise RuleBroken("offer_not_available", f"Ne sont plus disponibles : {names}. Retirez-les.")
        _remember_held(entries)

    return collection.publish(check=check, actor=actor, expected_version=expected_version)


def archive(
    collection: Collection, *, actor: Actor, reason: str = "", expected_version: int | None = None
) -> Collection:
    require(collection_abilities(actor, collection), "archive")
    return collection.archive(actor=actor, reason=reason, expected_version=expected_version)


def reopen(
    collection: Collection, *, actor: Actor, reason: str = "", expected_version: int | None = None
) -> Collection:
    """A draft again, at the same address once published."""
    require(collection_abilities(actor, collection), "reopen")
    return collection.reopen(actor=actor, reason=reason, expected_version=expected_version)


def refuse_archived(collection: Collection) -> None:
    if collection.state == CollectionState.ARCHIVED:
        raise MoveRefused(
            "collection_archived",
            "Cette sélection est archivée. Reprenez-la avant de la modifier.",
            about=collection,
        )


def _fill(row: Collection, values: dict[str, Any]) -> None:
    for field in FIELDS:
        if field in values:
            setattr(row, field, values[field])
    if "query" in values:
        row.query = searched(values["query"])
    if row.starts_on and row.ends_on and row.ends_on < row.starts_on:
        raise RuleBroken(
            "days_reversed", "La fin précède le début. Choisissez une date plus tardive.", field="ends_on"
        )


def _write_entries(collection: Collection, offers: Given) -> None:
    """An offer that stays keeps the day it came and what it held then."""
    _check_list(offers)
    before = {row.offer_id: row for row in collection.entries.select_related("offer")}
    fresh = [offer.pk for offer, _ in offers if offer.pk not in before]
    public = set(Offer.objects.public().filter(pk__in=fresh).values_list("pk", flat=True))
    held = held_by(fresh, today=timezone.localdate())
    collection.entries.exclude(offer__in=[offer.pk for offer, _ in offers]).delete()
    for position, (offer, why) in enumerate(offers, start=1):
        if offer.pk in before:
            CollectionEntry.objects.filter(pk=before[offer.pk].pk).update(position=position, why=why)
            continue
        if offer.pk not in public:
            raise RuleBroken("offer_not_public", f"« {offer.name} » n’est pas en ligne.", field="offers")
        schemes = sorted(held.get(offer.pk, ()))
        CollectionEntry.objects.create(
            collection=collection, offer=offer, position=position, why=why, held=schemes
        )


def _check_list(offers: Given) -> None:
    keys = [offer.pk for offer, _ in offers]
    if len(keys) > MOST_OFFERS:
        raise RuleBroken(
            "too_many_offers", f"Une sélection compte {MOST_OFFERS} offres au plus.", field="offers"
        )
    if len(set(keys)) < len(keys):
        raise RuleBroken("offer_twice", "Une offre est citée deux fois. Gardez-en une.", field="offers")


def _check_whole(row: Collection) -> None:
    """What a reader may be shown: named offers, or a search."""
    named = row.entries.exists()
    if not named and not row.query:
        raise RuleBroken(
            "collection_empty", "Cette sélection est vide. Choisissez des offres, ou une recherche."
        )
    if named and row.query:
        raise RuleBroken(
            "collection_both",
            "Une sélection cite des offres ou suit une recherche, pas les deux. Videz l’une des deux.",
            field="query",
        )


def _remember_held(entries: list[CollectionEntry]) -> None:
    held = held_by([row.offer_id for row in entries], today=timezone.localdate())
    for row in entries:
        row.held = sorted(held.get(row.offer_id, ()))
    CollectionEntry.objects.bulk_update(entries, ["held"])


def _free_slug(title: str) -> str:
    """Made once: an address is never reused and does not follow a new title."""
    start = slugify(title)[:70] or "selection"
    taken = RESERVED | set(Collection.objects.filter(slug__startswith=start).values_list("slug", flat=True))
    slug, number = start, 2
    while slug in taken:
        slug, number = f"{start}-{number}", number + 1
    return slug
