"""The API's words for dynamic purchasing systems and applications to them."""

from __future__ import annotations

from rest_framework import serializers

from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.applications.enums import MOST_REASON, MOST_TEXT
from procurement.applications.serializers import ApplicationInput, ApplicationPaperOutput
from procurement.dynamic.enums import MOST_CATEGORIES
from procurement.models import Admission, DynamicSystem
from procurement.serializers_vehicles import basis_input, maximum_input


class SystemCategoryInput(StrictSerializer):
    title = serializers.CharField(max_length=160)
    criteria = serializers.CharField(max_length=MOST_TEXT)


class DynamicSystemInput(StrictSerializer):
    title = serializers.CharField(max_length=160)
    reference = serializers.CharField(max_length=100)
    description = serializers.CharField(max_length=MOST_TEXT)
    criteria = serializers.CharField(max_length=MOST_TEXT)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="Dernier jour, compris.")
    maximum_eur = maximum_input()
    maximum_basis = basis_input()
    notice_sent_on = serializers.DateField(
        required=False, allow_null=True, help_text="Envoi de l’avis de marché ; absent : inconnu."
    )
    categories = SystemCategoryInput(many=True, required=False, max_length=MOST_CATEGORIES)


class SystemCategoriesInput(StrictSerializer):
    categories = SystemCategoryInput(
        many=True, max_length=MOST_CATEGORIES, help_text="Toutes, dans l’ordre ; aucune : un seul bloc."
    )


class SystemCategoryOutput(serializers.Serializer):
    id = serializers.UUIDField(source="uuid")
    number = serializers.IntegerField()
    title = serializers.CharField()
    criteria = serializers.CharField()


class DynamicSystemSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    number = serializers.CharField(source="vehicle.number", read_only=True)
    title = serializers.CharField(source="vehicle.title", read_only=True)
    reference = serializers.CharField(source="vehicle.reference", read_only=True)
    organisation = serializers.CharField(source="organisation.name", read_only=True)
    starts_on = serializers.DateField(source="vehicle.starts_on", read_only=True)
    ends_on = serializers.DateField(source="vehicle.ends_on", read_only=True)
    invites_from = serializers.DateField(
        read_only=True, help_text="Premier jour pour inviter à un marché spécifique."
    )
    categories = SystemCategoryOutput(many=True, read_only=True)

    class Meta:
        model = DynamicSystem
        fields = (
            "id", "number", "title", "reference", "organisation", "starts_on", "ends_on", "description",
            "criteria", "notice_sent_on", "invites_from", "categories",
        )  # fmt: skip
        read_only_fields = fields


class AdmissionInput(ApplicationInput):
    system = serializers.UUIDField()
    category = serializers.UUIDField(required=False, help_text="Due si le système a des catégories.")


class AdmissionReasonInput(StrictSerializer):
    reason = serializers.CharField(max_length=MOST_REASON)


class AdmissionSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    system = serializers.UUIDField(source="system.uuid", read_only=True)
    supplier = serializers.CharField(source="supplier.name", read_only=True)
    category = serializers.UUIDField(source="category.uuid", read_only=True, allow_null=True, default=None)
    papers = ApplicationPaperOutput(many=True, read_only=True)

    class Meta:
        model = Admission
        fields = (
            "id", "number", "state", "state_since", "version", "system", "category", "supplier", "candidacy",
            "statement", "asked_at", "answer_by", "extension_reason", "decided_at", "reason", "papers",
        )  # fmt: skip
        read_only_fields = fields
