"""/api/v1/offers/cost/: what price lists come to for one usage, leaving included."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api_exports import OFFERS, asked_uuids
from catalog.api_usage import USAGE_PARAMETERS
from catalog.costing import Buyer, OfferCost, offer_costs, offers_to_cost
from catalog.forms.usage import DEFAULT_PLACE, UsageForm
from catalog.prices.usage_price import TOO_LARGE
from marketplace.errors import NotVisible
from marketplace.rest.serializers import StrictSerializer
from marketplace.rest.viewsets import MarketViewSet

MONEY: dict[str, Any] = {"max_digits": 16, "decimal_places": 2}
ABSENT: dict[str, Any] = {"allow_null": True, "default": None}


class PeriodPartSerializer(StrictSerializer):
    used = serializers.IntegerField(help_text="Jours, ou mois, comptés.")
    of = serializers.IntegerField(help_text="Ceux de la période entière.")


class CostLineSerializer(StrictSerializer):
    code = serializers.CharField(source="component.code")
    label = serializers.CharField(source="component.label")
    unit = serializers.CharField(source="component.unit")
    quantity = serializers.DecimalField(max_digits=14, decimal_places=3, help_text="Par période.")
    periods = serializers.IntegerField(source="periods.whole")
    parts = PeriodPartSerializer(
        source="periods.parts", many=True, help_text="D’une période utilisée en partie."
    )
    total_eur_ht = serializers.DecimalField(**MONEY)


class LeavingLineSerializer(StrictSerializer):
    label = serializers.CharField()
    total_eur_ht = serializers.DecimalField(**MONEY)
    waived = serializers.BooleanField(help_text="La loi interdit de le facturer à cette date.")


class CompensationSerializer(StrictSerializer):
    label = serializers.CharField()
    rate_percent = serializers.DecimalField(max_digits=6, decimal_places=3)
    amount_eur = serializers.DecimalField(**MONEY, allow_null=True, help_text="Null : part inconnue.")
    source = serializers.CharField()


class OfferCostSerializer(StrictSerializer):
    offer = serializers.UUIDField(source="offer.uuid")
    name = serializers.CharField(source="offer.name")
    plan = serializers.CharField(source="cost.plan.code", **ABSENT)
    partial = serializers.BooleanField(
        source="cost.is_partial", **ABSENT, help_text="Le total ne compte pas `missing`."
    )
    missing = serializers.SerializerMethodField(help_text="Prix nécessaires et non publiés, en mots.")
    uncounted = serializers.SerializerMethodField(help_text="Lignes qui ne se déduisent pas de l’usage.")
    total_eur_ht = serializers.DecimalField(**MONEY, source="cost.total_eur_ht", **ABSENT)
    total_eur_ttc = serializers.DecimalField(
        **MONEY,
        source="totals.total_eur_ttc",
        allow_null=True,
        default=None,
        help_text="Null : TVA inconnue.",
    )
    use_eur_ht = serializers.DecimalField(**MONEY, source="cost.use_eur_ht", **ABSENT)
    leaving_eur_ht = serializers.DecimalField(**MONEY, source="cost.leaving.total_eur_ht", **ABSENT)
    leaves_on = serializers.DateField(source="cost.leaving.on", **ABSENT)
    monthly_eur_ht = serializers.ListField(
        child=serializers.DecimalField(**MONEY), source="cost.monthly", default=list
    )
    lines = CostLineSerializer(many=True, source="cost.lines", default=list)
    leaving = LeavingLineSerializer(many=True, source="cost.leaving.lines", default=list)
    vat_compensations = CompensationSerializer(many=True, source="compensations")
    co_financings = serializers.SerializerMethodField(help_text="Aides possibles, en mots.")

    def get_missing(self, each: OfferCost) -> list[str]:
        if each.cost is None and each.too_large:
            return [TOO_LARGE]
        return list(each.cost.gaps) if each.cost else []

    def get_uncounted(self, each: OfferCost) -> list[str]:
        return list(each.cost.uncounted) if each.cost else []

    def get_co_financings(self, each: OfferCost) -> list[str]:
        return [aid.label for aid in each.co_financings]


class CostsSerializer(StrictSerializer):
    results = OfferCostSerializer(many=True)


class CostMixin(MarketViewSet):
    """On the offers' viewset."""

    @extend_schema(parameters=[OFFERS, *USAGE_PARAMETERS], responses=CostsSerializer, filters=False)
    @action(detail=False, methods=["get"], pagination_class=None)
    def cost(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Le coût d’un usage, départ compris ; un prix absent est nommé, jamais compté pour zéro."""
        asked = asked_uuids(request)
        form = UsageForm(request.query_params)
        if not form.is_valid():
            raise ValidationError(form.errors)
        known = {offer.uuid: offer for offer in offers_to_cost(actor=self.actor, uuid__in=asked)}
        if len(known) < len(asked):
            raise NotVisible
        said = form.cleaned_data
        buyer = Buyer(kind=said["buyer_kind"], place=said["place"] or DEFAULT_PLACE)
        found = offer_costs([known[one] for one in asked], usage=form.usage(), buyer=buyer)
        return Response(CostsSerializer({"results": found}).data)
