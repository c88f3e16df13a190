"""Answers in JSON: one field a question, made from the question files; the engine judges again."""

from __future__ import annotations

from functools import cache
from typing import Any

from rest_framework import serializers

from catalog.questions.conditions import condition_words
from catalog.questions.engine import Question, questions
from catalog.questions.validation import MAX_ITEM, MAX_ITEMS
from marketplace.rest.fields import CodeField
from marketplace.rest.serializers import StrictSerializer

Field = serializers.Field[Any, Any, Any, Any]

TEXTS = {"text": 200, "long_text": 200, "url": 300, "email": 254}


class DocumentRefSerializer(StrictSerializer):
    id = serializers.UUIDField(help_text="Un fichier que votre organisation a déjà joint.")
    name = serializers.CharField(max_length=200, required=False, help_text="Rappelé par le serveur.")
    size = serializers.IntegerField(required=False, help_text="En octets, rappelé par le serveur.")


def field_of(question: Question) -> Field:
    """The field of one answer: absent, it is left as it was; null is « unknown »."""
    common: dict[str, Any] = {"required": False, "allow_null": True, "help_text": _help(question)}
    kind = question.type
    if kind == "boolean":
        return serializers.BooleanField(**common)
    if kind == "integer":
        return serializers.IntegerField(**common)
    if kind in ("decimal", "money"):
        return serializers.DecimalField(max_digits=18, decimal_places=6, **common)
    if kind == "choice":
        return CodeField(choices=list(question.choices), **common)
    if kind in ("choices", "tree"):
        return serializers.ListField(child=CodeField(choices=list(question.choices)), **common)
    if kind == "regions":
        return serializers.ListField(child=serializers.CharField(max_length=60), max_length=60, **common)
    if kind == "country":
        return serializers.CharField(min_length=2, max_length=2, **common)
    if kind == "date":
        return serializers.DateField(**common)
    if kind == "list":
        item = serializers.CharField(max_length=MAX_ITEM)
        return serializers.ListField(child=item, max_length=question.max_items or MAX_ITEMS, **common)
    if kind == "table":
        most = question.max_items or MAX_ITEMS
        return serializers.ListField(child=_object(question)(), max_length=most, **common)
    if kind in ("contact", "certificate"):
        return _object(question)(**common)
    if kind == "document":
        return DocumentRefSerializer(**common)
    length = question.max_length or TEXTS.get(kind, 200)
    return serializers.CharField(max_length=length, allow_blank=True, **common)


def _object(question: Question) -> type[StrictSerializer]:
    """A table's row, a certificate or a contact. The last two have one shape for all questions."""
    stem = question.type if question.type != "table" else f"{question.id}_row"
    return _shape("".join(word.capitalize() for word in stem.split("_")), question.parts)


@cache
def _shape(name: str, parts: tuple[Question, ...]) -> type[StrictSerializer]:
    """One class a shape: the API's description names each once."""
    return type(f"{name}AnswerSerializer", (StrictSerializer,), {part.id: field_of(part) for part in parts})


def _help(question: Question) -> str:
    unit = f" ({question.unit})" if question.unit else ""
    return f"{question.label}{unit} {condition_words(question)}".strip()


class AnswersSerializer(StrictSerializer):
    """What an offer says, a field a question. Absent or null: unknown."""

    def get_fields(self) -> dict[str, Field]:
        return given_fields()


def given_fields() -> dict[str, Field]:
    """Fields of an input of answers; derived ones are never given."""
    return {question.id: field_of(question) for question in questions().values() if not question.derived}
