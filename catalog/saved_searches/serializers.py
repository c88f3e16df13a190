"""Saved searches in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.models import Offer, SavedSearch, SearchNews
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer


class SavedSearchSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    is_mine = serializers.SerializerMethodField()
    is_followed = serializers.SerializerMethodField(help_text="Vous en recevez les alertes.")
    is_too_broad = serializers.BooleanField(
        read_only=True, help_text="Elle trouve trop d’offres : aucune alerte tant qu’elle n’est pas affinée."
    )
    found = serializers.SerializerMethodField(help_text="Offres trouvées à la dernière lecture.")
    page = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = SavedSearch
        fields = (
            "id", "name", "query", "is_shared", "is_mine", "is_followed", "is_too_broad", "found",
            "checked_on", "created_at", "page",
        )  # fmt: skip
        read_only_fields = fields

    def get_is_mine(self, search: SavedSearch) -> bool:
        return search.belongs_to(self.context["view"].actor)

    def get_is_followed(self, search: SavedSearch) -> bool:
        return self.context["view"].actor.user in search.followers.all()

    def get_found(self, search: SavedSearch) -> int | None:
        return None if search.known is None else len(search.known)


class OneSavedSearchSerializer(SavedSearchSerializer):
    """With what its query string holds that is understood no more: read once, by the view."""

    ignored = serializers.ListField(
        child=serializers.CharField(),
        read_only=True,
        help_text="Ce qui n’est pas ou n’est plus compris dans la recherche, et n’y compte donc pas.",
    )

    class Meta(SavedSearchSerializer.Meta):
        fields: Any = (*SavedSearchSerializer.Meta.fields, "ignored")
        read_only_fields = fields


class SearchNewsSerializer(StrictModelSerializer):
    offer = serializers.SlugRelatedField[Offer](slug_field="uuid", read_only=True)
    offer_name = serializers.CharField(source="offer.name", read_only=True)
    reasons = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = SearchNews
        fields = ("kind", "offer", "offer_name", "reasons", "at", "told_at")
        read_only_fields = fields


class EditSearchInput(StrictSerializer):
    name = serializers.CharField(max_length=120)
    is_shared = serializers.BooleanField(required=False)


class SaveSearchInput(StrictSerializer):
    name = serializers.CharField(max_length=120)
    query = serializers.CharField(
        max_length=8000,
        required=False,
        allow_blank=True,
        default="",
        help_text="Les paramètres de « offers/ », tels que dans une adresse.",
    )
    is_shared = serializers.BooleanField(required=False, default=False)
    follow = serializers.BooleanField(required=False, default=True, help_text="Recevoir les alertes.")
