"""/api/v1/price-outliers/: prices far from those of their category and unit, with the figures."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers

from catalog.abilities import price_outlier_abilities
from catalog.enums import PriceOutlierState
from catalog.filters_prices import narrowed
from catalog.models import Offer, PriceOutlier
from catalog.price_outliers import actions as price_outliers
from catalog.serializers_curation import DecisionReasonInput
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.serializers import StrictModelSerializer
from marketplace.rest.viewsets import ReadViewSet


class PriceOutlierSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    offer = serializers.SlugRelatedField[Offer](slug_field="uuid", read_only=True)
    offer_name = serializers.CharField(source="offer.name", read_only=True)
    category = serializers.CharField(source="offer.category.code", read_only=True, default=None)
    offer_version = serializers.IntegerField(source="offer_version.number", read_only=True)
    is_online = serializers.BooleanField(
        read_only=True, help_text="false : dans une version qui n’est pas en ligne."
    )
    # DRF calls a field's title « label » too.
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]  # the name clients read
    sentence = serializers.CharField(source="place.sentence", read_only=True)

    class Meta:
        model = PriceOutlier
        fields = (
            "id", "offer", "offer_name", "category", "offer_version", "is_online", "label", "unit",
            "amount_eur_ht", "peers", "lowest_eur_ht", "median_eur_ht", "highest_eur_ht", "sentence", "state",
            "state_since", "version", "found_at", "reason", "decided_at",
        )  # fmt: skip
        read_only_fields = fields


class PriceOutlierFilterSet(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=PriceOutlierState.choices, label="État, répétable.")
    category = django_filters.CharFilter(field_name="offer__category__code", label="Code de la catégorie.")
    high = django_filters.BooleanFilter(
        method="of_direction", label="« true » : plus cher que la médiane ; « false » : moins."
    )
    online = django_filters.BooleanFilter(
        method="of_place", label="« true » : en ligne ; « false » : dans une version à modérer."
    )

    class Meta:
        model = PriceOutlier
        fields: list[str] = []

    def of_direction(self, rows: Any, name: str, value: bool) -> QuerySet[PriceOutlier]:
        return narrowed(rows, direction="haut" if value else "bas")

    def of_place(self, rows: Any, name: str, value: bool) -> QuerySet[PriceOutlier]:
        return narrowed(rows, place="en-ligne" if value else "proposee")


class PriceOutlierViewSet(MoveMixin, ReadViewSet):
    """Prices at three times the median of their category and unit or a third of it: never a refusal."""

    about = "les prix loin des autres"
    queryset = PriceOutlier.objects.with_offer().order_by("found_at", "pk")
    serializer_class = PriceOutlierSerializer
    filterset_class = PriceOutlierFilterSet
    abilities = staticmethod(price_outlier_abilities)
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "keep": MoveEndpoint(price_outliers.keep, DecisionReasonInput),
        "ask": MoveEndpoint(price_outliers.ask, DecisionReasonInput),
        "reopen": MoveEndpoint(price_outliers.reopen, DecisionReasonInput),
    }


ROUTES = [("price-outliers", PriceOutlierViewSet, "price-outlier")]
