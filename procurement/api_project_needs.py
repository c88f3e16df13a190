"""/api/v1/projects/{id}/needs/: the missing needs a project carries, reported or joined from it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import MissingNeed
from catalog.needs import actions as needs
from catalog.needs.serializers import NeedInput, NeedSerializer
from marketplace.errors import NotVisible
from marketplace.rest.idempotency import once
from marketplace.rest.serializers import READ_ONLY
from marketplace.rest.viewsets import MarketViewSet
from procurement.actions.project_needs import link_need, needs_of
from procurement.actions.projects import refuse_closed


class ProjectNeedInput(NeedInput):
    """A new need (`title`…), or `need` alone: the one to join."""

    need = serializers.UUIDField(required=False)
    title = serializers.CharField(max_length=160, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "need" not in attrs and "title" not in attrs:
            raise serializers.ValidationError({"title": ["Donnez « title », ou « need » à rejoindre."]})
        if "need" in attrs and "title" in attrs:
            raise serializers.ValidationError({"title": [f"{READ_ONLY} Donnez « need » seul."]})
        return attrs


class ProjectNeedsMixin(MarketViewSet):
    """On the projects' viewset. Other administrations read the need, never the project."""

    @extend_schema(responses=NeedSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def needs(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Les besoins non couverts que ce projet a signalés ou rejoints."""
        carried = [need.pk for need in needs_of(self.get_object())]
        rows = MissingNeed.objects.with_joins().filter(pk__in=carried).order_by("pk")
        return Response(NeedSerializer(rows, many=True, context=self.get_serializer_context()).data)

    @extend_schema(request=ProjectNeedInput, responses={201: NeedSerializer})
    @needs.mapping.post
    @once
    def report_need(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Signaler un besoin, ou en rejoindre un (« need » seul), au nom de ce projet."""
        project = self.get_object()
        self.allow(project, "edit")
        refuse_closed(project)
        data = self.read_input("report_need")
        with transaction.atomic():
            need = self._joined(data["need"]) if "need" in data else needs.report(actor=self.actor, **data)
            link_need(project, need, actor=self.actor)
        shown = MissingNeed.objects.with_joins().get(pk=need.pk)
        return Response(NeedSerializer(shown, context=self.get_serializer_context()).data, status=201)

    def _joined(self, uuid: Any) -> MissingNeed:
        found = MissingNeed.objects.visible_to(self.actor).filter(uuid=uuid).first()
        if found is None:
            raise NotVisible("need_not_found", "Ce besoin n’existe pas ou n’est pas visible pour vous.")
        return needs.join(found, actor=self.actor)
