"""/api/v1/work-queues/ and /api/v1/dead-letters/: the workers' queues, their pauses, what was given up."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts.abilities import require
from marketplace.errors import NotVisible
from marketplace.health import pauses
from marketplace.health.models import PausableQueue
from marketplace.rest.idempotency import once
from marketplace.rest.paging import PageNumber
from marketplace.rest.principal import actor_of
from marketplace.rest.serializers import NoInput, ReasonInput, StrictSerializer
from qualification.abilities import work_abilities
from qualification.work import QueueState, dead_letters, queue_states, try_again

QUEUE = OpenApiParameter("id", str, OpenApiParameter.PATH, enum=PausableQueue.values)
LETTER = OpenApiParameter("id", uuids.UUID, OpenApiParameter.PATH)
PAGES = [
    OpenApiParameter("page", int, description="Numéro de page, à partir de 1."),
    OpenApiParameter("page_size", int, description=PageNumber.page_size_query_description),
]


class QueuePauseSerializer(StrictSerializer):
    since = serializers.DateTimeField(source="paused_at")
    reason = serializers.CharField()
    by = serializers.CharField(source="paused_by.full_name")


class WorkQueueSerializer(StrictSerializer):
    code = serializers.ChoiceField(choices=PausableQueue.choices)
    label = serializers.CharField()
    waiting = serializers.IntegerField()
    running = serializers.IntegerField()
    oldest = serializers.DateTimeField(allow_null=True, help_text="Depuis quand le plus ancien attend.")
    pause = QueuePauseSerializer(allow_null=True, help_text="Nul : la file est en service.")
    drained = serializers.BooleanField(
        source="is_drained", help_text="En pause, et plus rien n’est en cours."
    )


@extend_schema_serializer(many=False)
class WorkQueueListSerializer(StrictSerializer):
    queues = WorkQueueSerializer(many=True)


class LetterSerializer(StrictSerializer):
    id = serializers.UUIDField()
    kind = serializers.CharField(source="work.code")
    about = serializers.CharField()
    since = serializers.DateTimeField()
    attempts = serializers.IntegerField()
    error = serializers.CharField(allow_blank=True, help_text="Vide : l’ouvrier a été interrompu.")
    may_be_tried = serializers.BooleanField()


@extend_schema_serializer(many=False)
class LetterListSerializer(StrictSerializer):
    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = LetterSerializer(many=True)


class WorkQueueViewSet(viewsets.ViewSet):
    lookup_value_regex = "[a-z]{1,20}"

    @extend_schema(responses=WorkQueueListSerializer, operation_id="work_queues_retrieve")
    def list(self, request: Request) -> Response:
        """Les files qui peuvent être mises en pause : ce qui attend, ce qui court."""
        require(work_abilities(actor_of(request)), "see")
        return Response(WorkQueueListSerializer({"queues": queue_states()}).data)

    @extend_schema(request=ReasonInput, responses=WorkQueueSerializer, parameters=[QUEUE])
    @action(detail=True, methods=["post"])
    @once
    def pause(self, request: Request, pk: str = "") -> Response:
        """Mettre la file en pause : rien de nouveau n’est pris, ce qui est en cours se termine."""
        actor, code = actor_of(request), _named(request, pk, "pause")
        pauses.pause(code, actor=actor, **_read(request, ReasonInput))
        return Response(WorkQueueSerializer(_state(code)).data)

    @extend_schema(request=NoInput, responses=WorkQueueSerializer, parameters=[QUEUE])
    @action(detail=True, methods=["post"])
    @once
    def resume(self, request: Request, pk: str = "") -> Response:
        """Reprendre la file"""
        actor, code = actor_of(request), _named(request, pk, "resume")
        _read(request, NoInput)
        pauses.resume(code, actor=actor)
        return Response(WorkQueueSerializer(_state(code)).data)


class DeadLetterViewSet(viewsets.ViewSet):
    lookup_value_regex = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"

    @extend_schema(responses=LetterListSerializer, parameters=PAGES, operation_id="dead_letters_list")
    def list(self, request: Request) -> Response:
        """Les travaux abandonnés, le plus récent d’abord."""
        require(work_abilities(actor_of(request)), "see")
        pages = PageNumber()
        letters: Any = dead_letters()  # a sequence is paged as well as a queryset
        found = pages.paginate_queryset(letters, request)
        return pages.get_paginated_response(LetterSerializer(found, many=True).data)

    @extend_schema(request=NoInput, responses={204: None}, parameters=[LETTER])
    @action(detail=True, methods=["post"])
    @once
    def retry(self, request: Request, pk: str = "") -> Response:
        """Relancer ce travail"""
        actor = actor_of(request)
        require(work_abilities(actor), "see")
        require(work_abilities(actor), "retry")
        _read(request, NoInput)
        try_again(uuids.UUID(pk), actor=actor)
        return Response(status=204)


def _named(request: Request, code: str, act: str) -> str:
    """Raises NotVisible (404) for another queue, then NotAllowed."""
    if code not in PausableQueue.values:
        raise NotVisible
    require(work_abilities(actor_of(request), code), act)
    return code


def _state(code: str) -> QueueState:
    return next(state for state in queue_states() if state.code == code)


def _read(request: Request, expected: type[serializers.BaseSerializer[Any]]) -> dict[str, Any]:
    """Raises ValidationError (400)."""
    given = expected(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


ROUTES = [("work-queues", WorkQueueViewSet, "work-queue"), ("dead-letters", DeadLetterViewSet, "dead-letter")]
