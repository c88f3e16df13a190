"""Chains, delegations and signatures in JSON."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from catalog.enums import ServiceModel
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from marketplace.tax_basis import TaxBasis
from procurement.approval.chains import StepTerms
from procurement.approval.enums import MOST_STEPS, SIGNING_CHOICES, Sensitivity
from procurement.models import ApprovalChain, ApprovalStep, OrderApproval, SignatureDelegation


class StepInput(StrictSerializer):
    role = serializers.ChoiceField(choices=SIGNING_CHOICES)
    from_eur = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, required=False, default=Decimal("0.00")
    )
    from_basis = serializers.ChoiceField(
        choices=TaxBasis.choices,
        required=False,
        default=TaxBasis.HT,
        help_text="Dans quelle base ce montant est exprimé et le total comparé.",
    )
    service_models = serializers.ListField(
        child=serializers.ChoiceField(choices=ServiceModel.choices),
        required=False,
        max_length=len(ServiceModel),
        help_text="Vide : tous les modèles.",
    )
    sensitivity = serializers.ChoiceField(
        choices=Sensitivity.choices, required=False, default=Sensitivity.ANY
    )


class ChainInput(StrictSerializer):
    valid_from = serializers.DateField(help_text="Aujourd’hui ou plus tard.")
    distinct_signers = serializers.BooleanField(
        default=True, help_text="false : une même personne peut signer plusieurs étapes."
    )
    steps = StepInput(many=True, allow_empty=False, max_length=MOST_STEPS)

    def validate_steps(self, steps: list[dict[str, Any]]) -> list[StepTerms]:
        return [
            StepTerms(**{**step, "service_models": tuple(step.get("service_models", ()))}) for step in steps
        ]


class StepSerializer(StrictModelSerializer):
    class Meta:
        model = ApprovalStep
        fields = ("position", "role", "from_eur", "from_basis", "service_models", "sensitivity")
        read_only_fields = fields


class ChainSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    steps = StepSerializer(many=True, read_only=True)

    class Meta:
        model = ApprovalChain
        fields = ("id", "number", "valid_from", "distinct_signers", "steps", "created_at")
        read_only_fields = fields


class SignatureDelegationInput(StrictSerializer):
    role = serializers.ChoiceField(choices=SIGNING_CHOICES)
    giver = serializers.EmailField(max_length=254, help_text="L’adresse d’un membre qui a le rôle.")
    holder = serializers.EmailField(max_length=254, help_text="L’adresse du membre qui signera.")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="Dernier jour, compris.")
    reference = serializers.CharField(max_length=200, help_text="L’acte qui porte la délégation.")
    reason = serializers.CharField(max_length=300)


class SignatureDelegationSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    giver = serializers.CharField(source="giver.email", read_only=True)
    holder = serializers.CharField(source="holder.email", read_only=True)

    class Meta:
        model = SignatureDelegation
        fields = (
            "id", "state", "state_since", "version", "role", "giver", "holder", "starts_on", "ends_on",
            "reference", "reason", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class OrderApprovalSerializer(StrictModelSerializer):
    """A signature that the order needs, in its order."""

    delegated = serializers.SerializerMethodField(help_text="Signée sous délégation.")

    class Meta:
        model = OrderApproval
        fields = ("position", "role", "signed_at", "delegated")
        read_only_fields = fields

    def get_delegated(self, approval: OrderApproval) -> bool:
        return approval.delegation_id is not None
