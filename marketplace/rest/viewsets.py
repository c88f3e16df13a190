"""Viewsets that find, judge and answer in the one order: 401, 404 (410), 403, 428/412, 409, 400."""

import uuid as uuids
from collections.abc import Callable
from typing import Any, ClassVar, cast

from django.db.models import Model, QuerySet
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts.abilities import Verdicts, require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.rest.idempotency import once
from marketplace.rest.principal import actor_of
from marketplace.rest.versions import etag_of, expected_version

SerializerClass = type[serializers.BaseSerializer[Any]]


class MarketViewSet(viewsets.GenericViewSet[Any]):
    """`queryset` narrowed to what the actor may see; abilities judge people, moves judge states."""

    # What the collection holds, in French, with its article: the API's description says « Lister les… ».
    about: ClassVar[str] = ""
    lookup_field = "uuid"
    lookup_value_regex = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
    # True: reading is open to visitors; a tuple of actions opens those (also a POST that stores nothing).
    public: ClassVar[bool | tuple[str, ...]] = False
    # Acts ("edit" or a move's name) refused with 428 without If-Match.
    if_match: ClassVar[frozenset[str]] = frozenset()
    # Whether a reading answers JSON that `fields=` may narrow (False on a viewset's file).
    sparse: ClassVar[bool] = True
    # Whether an action takes files beyond the usual limit (marketplace.ui.middleware).
    takes_large_files: ClassVar[bool] = False
    abilities: ClassVar[Callable[[Actor, Any], Verdicts]]
    collection_abilities: ClassVar[Callable[[Actor], Verdicts]]
    # Input of "create" and "edit" where it is not the output.
    input_classes: ClassVar[dict[str, SerializerClass]] = {}

    @property
    def actor(self) -> Actor:
        return actor_of(self.request)

    def get_queryset(self) -> QuerySet[Any]:
        queryset = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return queryset.none()
        # The house rule: each model's queryset says who may see.
        seen: QuerySet[Any] = cast(Any, queryset).visible_to(self.actor)
        return seen

    def absent(self, uuid: uuids.UUID) -> Exception:
        """What to raise for an object this actor cannot see; an app may answer Gone (410)."""
        return NotVisible()

    def get_object(self) -> Any:
        """The visible object of the address. Raises NotVisible (404) or what `absent` returns."""
        uuid = uuids.UUID(self.kwargs["uuid"])
        obj = self.get_queryset().filter(uuid=uuid).first()
        if obj is None:
            raise self.absent(uuid)
        return obj

    def allow(self, obj: Any, act: str) -> None:
        require(type(self).abilities(self.actor, obj), act)

    def expected(self, obj: Any, act: str) -> int | None:
        return expected_version(self.request, obj, required=act in self.if_match)

    def input_class(self, act: str) -> SerializerClass:
        return self.input_classes.get(act) or self.get_serializer_class()

    def read_input(self, act: str, *, partial: bool = False) -> dict[str, Any]:
        """The validated body. Raises ValidationError (400)."""
        body = self.request.data
        serializer = self.input_class(act)(data=body, partial=partial, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def answer(self, obj: Any, *, status: int = 200, location: bool = False) -> Response:
        """The object as the output serializer says it, with its ETag."""
        response = Response(self.get_serializer(obj).data, status=status)
        if etag := etag_of(obj):
            response["ETag"] = etag
        if location:
            response["Location"] = f"{self.request.path}{obj.uuid}/"
        return response

    def reloaded(self, obj: Model) -> Any:
        """The row as the output needs it, even where the act took it out of the actor's sight."""
        return super().get_queryset().get(pk=obj.pk)


class ReadViewSet(MarketViewSet):
    """`list` and `retrieve`."""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rows = self.filter_queryset(self.get_queryset())
        page = self.paginate_queryset(rows)
        serializer: Any = self.get_serializer(rows if page is None else page, many=True)
        # Read at once: an unknown name in `fields=` is refused on an empty list too.
        _ = serializer.child.fields
        return Response(serializer.data) if page is None else self.get_paginated_response(serializer.data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.answer(self.get_object())


class CreateOnceMixin:
    """`POST <collection>/`, with an optional Idempotency-Key."""

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> Any:
        raise NotImplementedError

    @once
    def create(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        require(type(self).collection_abilities(self.actor), "create")
        data = self.read_input("create")
        obj = self.create_object(actor=self.actor, data=data)
        answer: Response = self.answer(self.reloaded(obj), status=201, location=True)
        return answer


class PatchMixin:
    """`PATCH <collection>/{uuid}/`."""

    def edit_object(
        self, obj: Any, *, actor: Actor, data: dict[str, Any], expected_version: int | None
    ) -> Any:
        raise NotImplementedError

    def check_editable(self, obj: Any) -> None:
        """Raise MoveRefused (409) when the object's state forbids editing."""

    def partial_update(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        obj = self.get_object()
        self.allow(obj, "edit")
        version = self.expected(obj, "edit")
        self.check_editable(obj)
        data = self.read_input("edit", partial=True)
        self.edit_object(obj, actor=self.actor, data=data, expected_version=version)
        answer: Response = self.answer(self.reloaded(obj))
        return answer
