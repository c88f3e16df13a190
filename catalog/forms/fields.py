"""The form fields of one question. Names: `id`, `id--part`, `id--row` or `id--row--column`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from django import forms

from catalog.countries import COUNTRY_NAMES
from catalog.questions.conditions import condition_words
from catalog.questions.engine import COMPOSITES, NUMBERS, Question
from catalog.search.words import fold

if TYPE_CHECKING:
    from marketplace.files.models import StoredFile


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file joined already, shown beside its field with its scan; `url` gives it."""

    stored: StoredFile
    url: str


YES_NO = [("true", "Oui"), ("false", "Non"), ("", "Je ne sais pas")]
NOT_SAID = ("", "Non renseigné")
REPEATED = frozenset({"list", "table"})
COUNTRIES = sorted(COUNTRY_NAMES.items(), key=lambda item: fold(item[1]))
REMOVE = "--remove"


def name_of(question: Question, *path: str) -> str:
    return "--".join((question.id, *path))


def leaves(question: Question, *, rows: int) -> Iterator[tuple[tuple[str, ...], Question]]:
    """(path, what is asked there) of each field of the question; `rows` counts for lists and tables."""
    if question.type in COMPOSITES:
        yield from (((part.id,), part) for part in question.parts)
    elif question.type == "list":
        item = replace(question, type="text", help="", max_length=0)
        yield from (((str(index),), replace(item, label=f"Ligne {index + 1}")) for index in range(rows))
    elif question.type == "table":
        for index in range(rows):
            yield from (((str(index), part.id), part) for part in question.parts)
    else:
        yield (), question


def fields_of(
    question: Question,
    *,
    rows: int,
    models: Iterable[str],
    categories: Mapping[str, str],
    current: Any,
    kept: KeptFile | None = None,
) -> Iterator[tuple[str, forms.Field]]:
    """« facultatif » is said of those that may stay unanswered for ever; the others may be left for
    later, so only `clean_answer` judges a value. `kept`: the file joined already, shown with its scan."""
    required = question.is_required(models)
    for path, leaf in leaves(question, rows=rows):
        field = _compact(leaf) if question.type == "table" else None
        field = field or _field(leaf, categories=categories, hint=_hint(leaf) if not path else leaf.help)
        # Inside a group the legend says whether it is optional: saying it on each field is noise.
        field.required = required or bool(path)
        cast(Any, field).validate = lambda value: None
        name = name_of(question, *path)
        yield name, field
        stored = _at(current, path)
        if leaf.type == "document" and stored:
            field.help_text = f"Fichier joint : {stored.get('name') or 'document'}. Un nouveau le remplace."
            cast(Any, field).kept = kept  # read by the field's template
            yield name + REMOVE, forms.BooleanField(label="Retirer ce fichier", required=False)


def _hint(question: Question) -> str:
    return " ".join(text for text in (condition_words(question), question.help) if text)


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        if isinstance(value, list):
            value = value[int(step)] if int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, Mapping) else None
    return value


def shown_at(question: Question, value: Any, *, rows: int) -> Iterator[tuple[str, Any]]:
    """(field name, what it holds) for a stored answer."""
    for path, leaf in leaves(question, rows=rows):
        if leaf.type != "document":
            yield name_of(question, *path), shown(leaf, _at(value, path))


def shown(question: Question, value: Any) -> Any:
    """A stored answer as the form's field holds it."""
    if value is None:
        return [] if question.type in ("choices", "tree") else ""
    if question.type == "boolean":
        return "true" if value else "false"
    if question.type == "regions":
        return "\n".join(value)
    if question.type in NUMBERS:
        return str(value).replace(".", ",")
    return value


def _field(question: Question, *, categories: Mapping[str, str], hint: str) -> forms.Field:
    label = question.label if not question.unit else f"{question.label} ({question.unit})"
    common: dict[str, Any] = {"label": label, "help_text": hint, "required": False}
    kind = question.type
    if kind == "boolean":
        return forms.ChoiceField(choices=YES_NO, widget=forms.RadioSelect, **common)
    if kind == "choice":
        return forms.ChoiceField(choices=[*question.choices, NOT_SAID], widget=forms.RadioSelect, **common)
    if kind in ("choices", "tree"):
        options = _indented(question) if question.parents else list(question.choices)
        return forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple, **common)
    if kind in ("category", "country"):
        options = [NOT_SAID, *(categories.items() if kind == "category" else COUNTRIES)]
        return forms.ChoiceField(choices=options, **common)
    if kind == "document":
        common["help_text"] = hint or "PDF, ODT ou ODS, 10 Mo au plus."
        return forms.FileField(**common)
    return forms.CharField(widget=_widget(kind), max_length=question.max_length or None, **common)


def _compact(question: Question) -> forms.Field | None:
    """In a table's row, a short list to open rather than radios: a row stays a row."""
    options = {"boolean": [*YES_NO[:2]], "choice": [*question.choices]}.get(question.type)
    if options is None:
        return None
    return forms.ChoiceField(
        choices=[NOT_SAID, *options], label=question.label, help_text=question.help, required=False
    )


def _widget(kind: str) -> forms.Widget:
    if kind in ("long_text", "regions"):
        return forms.Textarea(attrs={"rows": 4 if kind == "regions" else 5})
    if kind in NUMBERS:
        return forms.TextInput(attrs={"inputmode": "decimal"})
    if kind == "date":
        return forms.DateInput()
    return {"url": forms.URLInput, "email": forms.EmailInput}.get(kind, forms.TextInput)()


def _indented(question: Question) -> list[tuple[str, str]]:
    """« Réseau › Pare-feu »: the place in the tree is in the words, not in the margin alone."""
    parents, labels = dict(question.parents), dict(question.choices)
    return [(code, f"{labels[parents[code]]} › {label}" if code in parents else label)
            for code, label in question.choices]  # fmt: skip
