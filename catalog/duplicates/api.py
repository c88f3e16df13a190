"""/api/v1/duplicates/: offers that look like one another, and what a curator concludes."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import F, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.abilities import duplicate_abilities
from catalog.duplicates import actions as duplicates
from catalog.enums import DuplicateState
from catalog.likeness import LABELS
from catalog.models import DuplicatePair, Offer
from catalog.serializers_curation import DecisionReasonInput
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from marketplace.rest.viewsets import ReadViewSet


class LikenessSerializer(StrictSerializer):
    """Percent by field; null: one of the two offers does not say."""

    name = serializers.IntegerField(allow_null=True)
    description = serializers.IntegerField(allow_null=True)
    website = serializers.IntegerField(allow_null=True, help_text="100 : le même ; 0 : un autre.")


class DuplicateSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    first = serializers.SlugRelatedField[Offer](slug_field="uuid", read_only=True)
    first_name = serializers.CharField(source="first.name", read_only=True)
    second = serializers.SlugRelatedField[Offer](slug_field="uuid", read_only=True)
    second_name = serializers.CharField(source="second.name", read_only=True)
    same_supplier = serializers.BooleanField(read_only=True)
    likeness = serializers.SerializerMethodField()
    duplicate = serializers.SlugRelatedField[Offer](slug_field="uuid", read_only=True)

    class Meta:
        model = DuplicatePair
        fields = (
            "id", "first", "first_name", "second", "second_name", "same_supplier", "score", "likeness",
            "state", "state_since", "version", "found_at", "duplicate", "reason", "decided_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(LikenessSerializer)
    def get_likeness(self, pair: DuplicatePair) -> dict[str, int | None]:
        parts = pair.likeness.parts
        return {name: parts.get(name) for name in LABELS}


class DuplicateChosenInput(DecisionReasonInput):
    reason = serializers.CharField(max_length=900, help_text="Lu du fournisseur, et à l’adresse retirée.")
    duplicate = serializers.UUIDField(help_text="Celle des deux offres qui est le doublon.")


class DuplicateFilterSet(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=DuplicateState.choices, label="État, répétable.")
    same_supplier = django_filters.BooleanFilter(
        method="of_same_supplier", label="« true » : d’un seul fournisseur ; « false » : de deux."
    )

    class Meta:
        model = DuplicatePair
        fields: list[str] = []

    def of_same_supplier(self, rows: QuerySet[Any], name: str, value: bool) -> QuerySet[Any]:
        same = {"first__supplier": F("second__supplier")}
        return rows.filter(**same) if value else rows.exclude(**same)


class DuplicateViewSet(MoveMixin, ReadViewSet):
    """Pairs of offers that look like one, the oldest found first: for curators and the auditor."""

    about = "les doublons probables"
    queryset = DuplicatePair.objects.with_offers().order_by("found_at", "pk")
    serializer_class = DuplicateSerializer
    filterset_class = DuplicateFilterSet
    abilities = staticmethod(duplicate_abilities)
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "dismiss": MoveEndpoint(duplicates.dismiss, DecisionReasonInput),
        "ask": MoveEndpoint(duplicates.ask, DuplicateChosenInput),
        "confirm": MoveEndpoint(duplicates.confirm, DuplicateChosenInput),
        "reopen": MoveEndpoint(duplicates.reopen, DecisionReasonInput),
    }


ROUTES = [("duplicates", DuplicateViewSet, "duplicate")]
