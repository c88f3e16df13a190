"""Changes in JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.enums import OfferState
from catalog.models import Change, TrustFact
from catalog.serializers_marks import TrustFactSerializer
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer


class ChangedOfferSerializer(StrictSerializer):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    name = serializers.CharField(allow_null=True, help_text="null : l’offre a été supprimée depuis.")
    page = serializers.CharField()


class ToldFactSerializer(TrustFactSerializer):
    """A fact with the mark it is about."""

    mark = serializers.UUIDField(source="mark.uuid", read_only=True)
    scheme = serializers.CharField(source="mark.scheme", read_only=True)
    name = serializers.CharField(source="mark.name", read_only=True)
    scope = serializers.CharField(source="mark.scope", read_only=True)
    corrects = serializers.DateTimeField(
        source="supersedes.recorded_at",
        read_only=True,
        allow_null=True,
        default=None,
        help_text="Enregistrement du fait que celui-ci corrige.",
    )

    class Meta:
        model = TrustFact
        fields = ("mark", "scheme", "name", "scope", "corrects", *TrustFactSerializer.Meta.fields)
        read_only_fields = fields


class CatalogChangeSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    offer = serializers.SerializerMethodField()
    fact = ToldFactSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Change
        fields = ("id", "at", "kind", "state", "reason", "offer", "fact")
        read_only_fields = fields

    @extend_schema_field(ChangedOfferSerializer)
    def get_offer(self, change: Change) -> dict[str, Any]:
        offer = change.offer
        return {
            "id": str(offer.uuid),
            "number": offer.number,
            "name": offer.name if offer.state != OfferState.REMOVED else None,
            "page": offer.get_absolute_url(),
        }
