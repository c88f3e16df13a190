from __future__ import annotations

from typing import Any

from rest_framework import serializers

from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.models import CounterProposal, CounterProposalLine, PrivatePrice

QUANTITY: dict[str, Any] = {"max_digits": 14, "decimal_places": 3}
UNIT_PRICE: dict[str, Any] = {"max_digits": 18, "decimal_places": 6}


class CounterProposalLineSerializer(StrictModelSerializer):
    price_line = serializers.CharField(source="price_line.code")

    class Meta:
        model = CounterProposalLine
        fields = ("price_line", "quantity", "unit_price_eur_ht")


class CounterProposalSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    order = serializers.UUIDField(source="order.uuid", read_only=True)
    order_number = serializers.CharField(source="order.number", read_only=True)
    lines = CounterProposalLineSerializer(many=True, read_only=True)

    class Meta:
        model = CounterProposal
        fields = (
            "id", "number", "state", "state_since", "version", "order", "order_number", "lines", "starts_on",
            "ends_on", "terms", "reason", "written_at", "decided_at", "refusal_reason",
        )  # fmt: skip
        read_only_fields = fields


class CounterProposalLineInput(StrictSerializer):
    price_line = serializers.SlugField(max_length=40, help_text="Code de la ligne de prix.")
    quantity = serializers.DecimalField(help_text="0 retire la ligne.", min_value=0, **QUANTITY)
    unit_price_eur_ht = serializers.DecimalField(
        help_text="Pour toute la quantité, sans tranche.", min_value=0, **UNIT_PRICE
    )


class CounterProposalInput(StrictSerializer):
    order = serializers.UUIDField(help_text="Bon de commande envoyé, sans support d’achat.")
    lines = CounterProposalLineInput(many=True, required=False, help_text="Celles qui changent.")
    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True, help_text="Dernier jour, compris.")
    terms = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    reason = serializers.CharField(max_length=2000)


class PrivatePriceSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    offer = serializers.UUIDField(source="offer.uuid", read_only=True)
    buyer = serializers.UUIDField(source="buyer.uuid", read_only=True)
    buyer_name = serializers.CharField(source="buyer.name", read_only=True)
    plan = serializers.CharField(source="plan_code", read_only=True)
    price_line = serializers.CharField(source="component_code", read_only=True)
    usable_today = serializers.BooleanField(read_only=True)

    class Meta:
        model = PrivatePrice
        fields = (
            "id", "number", "state", "version", "offer", "buyer", "buyer_name", "plan", "price_line", "label",
            "unit_price_eur_ht", "starts_on", "expires_on", "usable_today", "reason", "given_at",
        )  # fmt: skip
        read_only_fields = fields


class PrivatePriceInput(StrictSerializer):
    offer = serializers.UUIDField()
    buyer = serializers.UUIDField(help_text="Administration qui, seule, en profite.")
    plan = serializers.SlugField(max_length=40, help_text="Code de la formule.")
    price_line = serializers.SlugField(max_length=40, help_text="Code de la ligne de prix.")
    unit_price_eur_ht = serializers.DecimalField(min_value=0, **UNIT_PRICE)
    starts_on = serializers.DateField(required=False, allow_null=True, help_text="null : dès aujourd’hui.")
    expires_on = serializers.DateField(help_text="Dernier jour où un bon de commande part à ce prix.")
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
