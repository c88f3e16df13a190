"""/api/v1/offer-checks/ and check-alerts/: where checks stand, and what a person must look at."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.rest.idempotency import once
from marketplace.rest.serializers import ReasonInput, StrictModelSerializer
from marketplace.rest.viewsets import ReadViewSet, SerializerClass
from qualification import watch
from qualification.abilities import alert_abilities
from qualification.checks import CHECKS
from qualification.enums import Verdict
from qualification.models import CheckAlert, OfferCheck

CODES = [(code, check.title) for code, check in CHECKS.items()]


class OfferCheckSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    offer = serializers.UUIDField(source="offer.uuid", read_only=True)
    title = serializers.CharField(read_only=True)
    current = serializers.ChoiceField(
        choices=Verdict.choices,
        read_only=True,
        help_text="Le verdict tel qu’il se lit maintenant : « unknown » une fois trop ancien.",
    )
    message = serializers.CharField(source="run.message", read_only=True)
    remedy = serializers.CharField(source="run.remedy", read_only=True)
    rule = serializers.CharField(source="run.rule", read_only=True)
    check = serializers.UUIDField(source="run.uuid", read_only=True, help_text="Le passage qui l’a vu.")
    too_old_at = serializers.DateTimeField(read_only=True, allow_null=True)

    class Meta:
        model = OfferCheck
        fields = (
            "id", "offer", "check_code", "title", "verdict", "current", "message", "remedy", "rule", "check",
            "since", "seen_at", "tried_at", "too_old_at", "failures", "next_at",
        )  # fmt: skip
        read_only_fields = fields


class OfferCheckFilterSet(django_filters.FilterSet):
    offer = django_filters.UUIDFilter(field_name="offer__uuid")
    check_code = django_filters.MultipleChoiceFilter(choices=CODES)
    verdict = django_filters.MultipleChoiceFilter(choices=Verdict.choices)

    class Meta:
        model = OfferCheck
        fields = ("offer", "check_code", "verdict")


class OfferCheckViewSet(ReadViewSet):
    """Where each check of an offer stands; its history is in /checks/?offer=…"""

    about = "l’état des contrôles des offres"
    queryset = OfferCheck.objects.select_related("offer", "run").order_by("offer", "check_code")
    serializer_class = OfferCheckSerializer
    filterset_class = OfferCheckFilterSet


class CheckAlertSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    offer = serializers.UUIDField(source="offer.uuid", read_only=True)
    offer_name = serializers.CharField(source="offer.name", read_only=True)
    title = serializers.CharField(read_only=True)
    message = serializers.CharField(source="run.message", read_only=True)
    check = serializers.UUIDField(source="run.uuid", read_only=True)
    closed_by = serializers.CharField(
        source="closed_by.full_name", read_only=True, allow_null=True, default=None
    )

    class Meta:
        model = CheckAlert
        fields = (
            "id", "offer", "offer_name", "check_code", "title", "check", "message", "failures", "opened_at",
            "recovered_at", "outcome", "closed_by", "closed_at",
        )  # fmt: skip
        read_only_fields = fields


class CheckAlertFilterSet(django_filters.FilterSet):
    offer = django_filters.UUIDFilter(field_name="offer__uuid")
    check_code = django_filters.MultipleChoiceFilter(choices=CODES)
    open = django_filters.BooleanFilter(field_name="closed_at", lookup_expr="isnull")

    class Meta:
        model = CheckAlert
        fields = ("offer", "check_code", "open")


class CheckAlertViewSet(ReadViewSet):
    """A check of a listed offer failed several times in a row: an officer says what came of it."""

    about = "les alertes des contrôles"
    queryset = CheckAlert.objects.for_lists().order_by("-pk")
    serializer_class = CheckAlertSerializer
    filterset_class = CheckAlertFilterSet
    abilities = staticmethod(alert_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"close": ReasonInput}

    @extend_schema(request=ReasonInput, responses=CheckAlertSerializer)
    @action(detail=True, methods=["post"])
    @once
    def close(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Clore l’alerte, avec ce qui en est conclu"""
        alert = self.get_object()
        self.allow(alert, "close")
        watch.close_alert(alert, actor=self.actor, **self.read_input("close"))
        return self.answer(self.reloaded(alert))


ROUTES = [
    ("offer-checks", OfferCheckViewSet, "offer-check"),
    ("check-alerts", CheckAlertViewSet, "check-alert"),
]
