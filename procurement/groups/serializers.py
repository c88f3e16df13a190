from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.groups.enums import ShownPart
from procurement.models import GroupMember, GroupPurchase, NeedShare

VOLUME: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}


class SharedContent(serializers.Serializer):
    """What the authors chose to show, as it stood."""

    title = serializers.CharField()
    organisation = serializers.CharField()
    description = serializers.CharField(required=False)
    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True)
    full_cost_eur_ht = serializers.CharField(required=False, allow_null=True)


class NeedShareSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    content = serializers.SerializerMethodField()
    consents = serializers.SerializerMethodField(help_text="Nombre d’auteurs d’accord.")

    class Meta:
        model = NeedShare
        fields = (
            "id", "state", "state_since", "version", "content", "categories", "service_models", "volume",
            "unit", "consents", "proposed_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(SharedContent)
    def get_content(self, share: NeedShare) -> dict[str, Any]:
        return share.content

    def get_consents(self, share: NeedShare) -> int:
        return len(share.consents.all())


class NeedShareInput(StrictSerializer):
    project = serializers.UUIDField()
    volume = serializers.DecimalField(**VOLUME)
    unit = serializers.CharField(max_length=40)
    shown = serializers.ListField(
        child=serializers.ChoiceField(ShownPart.choices), required=False, max_length=3
    )


class GroupMemberSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    group = serializers.UUIDField(source="group.uuid", read_only=True)
    organisation = serializers.CharField(source="organisation.name", read_only=True)

    class Meta:
        model = GroupMember
        fields = (
            "id", "group", "state", "version", "organisation", "volume", "signed_at", "signed_sha256",
            "invited_at",
        )  # fmt: skip
        read_only_fields = fields


class GroupPurchaseSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    coordinator = serializers.CharField(source="project.organisation.name", read_only=True)
    members = GroupMemberSerializer(many=True, read_only=True)
    document_sha256 = serializers.CharField(
        source="document.sha256", read_only=True, allow_null=True, default=None
    )

    class Meta:
        model = GroupPurchase
        fields = (
            "id", "number", "state", "state_since", "version", "title", "coordinator", "unit", "members",
            "document_sha256", "closing_reason", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class GroupInput(StrictSerializer):
    project = serializers.UUIDField(help_text="Celui qui porte la consultation.")
    title = serializers.CharField(max_length=160)
    unit = serializers.CharField(max_length=40)
    volume = serializers.DecimalField(**VOLUME)


class GroupInviteInput(StrictSerializer):
    share = serializers.UUIDField(help_text="Le besoin partagé de l’administration invitée.")


class GroupJoinInput(StrictSerializer):
    volume = serializers.DecimalField(**VOLUME)


class GroupConventionInput(StrictSerializer):
    document = serializers.FileField(help_text="PDF, 10 Mo au plus.")
