"""/api/v1/schemes/: the schemes, their requirements, what another edition changes. Open to visitors."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.errors import NotVisible, RuleBroken
from marketplace.rest.paging import PageNumber
from marketplace.rest.serializers import StrictSerializer
from qualification.schemes import Scheme, edition_named, editions
from qualification.schemes.difference import difference

KEY = OpenApiParameter("id", str, OpenApiParameter.PATH, description="« secnumcloud-3.2 ».")


PAGES = [
    OpenApiParameter("page", int, description="Numéro de page, à partir de 1."),
    OpenApiParameter("page_size", int, description=PageNumber.page_size_query_description),
]


class ExpectedSerializer(StrictSerializer):
    question = serializers.CharField()
    any_of = serializers.ListField(child=serializers.CharField())
    min = serializers.FloatField(allow_null=True)
    max = serializers.FloatField(allow_null=True)
    within = serializers.CharField(allow_blank=True, help_text="eu ou eea, vide sans condition de lieu.")


class RequirementSerializer(StrictSerializer):
    code = serializers.CharField()
    title = serializers.CharField(help_text="Libellé court de la place de marché.")
    rule = serializers.CharField()
    section = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField(choices=("obligation", "recommendation"))
    proof = serializers.ChoiceField(choices=("declaration", "evidence"))
    models = serializers.ListField(child=serializers.CharField(), help_text="Vide : tous les modèles.")
    periods = serializers.ListField(child=serializers.CharField())
    for_customer = serializers.BooleanField()
    levels = serializers.DictField(child=serializers.CharField())
    standards = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    options = serializers.ListField(child=serializers.CharField())
    answers = ExpectedSerializer(many=True)
    retired = serializers.BooleanField()
    rated_by = serializers.CharField(
        allow_blank=True, help_text="Question où le fournisseur se donne un niveau ; vide : aucune."
    )
    weight = serializers.IntegerField(allow_null=True, help_text="Du niveau dans la moyenne, en %.")


class SelfAssessmentSerializer(StrictSerializer):
    """D’où viennent les poids des niveaux, et ce qui n’en est pas sûr."""

    grounds = serializers.CharField(help_text="Question qui en tient la justification.")
    made_on = serializers.CharField(help_text="Question qui en tient la date.")
    weights_dated = serializers.CharField()
    weights_source = serializers.CharField()
    weights_confidence = serializers.CharField()
    weights_uncertainty = serializers.CharField()


class SchemeSummarySerializer(StrictSerializer):
    key = serializers.CharField()
    code = serializers.CharField()
    edition = serializers.CharField()
    title = serializers.CharField()
    publisher = serializers.CharField()
    dated = serializers.CharField()
    source = serializers.CharField()
    notes = serializers.ListField(child=serializers.CharField())
    levels = serializers.ListField(child=serializers.CharField())
    requirements_count = serializers.SerializerMethodField(help_text="Sans les numéros inutilisés.")

    def get_requirements_count(self, scheme: Scheme) -> int:
        return len(scheme.active)


class SectionSerializer(StrictSerializer):
    code = serializers.CharField()
    title = serializers.CharField()


class SchemeSerializer(SchemeSummarySerializer):
    sections = SectionSerializer(many=True)
    self_assessment = SelfAssessmentSerializer(
        allow_null=True, help_text="Nul : le fournisseur ne se donne pas de niveau."
    )
    requirements = RequirementSerializer(many=True)


@extend_schema_serializer(many=False)
class SchemeListSerializer(StrictSerializer):
    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = SchemeSummarySerializer(many=True)


class ChangedSerializer(StrictSerializer):
    code = serializers.CharField(source="after.code")
    before = RequirementSerializer()
    after = RequirementSerializer()
    what = serializers.ListField(child=serializers.CharField())


class SchemeDifferenceSerializer(StrictSerializer):
    before = serializers.CharField(source="before.key")
    after = serializers.CharField(source="after.key")
    added = RequirementSerializer(many=True)
    removed = RequirementSerializer(many=True)
    changed = ChangedSerializer(many=True)
    same = serializers.IntegerField(help_text="Exigences inchangées.")


class SchemeViewSet(viewsets.ViewSet):
    public = True
    lookup_value_regex = "[a-z0-9][A-Za-z0-9.-]{2,60}"

    @extend_schema(responses=SchemeListSerializer, parameters=PAGES, operation_id="schemes_list")
    def list(self, request: Request) -> Response:
        """Les référentiels publiés, toutes éditions."""
        pages = PageNumber()
        found = pages.paginate_queryset(editions(), request)
        told = SchemeSummarySerializer(found, many=True, context={"request": request})
        return pages.get_paginated_response(told.data)

    @extend_schema(responses=SchemeSerializer, parameters=[KEY], operation_id="schemes_retrieve")
    def retrieve(self, request: Request, pk: str = "") -> Response:
        """Les exigences d’une édition, avec nos libellés courts."""
        return Response(SchemeSerializer(_named(pk)).data)

    @extend_schema(
        responses=SchemeDifferenceSerializer,
        parameters=[KEY, OpenApiParameter("from", str, required=True, description="L’édition de départ.")],
        operation_id="schemes_difference",
    )
    @action(detail=True, methods=["get"])
    def difference(self, request: Request, pk: str = "") -> Response:
        """Ce que cette édition change par rapport à l’édition « from »."""
        asked = request.query_params.get("from", "")
        if not asked:
            message = "Donnez l’édition de départ, comme « secnumcloud-3.2 »."
            raise RuleBroken("edition_missing", message, field="from")
        before, after = _named(asked), _named(pk)
        if before.code != after.code:
            message = "Comparez deux éditions d’un même référentiel."
            raise RuleBroken("two_schemes", message, field="from")
        return Response(SchemeDifferenceSerializer(difference(before, after)).data)


def _named(key: str) -> Scheme:
    try:
        return edition_named(key)
    except KeyError:
        raise NotVisible("scheme_not_found", "Cette édition n’est pas publiée.") from None


ROUTES = [("schemes", SchemeViewSet, "scheme")]
