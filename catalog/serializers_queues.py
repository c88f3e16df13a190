"""Curation queues in JSON, and the age of an offer's facts."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.enums import Freshness
from catalog.freshness import facts_age
from catalog.models import Offer, TrustReport
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer


class ConfirmFactsInput(StrictSerializer):
    version_read = serializers.IntegerField(
        min_value=1,
        required=False,
        allow_null=True,
        default=None,
        help_text="Numéro de la version en ligne qui a été relue ; refusé (409) si une autre l’a remplacée.",
    )


class FactsSerializer(StrictSerializer):
    by_supplier = serializers.BooleanField(help_text="false : lus dans des registres.")
    told_on = serializers.DateField(allow_null=True)
    age_days = serializers.IntegerField(allow_null=True)
    freshness = serializers.ChoiceField(choices=Freshness.choices)
    is_old_reading = serializers.BooleanField()


class QueueSerializer(StrictSerializer):
    code = serializers.CharField()
    # DRF calls a field's title « label » too.
    label = serializers.CharField()  # type: ignore[assignment]  # the name clients read
    count = serializers.IntegerField()
    oldest_on = serializers.DateField(allow_null=True)
    oldest_working_days = serializers.IntegerField(allow_null=True)
    page = serializers.CharField(source="url", help_text="Adresse de sa page.")


class StaleOfferSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    supplier_name = serializers.CharField(source="supplier.name", read_only=True)
    facts = serializers.SerializerMethodField()

    class Meta:
        model = Offer
        fields = ("id", "number", "name", "supplier_name", "facts")
        read_only_fields = fields

    @extend_schema_field(FactsSerializer)
    def get_facts(self, offer: Offer) -> Any:
        return FactsSerializer(facts_age(offer, on=timezone.localdate())).data


class TrustReportSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    mark = serializers.UUIDField(source="mark.uuid", read_only=True)

    class Meta:
        model = TrustReport
        fields = ("id", "mark", "text", "source", "recorded_at", "outcome", "closed_at")
        read_only_fields = fields


class OutcomeInput(StrictSerializer):
    outcome = serializers.CharField(max_length=1000)
