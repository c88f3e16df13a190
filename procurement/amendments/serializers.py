from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.amendments.enums import AmendmentKind
from procurement.models import Amendment, AmendmentApproval

MONEY: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}


class AmendmentInput(StrictSerializer):
    contract = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=AmendmentKind.choices)
    delta_eur_ht = serializers.DecimalField(
        help_text="Ajouté au montant du contrat ; négatif pour une résiliation partielle.", **MONEY
    )
    new_ends_on = serializers.DateField(required=False, allow_null=True, help_text="Dernier jour, compris.")
    reason = serializers.CharField(max_length=2000, help_text="L’objet de l’avenant.")


class AmendmentEditInput(StrictSerializer):
    """What is absent stays as it was."""

    kind = serializers.ChoiceField(choices=AmendmentKind.choices)
    delta_eur_ht = serializers.DecimalField(**MONEY)
    new_ends_on = serializers.DateField(required=False, allow_null=True)
    reason = serializers.CharField(max_length=2000)


class AmendmentApprovalSerializer(StrictModelSerializer):
    """A signature that the change needs, in its order."""

    delegated = serializers.SerializerMethodField(help_text="Signée sous délégation.")

    class Meta:
        model = AmendmentApproval
        fields = ("position", "role", "signed_at", "delegated")
        read_only_fields = fields

    def get_delegated(self, approval: AmendmentApproval) -> bool:
        return approval.delegation_id is not None


class AmendmentSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    contract = serializers.UUIDField(source="contract.uuid", read_only=True)
    contract_number = serializers.CharField(source="contract.number", read_only=True)
    approvals = serializers.SerializerMethodField(help_text="Signatures ; vide pour le fournisseur.")

    class Meta:
        model = Amendment
        fields = (
            "id", "number", "state", "state_since", "version", "contract", "contract_number", "kind",
            "delta_eur_ht", "new_ends_on", "reason", "written_at", "decided_at", "refusal_reason",
            "approvals",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(AmendmentApprovalSerializer(many=True))
    def get_approvals(self, amendment: Amendment) -> list[dict[str, Any]]:
        """Who signs inside the administration is not the supplier's to read."""
        if self.context["request"].actor.is_supplier:
            return []
        living = [each for each in amendment.approvals.all() if each.voided_at is None]
        return list(AmendmentApprovalSerializer(living, many=True, context=self.context).data)
