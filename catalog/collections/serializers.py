"""Collections in JSON: as their page shows them, losses told."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.models import Collection, Offer
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer


class CollectionSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    page = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Collection
        fields = (
            "id", "slug", "title", "intro", "query", "state", "state_since", "version", "starts_on",
            "ends_on", "published_at", "page",
        )  # fmt: skip
        read_only_fields = fields


class CollectionLossSerializer(StrictSerializer):
    words = serializers.CharField()
    since = serializers.DateField(allow_null=True, help_text="null : la date n’est pas connue.")


class CollectionEntrySerializer(StrictSerializer):
    offer = serializers.UUIDField(source="offer.uuid")
    name = serializers.CharField()
    why = serializers.CharField()
    added_on = serializers.DateField(source="row.added_on")
    page = serializers.CharField(source="url", help_text="Vide : la fiche ne répond plus.")
    loss = CollectionLossSerializer(allow_null=True, help_text="Pourquoi l’offre n’en fait plus partie.")


class OneCollectionSerializer(CollectionSerializer):
    """With its offers, and how many a search that it follows finds: put on the object by the view."""

    offers = CollectionEntrySerializer(many=True, read_only=True)
    found = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="Offres que trouve aujourd’hui la recherche suivie."
    )

    class Meta(CollectionSerializer.Meta):
        fields: Any = (*CollectionSerializer.Meta.fields, "offers", "found")
        read_only_fields = fields


class CollectionOfferInput(StrictSerializer):
    offer = serializers.SlugRelatedField[Offer](slug_field="uuid", queryset=Offer.objects.all())
    why = serializers.CharField(max_length=500)


class CollectionInput(StrictSerializer):
    title = serializers.CharField(max_length=120)
    intro = serializers.CharField(max_length=3000)
    query = serializers.CharField(
        max_length=8000,
        required=False,
        allow_blank=True,
        help_text="Les paramètres de « offers/ » à suivre ; vide : des offres choisies.",
    )
    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)
    offers = CollectionOfferInput(
        many=True, required=False, max_length=30, help_text="Toute la liste, dans son ordre."
    )
