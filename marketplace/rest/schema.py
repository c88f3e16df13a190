"""What the OpenAPI document must say beyond what drf-spectacular reads from the views.

Imports nothing of `rest_framework.views`: DRF imports this module while it makes that one.
"""

import copy
from inspect import cleandoc
from typing import Any

from django import forms
from drf_spectacular.drainage import has_override
from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiFilterExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from marketplace.rest.errors import CONTENT_TYPE, TITLES
from marketplace.rest.idempotency import HEADER as IDEMPOTENCY_HEADER
from marketplace.rest.names import move_of
from marketplace.rest.serializers import NoInput

Schema = dict[str, Any]
FORMATS = {forms.DateField: "date", forms.DateTimeField: "date-time", forms.UUIDField: "uuid"}
DECIMAL = {"type": "string", "format": "decimal", "pattern": r"^-?\d+(?:\.\d+)?$"}
PROBLEM: Schema = {
    "type": "object",
    "description": "RFC 9457. `code` est stable ; `errors` nomme les champs.",
    "required": ["type", "title", "status", "code", "detail", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "message"],
                "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
            },
        },
        "needed_roles": {
            "type": "array",
            "items": {"type": "string"},
            "description": "403 : un de ces rôles suffirait ; vide : aucun n’y changerait rien.",
        },
        "last_change": {
            "type": ["object", "null"],
            "description": "409, 412 : le dernier changement de l’objet. `by` : un nom pour un collègue, "
            "sinon l’organisation.",
            "properties": {
                "from": {"type": "string"},
                "to": {"type": "string"},
                "at": {"type": "string", "format": "date-time"},
                "by": {"type": "string"},
            },
        },
    },
}


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # spectacular has no types
    target_class = "marketplace.rest.auth.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> Schema:
        return {"type": "http", "scheme": "bearer", "description": "Jeton créé sur la page « Mon compte »."}


class BrowserScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # spectacular has no types
    target_class = "marketplace.rest.auth.BrowserAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> Schema:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "Session du navigateur ; une écriture porte aussi l’en-tête X-CSRFToken.",
        }


class DecimalOrText(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]  # spectacular has no types
    """Decimals are written as text, and read as a number or as text."""

    target_class = "rest_framework.serializers.DecimalField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: str) -> Schema:
        if direction == "response":
            return dict(DECIMAL)
        bounds = {
            key: float(value)
            for key, value in (("minimum", self.target.min_value), ("maximum", self.target.max_value))
            if value is not None
        }
        return {"oneOf": [dict(DECIMAL), {"type": "number", **bounds}]}


class FilterParameters(OpenApiFilterExtension):  # type: ignore[no-untyped-call]  # spectacular has no types
    """Query parameters as the filters' own form fields read them; no guess from model fields."""

    target_class = "marketplace.rest.filters.StrictFilterBackend"
    match_subclasses = True
    priority = 1

    def get_schema_operation_parameters(self, auto_schema: AutoSchema, *_: Any, **__: Any) -> list[Schema]:
        filterset = getattr(auto_schema.view, "filterset_class", None)
        if filterset is None:
            return []
        # A filter keeps the field it made, and every request copies it: look at a copy.
        filters = copy.deepcopy(filterset.base_filters)
        return [_filter_parameter(name, one.field) for name, one in filters.items()]


def _filter_parameter(name: str, field: forms.Field) -> Schema:
    found: Schema = {"name": name, "in": "query", "required": False, "schema": _form_schema(field)}
    if field.label:
        found["description"] = str(field.label)
    if found["schema"]["type"] == "array":
        found |= {"explode": True, "style": "form"}
    return found


def _form_schema(field: forms.Field) -> Schema:
    codes = [str(value) for value, _ in getattr(field, "choices", ()) if value not in ("", None)]
    one: Schema = {"type": "string", "enum": codes} if codes else {"type": "string"}
    if isinstance(field.widget, forms.SelectMultiple | forms.MultipleHiddenInput):
        return {"type": "array", "items": one}
    if isinstance(field, forms.DecimalField | forms.FloatField):
        limits = {"minimum": field.min_value, "maximum": field.max_value}
        return {"type": "number", **{k: float(v) for k, v in limits.items() if isinstance(v, int | float)}}
    if isinstance(field, forms.IntegerField):
        return {"type": "integer"}
    if isinstance(field, forms.NullBooleanField | forms.BooleanField):
        return {"type": "boolean"}
    return one | {"format": word} if (word := FORMATS.get(type(field), "")) else one


# The floor's own actions: their docstrings speak to who writes a viewset, not to who calls the API.
VERBS = {"list": "Lister", "retrieve": "Lire un objet parmi", "create": "Ajouter un objet parmi"}
VERBS["partial_update"] = "Modifier un objet parmi"


class MarketSchema(AutoSchema):
    """Moves, versions, idempotency and sparse fields, read from the viewset's own attributes."""

    @property
    def act(self) -> str:
        """`create`, `edit`, a move's name, or the action."""
        action = getattr(self.view, "action", None) or ""
        return move_of(action) or ("edit" if action == "partial_update" else action)

    view: Any

    def is_market(self) -> bool:
        return hasattr(self.view, "if_match")

    def get_operation_id(self) -> str:
        action = getattr(self.view, "action", None) or ""
        if move := move_of(action):
            return f"{self._tokenize_path()[0].replace('-', '_')}_{move}"
        return str(super().get_operation_id())

    def get_description(self) -> str:  # type: ignore[override]  # spectacular's own is not typed
        """French: the collection's own words, else the action's docstring; never a base class's."""
        action = getattr(self.view, "action", None) or ""
        about = getattr(self.view, "about", "")
        if about and action in VERBS:
            return f"{VERBS[action]} {about}."
        found = getattr(self._handler(), "__doc__", None) or type(self.view).__dict__.get("__doc__")
        return cleandoc(found or "")

    def _handler(self) -> Any:
        name = getattr(self.view, "action", None) or self.method.lower()
        return getattr(self.view, name, None)

    def _map_basic_serializer(self, serializer: Any, direction: str) -> Schema:
        """Without the docstring, which is for who reads the code, unless a description was given."""
        schema: Schema = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]  # not typed there
        if not has_override(serializer, "description"):
            schema.pop("description", None)
        return schema

    def get_request_serializer(self) -> Any:
        if self.is_market() and self._is_our_write():
            serializer = self.view.input_class(self.act)
            return None if serializer is NoInput else serializer
        return super().get_request_serializer()

    def _is_our_write(self) -> bool:
        action = getattr(self.view, "action", None) or ""
        return bool(move_of(action)) or action in {"create", "partial_update"}

    def get_auth(self) -> list[Any]:
        """A public operation may also be called by nobody."""
        auths = super().get_auth()
        public = getattr(self.view, "public", False)
        action = getattr(self.view, "action", None)
        is_open = (public is True and self.method == "GET") or (
            public is not True and action in (public or ())
        )
        return [*auths, {}] if is_open and {} not in auths else auths

    def get_override_parameters(self) -> list[Any]:
        if not self.is_market():
            return []
        found: list[Any] = []
        if self.method == "GET" and self.view.sparse:
            found.append(_text("fields", OpenApiParameter.QUERY, "Champs voulus, séparés par des virgules."))
        if self.act == "edit" or move_of(getattr(self.view, "action", None) or ""):
            required = self.act in self.view.if_match
            found.append(_text("If-Match", OpenApiParameter.HEADER, "L’ETag lu.", required=required))
        if self.method == "POST" and getattr(self._handler(), "takes_key", False):
            found.append(_text(IDEMPOTENCY_HEADER, OpenApiParameter.HEADER, "Clé de 1 à 200 caractères."))
        return found


def _text(name: str, location: Any, description: str, *, required: bool = False) -> OpenApiParameter:
    return OpenApiParameter(name, str, location, required=required, description=description)


def describe_problems(result: Schema, **_: object) -> Schema:
    """Postprocessing hook: every operation names the errors it may answer."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    told = components.setdefault("responses", {})
    for path, operations in result.get("paths", {}).items():
        for operation in operations.values():
            for status in _statuses(path, operation):
                operation["responses"].setdefault(str(status), _told(status, told))
            operation["responses"].setdefault("default", _told(500, told))
    return result


def _told(status: int, told: Schema) -> Schema:
    """Described once for all the operations that may answer it."""
    name = f"Problem{status}"
    told.setdefault(name, _response(status))
    return {"$ref": f"#/components/responses/{name}"}


def _statuses(path: str, operation: Schema) -> list[int]:
    found = [400, 401, 406]
    if "{" in path:
        found += [404, 410]
    if "requestBody" in operation:
        found += [413, 415]
        if {} in operation.get("security", []) or "x-rate-limit" in operation:
            found += [429]
    names = {parameter["name"] for parameter in operation.get("parameters", [])}
    if "page" in names:
        found += [404]
    if "If-Match" in names:
        found += [403, 409, 412, 428]
    if IDEMPOTENCY_HEADER in names:
        found += [403, 404, 409]
    return found


def _response(status: int) -> Schema:
    reference = {"$ref": "#/components/schemas/Problem"}
    return {"description": TITLES[status], "content": {CONTENT_TYPE: {"schema": reference}}}
