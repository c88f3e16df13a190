"""The list of an administration in JSON."""

from __future__ import annotations

from rest_framework import serializers

from catalog.collections.entries import name_of
from catalog.enums import CuratedKind
from catalog.models import CuratedOffer, Offer
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer


class CuratedOfferSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    offer = serializers.SlugRelatedField[Offer](slug_field="uuid", read_only=True)
    offer_name = serializers.SerializerMethodField()
    organisation = serializers.CharField(source="organisation.name", read_only=True)
    is_online = serializers.BooleanField(source="offer.is_public", read_only=True)

    class Meta:
        model = CuratedOffer
        fields = (
            "id", "offer", "offer_name", "is_online", "organisation", "kind", "note", "added_at",
            "changed_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_offer_name(self, curated: CuratedOffer) -> str:
        return name_of(curated.offer)


class EditCuratedInput(StrictSerializer):
    kind = serializers.ChoiceField(choices=CuratedKind.choices)
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True)


class CuratedInput(EditCuratedInput):
    offer = serializers.SlugRelatedField[Offer](slug_field="uuid", queryset=Offer.objects.public())
