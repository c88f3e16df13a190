"""/api/v1/tremplin-steps/: the « Tremplin » path, open to visitors, with a supplier's own progress."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.rest.paging import PageNumber
from marketplace.rest.principal import actor_of
from marketplace.rest.serializers import StrictSerializer
from qualification.programmes import tremplin

CODE = OpenApiParameter("id", str, OpenApiParameter.PATH, description="Le code de l’étape : « prix ».")
PAGES = [
    OpenApiParameter("page", int, description="Numéro de page, à partir de 1."),
    OpenApiParameter("page_size", int, description=PageNumber.page_size_query_description),
]


class TremplinStepSerializer(StrictSerializer):
    code = serializers.CharField(source="step.code")
    title = serializers.CharField(source="step.title")
    what = serializers.CharField(source="step.what")
    done_on = serializers.DateField(
        source="progress.done_on", allow_null=True, default=None, help_text="De votre organisation."
    )
    note = serializers.CharField(source="progress.note", allow_blank=True, default="")


@extend_schema_serializer(many=False)
class TremplinListSerializer(StrictSerializer):
    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = TremplinStepSerializer(many=True)


class TremplinMarkInput(StrictSerializer):
    done = serializers.BooleanField()
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class TremplinViewSet(viewsets.ViewSet):
    public = ("list",)
    lookup_value_regex = "[a-z]{2,20}"

    @extend_schema(responses=TremplinListSerializer, parameters=PAGES, operation_id="tremplin_steps_list")
    def list(self, request: Request) -> Response:
        """Les étapes du Tremplin, avec l’avancement de votre organisation."""
        pages = PageNumber()
        found = pages.paginate_queryset(tremplin.steps_of(actor_of(request)), request)
        told = TremplinStepSerializer(found, many=True, context={"request": request})
        return pages.get_paginated_response(told.data)

    @extend_schema(
        request=TremplinMarkInput,
        responses=TremplinStepSerializer,
        parameters=[CODE],
        operation_id="tremplin_steps_mark",
    )
    @action(detail=True, methods=["post"])
    def mark(self, request: Request, pk: str = "") -> Response:
        """Noter où votre organisation en est d’une étape ; la dernière note remplace la précédente."""
        actor = actor_of(request)
        tremplin.may_mark(pk, actor=actor)
        given = TremplinMarkInput(data=request.data, context={"request": request})
        given.is_valid(raise_exception=True)
        tremplin.mark(pk, actor=actor, **given.validated_data)
        found = next(one for one in tremplin.steps_of(actor) if one.step.code == pk)
        return Response(TremplinStepSerializer(found, context={"request": request}).data)


ROUTES = [("tremplin-steps", TremplinViewSet, "tremplin-step")]
