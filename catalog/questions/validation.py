"""One answer checked against its question: the same rule for the form and for the API.

Answers are stored as JSON: text, true/false, lists of codes, integers, decimals as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit

from catalog.countries import as_region, region_error
from catalog.questions.engine import Question, is_unknown, questions
from marketplace.errors import RuleBroken

MAX_REGIONS = 60
MAX_DIGITS = 18


class AnswerError(ValueError):
    """`str(error)` is the French sentence for the person: what is wrong, how to repair."""


def clean_answers(given: Mapping[str, Any], *, categories: frozenset[str]) -> dict[str, Any]:
    """Cleaned answers of the questions given. Raises RuleBroken naming each field at fault."""
    cleaned: dict[str, Any] = {}
    errors: dict[str, list[str]] = {}
    for name, value in given.items():
        question = questions().get(str(name))
        if question is None:
            errors[str(name)[:80]] = ["Cette question n’existe pas. Retirez-la."]
            continue
        try:
            cleaned[question.id] = clean_answer(question, value, categories=categories)
        except AnswerError as error:
            errors[question.id] = [str(error)]
    if errors:
        raise RuleBroken("answers_refused", "Des réponses sont à corriger.", fields=errors)
    return cleaned


def clean_answer(question: Question, value: Any, *, categories: frozenset[str] = frozenset()) -> Any:
    """The value as stored, or None when nothing is said. Raises AnswerError."""
    if isinstance(value, str):
        value = value.strip()
    if is_unknown(value):
        return None
    if question.type == "category":
        return _one_of(value, categories)
    return _CLEANERS[question.type](question, value)


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
}
