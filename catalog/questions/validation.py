"""One answer checked against its question: the same rule for the form and for the API.

Answers are stored as JSON: text, true/false, lists of codes, integers, decimals as text, dates as
« 2027-03-01 ». A table is a list of objects, a certificate or a contact one object, a document the
object {id, name, size} of a kept file (`actions.documents` checks whose it is).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from catalog.countries import COUNTRY_NAMES, as_region, region_error
from catalog.questions.engine import Question, is_unknown, questions
from marketplace.errors import RuleBroken

MAX_REGIONS = 60
MAX_ITEMS = 40
MAX_ITEM = 300
MAX_DIGITS = 18
CENTURY = (dt.date(1950, 1, 1), dt.date(2100, 12, 31))


class AnswerError(ValueError):
    """`str(error)` is the French sentence for the person: what is wrong, how to repair.

    `path` leads to the field inside the answer: (row, column) of a table, (part,) of a composite.
    """

    def __init__(self, message: str, *, path: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.path = path


def clean_answers(given: Mapping[str, Any], *, categories: frozenset[str]) -> dict[str, Any]:
    """Cleaned answers of the questions given. Raises RuleBroken naming each field at fault."""
    cleaned: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for name, value in given.items():
        question = questions().get(str(name))
        if question is None or question.derived:
            errors[str(name)[:80]] = ["Cette question n’existe pas. Retirez-la."]
            continue
        try:
            cleaned[question.id] = clean_answer(question, value, categories=categories)
        except AnswerError as error:
            errors[question.id] = [_placed(question, error)]
    if errors:
        raise RuleBroken("answers_refused", "Des réponses sont à corriger.", fields=errors)
    return cleaned


def _placed(question: Question, error: AnswerError) -> str:
    """The sentence with the row and the column it is about: the API has no field of its own for them."""
    parts = {part.id: part.label for part in question.parts}
    where = [f"ligne {int(step) + 1}" if step.isdigit() else parts.get(step, step) for step in error.path]
    return f"{', '.join(where).capitalize()} : {error}" if where else str(error)


def clean_answer(question: Question, value: Any, *, categories: frozenset[str] = frozenset()) -> Any:
    """The value as stored, or None when nothing is said. Raises AnswerError."""
    if isinstance(value, str):
        value = value.strip()
    if is_unknown(value):
        return None
    if question.type == "category":
        return _one_of(value, categories)
    said = _CLEANERS[question.type](question, value)
    return None if is_unknown(said) else said


def _text(question: Question, value: Any) -> str:
    if not isinstance(value, str):
        raise AnswerError("Écrivez un texte.")
    if "\x00" in value:
        raise AnswerError("Ce texte contient un caractère interdit. Retapez-le.")
    if question.max_length and len(value) > question.max_length:
        raise AnswerError(
            f"Ce texte compte {len(value)} caractères. Raccourcissez-le à {question.max_length} au plus."
        )
    return value


def _url(question: Question, value: Any) -> str:
    text = _text(question, value)
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError as error:
        raise AnswerError("Cette adresse ne se lit pas. Recopiez-la depuis votre navigateur.") from error
    if parts.scheme != "https" or "." not in host or any(c.isspace() for c in text):
        raise AnswerError("Donnez une adresse complète en https, par exemple « https://www.exemple.fr/ ».")
    if parts.username or parts.password:
        raise AnswerError("Retirez le nom ou le mot de passe de cette adresse.")
    return text


def _boolean(question: Question, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    known = {"true": True, "yes": True, "false": False, "no": False}
    if isinstance(value, str) and value in known:
        return known[value]
    raise AnswerError("Répondez par oui ou par non, ou ne répondez pas.")


def _choice(question: Question, value: Any) -> str:
    return _one_of(value, frozenset(code for code, _ in question.choices))


def _one_of(value: Any, codes: frozenset[str]) -> str:
    """The code, whatever the case it was written in."""
    known = {code.casefold(): code for code in codes}
    found = known.get(value.casefold()) if isinstance(value, str) else None
    if found is None:
        raise AnswerError("Cette réponse n’est pas dans la liste. Choisissez-en une autre.")
    return found


def _choices(question: Question, value: Any) -> list[str]:
    codes = [code for code, _ in question.choices]
    if not isinstance(value, list | tuple):
        raise AnswerError("Une réponse n’est pas dans la liste. Choisissez parmi celles proposées.")
    given = {_one_of(one, frozenset(codes)) for one in value}
    return [code for code in codes if code in given]


def _regions(question: Question, value: Any) -> list[str]:
    if isinstance(value, str):
        value = value.replace(",", "\n").splitlines()
    if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
        raise AnswerError("Donnez une liste de lieux, un par ligne.")
    found = list(dict.fromkeys(as_region(text) for v in value if (text := v.strip())))
    if len(found) > MAX_REGIONS:
        raise AnswerError(f"Soixante lieux au plus ; vous en donnez {len(found)}. Regroupez-les par pays.")
    for region in found:
        if error := region_error(region):
            raise AnswerError(error)
    return found


def _integer(question: Question, value: Any) -> int:
    number = _number(value)
    if number != number.to_integral_value():
        raise AnswerError("Écrivez un nombre entier, sans virgule.")
    _check_bounds(question, number)
    return int(number)


def _decimal(question: Question, value: Any) -> str:
    number = _number(value)
    _check_bounds(question, number)
    return format(number.normalize(), "f")


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise AnswerError("Écrivez un nombre.")
    text = str(value).replace("\u202f", "").replace("\u00a0", "").replace(" ", "").replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise AnswerError("Écrivez un nombre, par exemple 99,9.") from error
    if (
        not number.is_finite()
        or len(number.as_tuple().digits) > MAX_DIGITS
        or abs(number.adjusted()) > MAX_DIGITS
    ):
        raise AnswerError("Écrivez un nombre plus simple.")
    return number


def _check_bounds(question: Question, number: Decimal) -> None:
    low, high = question.minimum, question.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        raise AnswerError(f"Donnez un nombre entre {low} et {high}.")


def _email(question: Question, value: Any) -> str:
    text = _text(question, value)
    try:
        validate_email(text)
    except ValidationError as error:
        raise AnswerError(
            "Cette adresse électronique ne se lit pas. Écrivez-la comme « nom@exemple.fr »."
        ) from error
    return text


def _date(question: Question, value: Any) -> str:
    text = str(value)
    for shape in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            day = dt.datetime.strptime(text, shape).date()  # noqa: DTZ007 -- a day, no hour
        except ValueError:
            continue
        if CENTURY[0] <= day <= CENTURY[1]:
            return day.isoformat()
    raise AnswerError("Cette date ne se lit pas. Écrivez-la comme « 03/09/2027 ».")


def _country(question: Question, value: Any) -> str:
    return _one_of(value, frozenset(COUNTRY_NAMES))


def _list(question: Question, value: Any) -> list[str]:
    if isinstance(value, str):
        value = value.splitlines()
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise AnswerError("Donnez une liste de textes, un par ligne.")
    _check_count(question, value)
    found = []
    for index, one in enumerate(value):
        text = _text(question, one.strip())
        if len(text) > MAX_ITEM:
            raise AnswerError(f"Raccourcissez ce texte à {MAX_ITEM} caractères au plus.", path=(str(index),))
        if text:
            found.append(text)
    return found


def _check_count(question: Question, value: list[Any] | tuple[Any, ...]) -> None:
    most = question.max_items or MAX_ITEMS
    if len(value) > most:
        raise AnswerError(f"{most} lignes au plus ; vous en donnez {len(value)}. Retirez-en.")


def _table(question: Question, value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list | tuple):
        raise AnswerError("Donnez une liste de lignes.")
    _check_count(question, value)
    rows = []
    for index, row in enumerate(value):
        try:
            rows.append(_parts(question, row))
        except AnswerError as error:
            raise AnswerError(str(error), path=(str(index), *error.path)) from error
    return [row for row in rows if row]


def _parts(question: Question, value: Any) -> dict[str, Any]:
    """The parts that say something; an empty object says nothing."""
    if not isinstance(value, Mapping):
        raise AnswerError("Donnez un objet, avec ses champs.")
    if strange := sorted(str(name) for name in set(value) - {part.id for part in question.parts}):
        raise AnswerError(f"Le champ « {strange[0][:60]} » n’existe pas ici. Retirez-le.")
    found = {}
    for part in question.parts:
        try:
            said = clean_answer(part, value.get(part.id))
        except AnswerError as error:
            raise AnswerError(str(error), path=(part.id,)) from error
        if said is not None:
            found[part.id] = said
    return found


def _certificate(question: Question, value: Any) -> dict[str, Any]:
    said = _parts(question, value)
    start, end = said.get("valid_from"), said.get("valid_until")
    if start and end and end < start:
        raise AnswerError(
            "La fin de validité précède le début. Choisissez une date postérieure.", path=("valid_until",)
        )
    if said and not said.get("issuer"):
        raise AnswerError("Nommez l’organisme qui a délivré ce certificat.", path=("issuer",))
    return said


def _document(question: Question, value: Any) -> dict[str, Any]:
    """{id, name, size}; only the id is believed."""
    given = value.get("id") if isinstance(value, Mapping) else value
    try:
        found = uuid.UUID(str(given))
    except ValueError as error:
        raise AnswerError("Joignez un fichier, ou donnez l’identifiant d’un fichier déjà joint.") from error
    said = value if isinstance(value, Mapping) else {}
    name, size = str(said.get("name", ""))[:200], said.get("size", 0)
    return {"id": str(found), "name": name, "size": size if isinstance(size, int) else 0}


_CLEANERS = {
    "text": _text,
    "long_text": _text,
    "url": _url,
    "boolean": _boolean,
    "choice": _choice,
    "choices": _choices,
    "regions": _regions,
    "integer": _integer,
    "decimal": _decimal,
    "money": _decimal,
    "tree": _choices,
    "email": _email,
    "date": _date,
    "country": _country,
    "list": _list,
    "table": _table,
    "contact": _parts,
    "certificate": _certificate,
    "document": _document,
}
