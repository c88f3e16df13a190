"""What anybody may read of a decided dossier, by API: its letters and its evidence, whole or without what
is hidden. Endpoints of `dossiers/`."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api_claims import ONCE
from marketplace.errors import NotVisible
from marketplace.rest.idempotency import once
from marketplace.rest.serializers import StrictSerializer
from marketplace.rest.viewsets import MarketViewSet
from qualification import handing_out, redaction
from qualification.enums import CopyOutcome, DecisionStage, RedactionGround
from qualification.models import Decision, Dossier, EvidenceCopy, PublicCopy


def passages(where: str) -> serializers.ListField:
    child = serializers.CharField(max_length=redaction.LONGEST)
    return serializers.ListField(
        child=child, max_length=redaction.MOST, required=False, help_text=f"Recopiés de {where}."
    )


class PublicCopyInput(StrictSerializer):
    stage = serializers.ChoiceField(choices=DecisionStage.choices)
    passages = passages("la lettre")
    ground = serializers.ChoiceField(
        choices=RedactionGround.choices, required=False, help_text="Nécessaire dès qu’un passage est occulté."
    )


class PublicCopySerializer(StrictSerializer):
    id = serializers.UUIDField(source="uuid")
    stage = serializers.CharField(source="decision.stage")
    ground = serializers.CharField()
    sha256 = serializers.CharField(source="file.sha256")
    url = serializers.SerializerMethodField()

    def get_url(self, copy: PublicCopy) -> str:
        return reverse("qualification:public_copy", args=[copy.uuid])


class EvidenceCopyInput(StrictSerializer):
    stage = serializers.ChoiceField(choices=DecisionStage.choices)
    evidence = serializers.CharField(max_length=40, help_text="Numéro de la preuve.")
    outcome = serializers.ChoiceField(choices=CopyOutcome.choices)
    passages = passages("la preuve, pour une copie occultée")
    pages = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=9999),
        max_length=1000,
        required=False,
        help_text="D’un PDF : pages à occulter.",
    )
    ground = serializers.ChoiceField(choices=RedactionGround.choices, required=False)
    reason = serializers.CharField(max_length=1000, required=False)


class EvidenceCopySerializer(StrictSerializer):
    """What was hidden is not told: the reason is."""

    id = serializers.UUIDField(source="uuid")
    stage = serializers.CharField(source="decision.stage")
    evidence = serializers.CharField(source="evidence.number")
    outcome = serializers.CharField()
    ground = serializers.CharField()
    reason = serializers.CharField()
    made_at = serializers.DateTimeField()
    url = serializers.SerializerMethodField()

    def get_url(self, copy: EvidenceCopy) -> str | None:
        return reverse("qualification:evidence_copy", args=[copy.uuid]) if copy.is_given else None


class CopiesMixin(MarketViewSet):
    @extend_schema(request=PublicCopyInput, responses={201: PublicCopySerializer}, parameters=[ONCE])
    @action(detail=True, methods=["post"])
    @once
    def redact(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Publier une copie d’une décision, sans les passages qu’un secret protège"""
        dossier = self.get_object()
        self.allow(dossier, "redact")
        given = self.read_input("redact")
        made = redaction.publish(
            _decision(dossier, given["stage"]),
            actor=self.actor,
            passages=given.get("passages", []),
            ground=given.get("ground", ""),
            operator=self.actor.organisation.name,
        )
        return Response(PublicCopySerializer(made).data, status=201)

    @extend_schema(responses=EvidenceCopySerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], url_path="evidence-copies", pagination_class=None)
    def evidence_copies(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ce que chacun peut lire des preuves jointes : en entier, occultées, ou rien, et pourquoi."""
        told = EvidenceCopy.objects.in_force().with_rows().filter(decision__dossier=self.get_object())
        return Response(EvidenceCopySerializer(told, many=True).data)

    @extend_schema(request=EvidenceCopyInput, responses={201: EvidenceCopySerializer}, parameters=[ONCE])
    @action(detail=True, methods=["post"], url_path="hand-out")
    @once
    def hand_out(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Dire ce que chacun peut lire d’une preuve jointe : tout, une copie occultée, ou rien"""
        dossier = self.get_object()
        self.allow(dossier, "redact")
        given = self.read_input("hand_out")
        decision = _decision(dossier, given.pop("stage"))
        evidence = handing_out.evidence_of(decision, number=given.pop("evidence"))
        if evidence is None:
            raise NotVisible("evidence_not_found", "Cette preuve n’est pas jointe à ce dossier.")
        made = handing_out.decide(decision, evidence, handing_out.Hiding(**given), actor=self.actor)
        return Response(EvidenceCopySerializer(made).data, status=201)


def _decision(dossier: Dossier, stage: str) -> Decision:
    found = Decision.objects.of(dossier).filter(stage=stage).first()
    if found is None:
        raise NotVisible("decision_not_found", "Ce dossier n’a pas cette décision.")
    return found
