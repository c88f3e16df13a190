from __future__ import annotations

from typing import Any

from rest_framework import serializers

from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.amendments.enums import AmendmentKind
from procurement.models import Amendment

MONEY: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}


class AmendmentInput(StrictSerializer):
    contract = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=AmendmentKind.choices)
    delta_eur_ht = serializers.DecimalField(
        help_text="Ajouté au montant du contrat ; négatif pour une résiliation partielle.", **MONEY
    )
    new_ends_on = serializers.DateField(required=False, allow_null=True, help_text="Dernier jour, compris.")
    reason = serializers.CharField(max_length=2000, help_text="L’objet de l’avenant.")


class AmendmentSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    contract = serializers.UUIDField(source="contract.uuid", read_only=True)
    contract_number = serializers.CharField(source="contract.number", read_only=True)

    class Meta:
        model = Amendment
        fields = (
            "id", "number", "state", "state_since", "version", "contract", "contract_number", "kind",
            "delta_eur_ht", "new_ends_on", "reason", "written_at", "decided_at", "refusal_reason",
        )  # fmt: skip
        read_only_fields = fields
