"""Serializers that take JSON at its word.

DRF turns 12 into "12", "yes" into true and drops names it does not know. Here the JSON type must be
the field's, unknown names are refused by name, and all faults are said at once.
"""

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from rest_framework import serializers
from rest_framework.fields import empty

MESSAGES = {
    "string": "Donnez un texte entre guillemets.",
    "boolean": "Donnez true ou false, sans guillemets.",
    "integer": "Donnez un nombre entier, sans guillemets.",
    "number": "Donnez un nombre.",
    "array": "Donnez une liste.",
    "object": "Donnez un objet.",
}
UNKNOWN = "Ce champ n’existe pas ici."
READ_ONLY = "Ce champ ne se modifie pas."


def wanted_type(field: serializers.Field[Any, Any, Any, Any]) -> str:
    """The JSON type a field takes; empty when it judges by itself (JSON, files)."""
    if isinstance(field, serializers.BooleanField):
        return "boolean"
    if isinstance(field, serializers.IntegerField):
        return "integer"
    if isinstance(field, serializers.DecimalField | serializers.FloatField):
        return "number"
    if isinstance(
        field, serializers.MultipleChoiceField | serializers.ListField | serializers.ListSerializer
    ):
        return "array"
    if isinstance(field, serializers.ManyRelatedField):
        return "array"
    if isinstance(field, serializers.BaseSerializer | serializers.DictField):
        return "object"
    if isinstance(field, serializers.JSONField | serializers.FileField):
        return ""
    if isinstance(field, serializers.PrimaryKeyRelatedField):
        return ""
    return "string"


def is_of_type(value: object, wanted: str) -> bool:
    """A decimal may be written 12.5 or "12.5"; no number is ever read through a float."""
    if wanted == "boolean":
        return isinstance(value, bool)
    if wanted == "integer":
        return isinstance(value, int | Decimal) and not isinstance(value, bool)
    if wanted == "number":
        return isinstance(value, int | Decimal | str) and not isinstance(value, bool)
    if wanted == "array":
        return isinstance(value, list)
    if wanted == "object":
        return isinstance(value, Mapping)
    return not wanted or isinstance(value, str)


def type_error(field: serializers.Field[Any, Any, Any, Any], value: object) -> Any:
    """None, a message, or for lists the messages by index. Nested serializers judge themselves."""
    if value is None or value is empty:
        return None
    wanted = wanted_type(field)
    if not is_of_type(value, wanted):
        return [MESSAGES[wanted]]
    if isinstance(field, serializers.ListField) and isinstance(value, list):
        wrong = {str(i): error for i, item in enumerate(value) if (error := type_error(field.child, item))}
        return wrong or None
    return None


class StrictMixin:
    """For the first place among the bases of a serializer."""

    def to_internal_value(self, data: Any) -> Any:
        base: Any = super()
        if not isinstance(data, Mapping) or hasattr(data, "getlist"):  # a form is text by nature
            return base.to_internal_value(data)
        errors = self._shape_errors(data)
        try:
            value = base.to_internal_value(data)
        except serializers.ValidationError as exc:
            found = exc.detail if isinstance(exc.detail, dict) else {"non_field_errors": exc.detail}
            raise serializers.ValidationError({**found, **errors}) from exc
        if errors:
            raise serializers.ValidationError(errors)
        return value

    def _shape_errors(self: Any, data: Mapping[str, Any]) -> dict[str, Any]:
        fields = self.fields
        errors: dict[str, Any] = {}
        for name, value in data.items():
            field = fields.get(name)
            if field is None:
                errors[str(name)[:100]] = [UNKNOWN]
            elif field.read_only:
                errors[name] = [READ_ONLY]
            elif error := type_error(field, value):
                errors[name] = error
        return errors


class SparseMixin:
    """`?fields=id,name` on the outermost serializer of a read keeps those alone."""

    @cached_property
    def fields(self) -> Any:
        base: Any = super()
        fields = base.fields
        wanted = self._wanted()
        if wanted is None:
            return fields
        known = [name for name, field in fields.items() if not field.write_only]
        unknown = sorted(wanted - set(known))
        if unknown:
            raise serializers.ValidationError({"fields": [f"Champ inconnu : {', '.join(unknown)[:200]}."]})
        for name in known:
            if name not in wanted:
                fields.pop(name)
        return fields

    def _wanted(self: Any) -> set[str] | None:
        root = self.root
        outermost = root is self or (self.parent is root and getattr(root, "many", False))
        request = self.context.get("request") if outermost else None
        if request is None or request.method != "GET":
            return None
        text = request.query_params.get("fields")
        return {name.strip() for name in text.split(",") if name.strip()} if text else None


# No docstring on these two: the OpenAPI description of every serializer would repeat it.
# For inputs of moves and for answers that are no model row.
class StrictSerializer(StrictMixin, SparseMixin, serializers.Serializer[Any]):
    pass


# Queries belong to the viewset's queryset, never here.
class StrictModelSerializer(StrictMixin, SparseMixin, serializers.ModelSerializer[Any]):
    pass


class NoInput(StrictSerializer):
    """A move that takes nothing."""


class ReasonInput(StrictSerializer):
    reason = serializers.CharField(max_length=2000, help_text="Le motif, montré aux personnes concernées.")
