"""GET /api/v1/gaiax/labels/{offer}/: the Gaia-X levels of an offer, criterion by criterion."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import Offer
from marketplace.errors import NotVisible
from marketplace.rest.serializers import StrictSerializer
from marketplace.rest.viewsets import MarketViewSet
from qualification.api_coverage import CountsSerializer, GroundSerializer
from qualification.coverage.judge import STATES
from qualification.enums import CredentialStanding
from qualification.gaiax.labels import LEVELS, LevelResult
from qualification.labels import OfferLabels, offer_labels


class LabelCriterionSerializer(StrictSerializer):
    code = serializers.CharField(source="requirement.code")
    title = serializers.CharField(source="requirement.title")
    proof = serializers.SerializerMethodField(help_text="Ce que ce niveau demande.")
    state = serializers.ChoiceField(choices=STATES)
    inherited = serializers.BooleanField(source="is_inherited", help_text="Prouvé par une couche seule.")
    grounds = GroundSerializer(source="judged.grounds", many=True)
    missing = serializers.ListField(source="judged.missing", child=serializers.CharField())
    gap = serializers.CharField(allow_blank=True, help_text="Ce qui manque, et ce qui le prouverait.")

    @extend_schema_field(serializers.ChoiceField(choices=("declaration", "certification")))
    def get_proof(self, criterion: Any) -> str:
        return "certification" if criterion.is_certified else "declaration"


class LabelLevelSerializer(StrictSerializer):
    level = serializers.ChoiceField(choices=LEVELS)
    reached = serializers.BooleanField(
        allow_null=True, help_text="Nul : rien ne s’y oppose, des réponses manquent."
    )
    counts = CountsSerializer()
    certified = serializers.SerializerMethodField(help_text="Critères dont une preuve de tiers est demandée.")
    certified_met = serializers.IntegerField()
    criteria = LabelCriterionSerializer(many=True)

    @extend_schema_field(serializers.IntegerField())
    def get_certified(self, result: LevelResult) -> int:
        return len(result.certified)


class LabelMarkSerializer(StrictSerializer):
    level = serializers.CharField(source="mark.level", allow_blank=True)
    status = serializers.CharField()
    issuer = serializers.CharField(source="mark.issuer", allow_blank=True)
    valid_until = serializers.DateField(source="mark.valid_until", allow_null=True)
    source = serializers.CharField(source="mark.source", allow_blank=True)
    read_on = serializers.DateField(source="mark.read_on", allow_null=True)


class LabelCredentialSerializer(StrictSerializer):
    issuer = serializers.CharField()
    level = serializers.CharField(allow_blank=True, help_text="Vide : aucun label d’une chambre reconnue.")
    verified_at = serializers.DateTimeField()
    valid_until = serializers.DateTimeField(allow_null=True)
    judged_at = serializers.DateTimeField(help_text="Dernier jugement qui a conclu.")
    standing = serializers.ChoiceField(choices=CredentialStanding.choices)
    current = serializers.BooleanField(source="is_current")


class OfferLabelsSerializer(StrictSerializer):
    offer = serializers.UUIDField(source="offer.uuid")
    on = serializers.DateField()
    rules_version = serializers.SerializerMethodField()
    declared = LabelMarkSerializer(many=True, help_text="Déclarés par le fournisseur, non vérifiés.")
    reached = serializers.ListField(
        child=serializers.ChoiceField(choices=LEVELS), help_text="Calculés par nous ; ce n’est pas un label."
    )
    issued = LabelMarkSerializer(many=True, help_text="Délivrés par un tiers.")
    credential = LabelCredentialSerializer(
        allow_null=True, help_text="Présentation vérifiée sur nos ancres et rattachée à l’offre."
    )
    drift = serializers.ListField(
        child=serializers.CharField(), help_text="Ce que l’offre ne dit plus de ce que dit ce titre."
    )
    levels = LabelLevelSerializer(many=True)

    @extend_schema_field(serializers.CharField())
    def get_rules_version(self, found: OfferLabels) -> str:
        return found.levels[0].scheme.key


class GaiaxLabelViewSet(MarketViewSet):
    """Of every offer that one sees. SC, L1, L2 and L3 are not nested."""

    about = "les niveaux Gaia-X des offres"
    queryset = Offer.objects.all()
    serializer_class = OfferLabelsSerializer
    public = True

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().for_sheet()

    def absent(self, uuid: uuids.UUID) -> Exception:
        offer = Offer.objects.filter(uuid=uuid, live_version__isnull=False).first()
        if offer is not None:
            offer.raise_if_gone()
        return NotVisible()

    @extend_schema(filters=False, operation_id="gaiax_labels_retrieve")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Les niveaux Gaia-X d’une offre : déclarés, calculés par nous, délivrés par un tiers."""
        return Response(self.get_serializer(offer_labels(self.get_object(), actor=self.actor)).data)


ROUTES = [("gaiax/labels", GaiaxLabelViewSet, "gaiax-label")]
