"""Missing needs in JSON, as every administration reads them."""

from __future__ import annotations

from rest_framework import serializers

from catalog.enums import ServiceModel
from catalog.models import Category, MissingNeed, NeedJoin, Offer
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer


class NeedJoinSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="organisation.uuid", read_only=True)
    name = serializers.CharField(source="organisation.name", read_only=True)

    class Meta:
        model = NeedJoin
        fields = ("id", "name", "joined_at")
        read_only_fields = fields


class NeedSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    category = serializers.SlugRelatedField[Category](slug_field="code", read_only=True, allow_null=True)
    reported_by = serializers.CharField(source="organisation.name", read_only=True)
    organisations = NeedJoinSerializer(
        source="joins", many=True, read_only=True, help_text="Chaque administration compte une fois."
    )
    organisations_count = serializers.IntegerField(read_only=True)
    covering_offer = serializers.SlugRelatedField[Offer](slug_field="uuid", read_only=True, allow_null=True)
    merged_into = serializers.SlugRelatedField[MissingNeed](
        slug_field="uuid", read_only=True, allow_null=True
    )

    class Meta:
        model = MissingNeed
        fields = (
            "id", "number", "state", "state_since", "version", "title", "description", "service_models",
            "category", "searched", "reported_by", "organisations", "organisations_count", "answer",
            "answered_at", "covering_offer", "merged_into", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class NeedInput(StrictSerializer):
    title = serializers.CharField(max_length=160)
    description = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")
    service_models = serializers.ListField(
        child=serializers.ChoiceField(ServiceModel.choices),
        required=False,
        default=list,
        max_length=len(ServiceModel),
    )
    category = serializers.SlugRelatedField[Category](
        slug_field="code", queryset=Category.objects.open(), required=False, allow_null=True, default=None
    )
    searched = serializers.CharField(
        max_length=2000,
        required=False,
        allow_blank=True,
        default="",
        help_text="Les paramètres de « offers/ » qui n’ont rien donné.",
    )


class CoverInput(StrictSerializer):
    offer = serializers.UUIDField()
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class MergeInput(StrictSerializer):
    into = serializers.UUIDField(help_text="Le besoin qui reste.")
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
