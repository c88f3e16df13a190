"""/api/v1/collections/: the operator's collections, read by everybody, written by the curators."""

from __future__ import annotations

import uuid as uuids
from typing import Any, ClassVar

import django_filters
from django.http import QueryDict
from django.utils import timezone
from rest_framework.response import Response

from catalog.collections import actions as collections
from catalog.collections.abilities import collection_abilities, collections_abilities
from catalog.collections.entries import entries_of
from catalog.collections.serializers import CollectionInput, CollectionSerializer, OneCollectionSerializer
from catalog.enums import CollectionState
from catalog.filters import OfferFilterSet
from catalog.models import Collection, Offer
from catalog.search.engine import search
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.viewsets import CreateOnceMixin, PatchMixin, ReadViewSet, SerializerClass


class CollectionFilterSet(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=CollectionState.choices, label="État, répétable.")

    class Meta:
        model = Collection
        fields: list[str] = []


class CollectionViewSet(MoveMixin, CreateOnceMixin, PatchMixin, ReadViewSet):
    """Those on show today; curators and the auditor read the others too."""

    about = "les sélections de l’opérateur"
    queryset = Collection.objects.order_by("-starts_on", "-pk")
    serializer_class = CollectionSerializer
    filterset_class = CollectionFilterSet
    public = ("list", "retrieve")
    if_match = frozenset({"edit"})
    abilities = staticmethod(collection_abilities)
    collection_abilities = staticmethod(collections_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": CollectionInput,
        "edit": CollectionInput,
    }
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "publish": MoveEndpoint(collections.publish),
        "archive": MoveEndpoint(collections.archive),
        "reopen": MoveEndpoint(collections.reopen),
    }

    def get_serializer_class(self) -> SerializerClass:
        return CollectionSerializer if self.action == "list" else OneCollectionSerializer

    def absent(self, uuid: uuids.UUID) -> Exception:
        found = Collection.objects.filter(uuid=uuid).first()
        if found is not None:
            found.raise_if_gone()
        return NotVisible()

    def answer(self, obj: Collection, **options: Any) -> Response:
        today = timezone.localdate()
        shown: Any = obj
        # Read by the serializer.
        shown.offers, shown.found = entries_of(obj, on=today), _found(obj.query) if obj.query else None
        return super().answer(shown, **options)

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> Collection:
        return collections.create(actor=actor, **_with_offers(data))

    def edit_object(
        self, obj: Collection, *, actor: Actor, data: dict[str, Any], expected_version: int | None
    ) -> Collection:
        return collections.edit(obj, actor=actor, expected_version=expected_version, **_with_offers(data))

    def check_editable(self, obj: Collection) -> None:
        collections.refuse_archived(obj)


def _with_offers(data: dict[str, Any]) -> dict[str, Any]:
    if "offers" not in data:
        return data
    offers: list[tuple[Offer, str]] = [(row["offer"], row["why"]) for row in data["offers"]]
    return {**data, "offers": offers}


def _found(query: str) -> int:
    filters = OfferFilterSet(QueryDict(query), lenient=True)
    filters.is_valid()
    return search(filters.query(page_size=1)).total


ROUTES = [("collections", CollectionViewSet, "collection")]
