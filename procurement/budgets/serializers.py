"""What budgets and commitments look like in JSON. Amounts are decimal text, unknown is null."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from marketplace.tax_basis import TaxBasis
from procurement.budgets.enums import FIRST_YEAR, LAST_YEAR, BudgetKind
from procurement.models import BudgetLine, Commitment

MONEY: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}
SUMS: dict[str, Any] = {"max_digits": 16, "decimal_places": 2}


class BudgetLineSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    project = serializers.UUIDField(source="project.uuid", read_only=True, allow_null=True, default=None)
    committed_eur = serializers.DecimalField(
        read_only=True, help_text="Engagé, dans la base du plafond.", **SUMS
    )
    left_eur = serializers.DecimalField(read_only=True, **SUMS)
    percent = serializers.IntegerField(read_only=True)
    unknown = serializers.IntegerField(
        read_only=True, help_text="Engagements sans TTC connu, qu’un plafond TTC ne compte pas."
    )

    class Meta:
        model = BudgetLine
        fields = (
            "id", "number", "state", "state_since", "version", "kind", "label", "year", "project",
            "ceiling_eur", "basis", "source", "committed_eur", "left_eur", "percent", "unknown", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class BudgetEditInput(StrictSerializer):
    label = serializers.CharField(max_length=200)
    ceiling_eur = serializers.DecimalField(min_value=Decimal("0.01"), **MONEY)
    basis = serializers.ChoiceField(choices=TaxBasis.choices)
    source = serializers.CharField(max_length=300, help_text="Le document qui fixe le plafond.")


class BudgetInput(BudgetEditInput):
    kind = serializers.ChoiceField(choices=BudgetKind.choices)
    year = serializers.IntegerField(
        min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False, allow_null=True
    )
    project = serializers.UUIDField(required=False, allow_null=True)


class CommitmentSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    order = serializers.UUIDField(source="order.uuid", read_only=True)
    order_number = serializers.CharField(source="order.number", read_only=True)
    project = serializers.UUIDField(source="project.uuid", read_only=True)
    budget = serializers.UUIDField(source="line.uuid", read_only=True, allow_null=True, default=None)
    vehicle = serializers.UUIDField(source="vehicle.uuid", read_only=True, allow_null=True, default=None)

    class Meta:
        model = Commitment
        fields = (
            "id", "order", "order_number", "project", "budget", "vehicle", "amount_eur_ht",
            "amount_eur_ttc", "made_at", "released_at", "release_reason",
        )  # fmt: skip
        read_only_fields = fields
