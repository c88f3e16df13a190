"""One endpoint per move of a model: `POST /<collection>/{uuid}/<move>/`, read from its MOVES."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.rest.names import PREFIX
from marketplace.rest.serializers import NoInput
from marketplace.rest.viewsets import SerializerClass


@dataclass(frozen=True)
class MoveEndpoint:
    """`handler(obj, *, actor, **validated_input)`, also given `expected_version` when it names it.

    `ability` is the verdict asked for; by default the move's own name.
    """

    handler: Callable[..., Any]
    input: SerializerClass = NoInput
    ability: str = ""

    def call(self, obj: Any, *, actor: Any, expected_version: int | None, data: dict[str, Any]) -> Any:
        if "expected_version" in inspect.signature(self.handler).parameters:
            data = {**data, "expected_version": expected_version}
        return self.handler(obj, actor=actor, **data)


class MoveMixin:
    """Before MarketViewSet among the bases. Raises ValueError at import on a move the model lacks."""

    moves: ClassVar[Mapping[str, MoveEndpoint]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        queryset: Any = getattr(cls, "queryset", None)
        table = queryset.model.MOVES if queryset is not None else {}
        for name in cls.__dict__.get("moves", {}):
            if name not in table:
                raise ValueError(f"{cls.__name__}: « {name} » is not a move of {queryset.model.__name__}")
            setattr(cls, PREFIX + name, _action(name, label=table[name].label))

    def input_class(self, act: str) -> SerializerClass:
        if act in self.moves:
            return self.moves[act].input
        base: Any = super()
        of_base: SerializerClass = base.input_class(act)
        return of_base

    def perform_move(self: Any, name: str) -> Response:
        endpoint: MoveEndpoint = self.moves[name]
        obj = self.get_object()
        self.allow(obj, endpoint.ability or name)
        version = self.expected(obj, name)
        obj.check_move(name)
        data = self.read_input(name)
        endpoint.call(obj, actor=self.actor, expected_version=version, data=data)
        answer: Response = self.answer(self.reloaded(obj))
        return answer


def _action(name: str, *, label: str) -> Any:
    def handler(self: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        answer: Response = self.perform_move(name)
        return answer

    handler.__name__ = PREFIX + name
    handler.__doc__ = label or name
    return action(detail=True, methods=["post"], url_path=name, url_name=name.replace("_", "-"))(handler)
