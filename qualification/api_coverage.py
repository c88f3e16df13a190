"""/api/v1/coverage/{offer}/: the coverage of one's own offer in the schemes chosen."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import Offer
from marketplace.documents.answers import FORMATS
from marketplace.errors import RuleBroken
from marketplace.rest.serializers import StrictSerializer
from marketplace.rest.viewsets import SerializerClass
from qualification.api_applicability import ApplicabilityMixin, StatementInput
from qualification.api_quotes import NewQuoteInput, QuotesMixin, WithdrawQuoteInput
from qualification.coverage.closing import Closing, closing
from qualification.coverage.files import KINDS, PDF, evidence_answer
from qualification.coverage.gather import asked_schemes, coverage_facts, coverages, evidence_of
from qualification.coverage.judge import STATES
from qualification.coverage.quotes import counted_quotes
from qualification.coverage.rating import Rating
from qualification.schemes import Scheme
from qualification.schemes.certificates import CONFIDENCE, certificates

MONEY: dict[str, Any] = {"max_digits": 14, "decimal_places": 2, "allow_null": True}
SCHEME = OpenApiParameter(
    "scheme", str, many=True, description="« secnumcloud-3.2 », « gaiax-24.11-L3 » ; toutes sinon."
)


FORMAT = OpenApiParameter("format", str, enum=list(KINDS), description="« pdf » sinon.")
TYPES = ("application/pdf", *(each.content_type.partition(";")[0] for each in FORMATS.values()))
FILES = {(200, each): OpenApiTypes.OBJECT if "json" in each else OpenApiTypes.BINARY for each in TYPES}


class HeldSerializer(StrictSerializer):
    code = serializers.CharField()
    name = serializers.CharField()
    proven = serializers.BooleanField(help_text="Faux : parole du fournisseur, sans registre ni pièce.")
    until = serializers.DateField(allow_null=True)
    scope = serializers.CharField(allow_blank=True)
    layer = serializers.CharField(allow_blank=True, help_text="Couche qui le détient ; vide : l’offre.")


class GroundSerializer(StrictSerializer):
    kind = serializers.ChoiceField(choices=("certificate", "layer", "answer"))
    code = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=STATES)
    text = serializers.CharField()


class JudgedSerializer(StrictSerializer):
    code = serializers.CharField(source="requirement.code")
    title = serializers.CharField(source="requirement.title")
    section = serializers.CharField(source="requirement.section", allow_blank=True)
    state = serializers.ChoiceField(choices=STATES)
    grounds = GroundSerializer(many=True)
    missing = serializers.ListField(child=serializers.CharField(), help_text="Questions sans réponse.")
    reason = serializers.CharField(allow_blank=True)


class CountsSerializer(StrictSerializer):
    covered = serializers.IntegerField()
    partly = serializers.IntegerField()
    not_covered = serializers.IntegerField()
    unknown = serializers.IntegerField()


class RatedSerializer(StrictSerializer):
    code = serializers.CharField(source="requirement.code")
    title = serializers.CharField(source="requirement.title")
    question = serializers.CharField(source="requirement.rated_by", help_text="La question qui le demande.")
    concerned = serializers.BooleanField(help_text="Faux : la question ne concerne pas cette offre.")
    level = serializers.IntegerField(allow_null=True, help_text="0 au plus bas ; nul : non déclaré.")
    words = serializers.CharField()
    weight = serializers.IntegerField(source="requirement.weight", allow_null=True, help_text="En %.")


class RatingSerializer(StrictSerializer):
    """Parole du fournisseur : ni badge, ni constat, ni ordre des offres."""

    levels = RatedSerializer(source="rows", many=True)
    top = serializers.IntegerField(help_text="Le niveau le plus haut.")
    given = serializers.IntegerField()
    missing = serializers.SerializerMethodField(help_text="Objectifs sans niveau déclaré.")
    weighted_mean = serializers.DecimalField(
        max_digits=4, decimal_places=2, allow_null=True, help_text="Nul tant qu’un niveau ou un poids manque."
    )
    equal_mean = serializers.DecimalField(
        max_digits=4, decimal_places=2, allow_null=True, help_text="Le même poids pour tous."
    )
    lowest = serializers.IntegerField(allow_null=True)
    lowest_at = serializers.ListField(child=serializers.CharField())
    summary = serializers.CharField()
    grounds = serializers.CharField(allow_blank=True)
    made_on = serializers.DateField(allow_null=True)
    weights_dated = serializers.CharField(source="terms.weights_dated")
    weights_source = serializers.CharField(source="terms.weights_source")
    weights_confidence = serializers.CharField(source="terms.weights_confidence")
    weights_uncertainty = serializers.CharField(source="terms.weights_uncertainty")

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_missing(self, rating: Rating) -> list[str]:
        return [each.code for each in rating.missing]


class SchemeCoverageSerializer(StrictSerializer):
    key = serializers.CharField()
    title = serializers.CharField(source="scheme.name")
    counts = CountsSerializer()
    self_assessment = RatingSerializer(
        source="rating", allow_null=True, help_text="Nul : le référentiel ne demande pas de niveau."
    )
    requirements = JudgedSerializer(source="rows", many=True)


class QuoteSerializer(StrictSerializer):
    amount_eur_ht = serializers.DecimalField(max_digits=14, decimal_places=2)
    months = serializers.IntegerField(allow_null=True)
    quoted_on = serializers.DateField()
    issuer = serializers.CharField()


class ChosenSerializer(StrictSerializer):
    code = serializers.CharField(source="certificate.code")
    name = serializers.CharField(source="certificate.name")
    closes = serializers.IntegerField()
    declared = serializers.BooleanField(help_text="Déclaré : il n’en manque que la preuve.")
    months_min = serializers.IntegerField(source="certificate.months_min", allow_null=True)
    months_max = serializers.IntegerField(source="certificate.months_max", allow_null=True)
    cost_min_eur_ht = serializers.DecimalField(source="certificate.cost_min_eur_ht", **MONEY)
    cost_max_eur_ht = serializers.DecimalField(source="certificate.cost_max_eur_ht", **MONEY)
    cost_words = serializers.CharField(source="certificate.cost_words", allow_blank=True)
    aid = serializers.CharField(source="certificate.aid", allow_blank=True)
    aid_up_to_eur = serializers.DecimalField(source="certificate.aid_up_to_eur", **MONEY)
    source = serializers.CharField(source="certificate.source")
    confidence = serializers.ChoiceField(
        source="certificate.confidence",
        choices=list(CONFIDENCE),
        help_text="« official » : document public ; « reported » : témoignage ; vide : aucune source.",
    )
    read_on = serializers.DateField(source="certificate.read_on", allow_null=True)
    quote = QuoteSerializer(allow_null=True, help_text="Votre devis, s’il y en a un : il donne le coût.")


class LeftSerializer(StrictSerializer):
    scheme = serializers.CharField()
    code = serializers.CharField()


class ClosingSerializer(StrictSerializer):
    certificates = ChosenSerializer(source="chosen", many=True)
    left = serializers.SerializerMethodField(help_text="Ce qu’aucun certificat ne ferme.")
    by_cost = serializers.BooleanField(help_text="Faux : un coût manque, le plus petit nombre est choisi.")
    exact = serializers.BooleanField()
    months_together = serializers.IntegerField(allow_null=True)
    months_in_turn = serializers.IntegerField(allow_null=True)
    cost_min_eur_ht = serializers.DecimalField(**MONEY)
    cost_max_eur_ht = serializers.DecimalField(**MONEY)
    known_eur_ht = serializers.DecimalField(help_text="Somme des coûts connus de l’ensemble.", **MONEY)
    unpriced = serializers.ListField(
        child=serializers.CharField(),
        help_text="Certificats sans coût, qui empêchent de chercher le moins cher.",
    )

    @extend_schema_field(LeftSerializer(many=True))
    def get_left(self, closed: Closing) -> list[dict[str, str]]:
        return [{"scheme": key, "code": code} for key, code in closed.left]


class CoverageSerializer(StrictSerializer):
    offer = serializers.UUIDField()
    on = serializers.DateField()
    held = HeldSerializer(many=True)
    schemes = SchemeCoverageSerializer(many=True)
    closing = ClosingSerializer()


class CoverageViewSet(QuotesMixin, ApplicabilityMixin):
    """Of the offers of one's own organisation."""

    about = "la couverture des offres"
    queryset = Offer.objects.all()
    serializer_class = CoverageSerializer
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "state": StatementInput,
        "add_quote": NewQuoteInput,
        "withdraw_quote": WithdrawQuoteInput,
    }

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False) or not self.actor.is_supplier:
            return Offer.objects.none()
        return Offer.objects.owned_by(self.actor).exclude(state="removed").select_related("supplier")

    @extend_schema(parameters=[SCHEME], filters=False, operation_id="coverage_retrieve")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ce que réponses, certificats et couches couvrent déjà, et ce qui fermerait le reste."""
        offer = self.get_object()
        chosen = _asked(request)
        facts = coverage_facts(offer, on=timezone.localdate())
        found = coverages(facts, chosen.values())
        data = {
            "offer": offer.uuid,
            "on": facts.on,
            "held": facts.held,
            "schemes": found,
            "closing": closing(found, certificates().values(), held=facts.held, quotes=counted_quotes(offer)),
        }
        return Response(CoverageSerializer(data).data)

    @extend_schema(parameters=[SCHEME, FORMAT], responses=FILES, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def export(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """La déclaration d’applicabilité et ses preuves dans un fichier à remettre à un auditeur."""
        offer = self.get_object()
        chosen = _asked(request)
        kind = request.query_params.get("format") or PDF
        if kind not in KINDS:
            raise RuleBroken("bad_format", f"Formats : {', '.join(KINDS)}.", field="format")
        return evidence_answer(evidence_of(offer, chosen.values(), on=timezone.localdate()), kind=kind)


def _asked(request: Request) -> dict[str, Scheme]:
    """Raises RuleBroken (400) for a scheme that nobody published."""
    chosen, unknown = asked_schemes(request.query_params.getlist("scheme"))
    if unknown:
        message = f"Référentiel inconnu : {', '.join(unknown)[:120]}. Lisez /api/v1/schemes/."
        raise RuleBroken("scheme_unknown", message, field="scheme")
    return chosen


ROUTES = [("coverage", CoverageViewSet, "coverage")]
