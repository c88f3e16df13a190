"""JSON as it was written: decimals stay decimals, nothing is guessed, limits hold while reading."""

import codecs
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any, NoReturn

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import BaseParser

MAX_DEPTH = 40
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class StrictJSONParser(BaseParser):
    """UTF-8 JSON. Raises ParseError (400) on anything else, RequestDataTooBig (413) past the limit."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raw = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(raw) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig
        try:
            text = codecs.decode(raw, "utf-8")
            data = json.loads(text, parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=_once_each)
        except UnicodeDecodeError as exc:
            raise ParseError("Le corps n’est pas en UTF-8.") from exc
        except RecursionError as exc:
            raise ParseError("Le JSON est trop imbriqué.") from exc
        except json.JSONDecodeError as exc:
            raise ParseError(f"JSON mal formé, ligne {exc.lineno}, colonne {exc.colno}.") from exc
        except ValueError as exc:  # our own refusals, and integers of thousands of digits
            raise ParseError(str(exc) if isinstance(exc, _Refused) else "Un nombre est trop long.") from exc
        _refuse_unstorable(data)
        return data


class _Refused(ValueError):
    pass


def _refuse(constant: str) -> NoReturn:
    raise _Refused(f"« {constant} » n’est pas du JSON.")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused("Un nom est donné deux fois dans le même objet.")
    return found


def _refuse_unstorable(data: Any) -> None:
    """Raises ParseError past MAX_DEPTH, ValidationError naming the field of a text that PostgreSQL refuses
    (NUL) or that is no Unicode (half of a pair): neither can be stored, nor even repeated in an answer."""
    stack: list[tuple[Any, str, int]] = [(data, "", 1)]
    while stack:
        value, path, level = stack.pop()
        if level > MAX_DEPTH:
            raise ParseError("Le JSON est trop imbriqué.")
        if isinstance(value, str) and UNSTORABLE.search(value):
            raise ValidationError({path or "non_field_errors": ["Ce texte contient un caractère interdit."]})
        pairs = (
            value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        )
        for name, child in pairs:
            if isinstance(name, str) and UNSTORABLE.search(name):
                raise ParseError("Un nom de champ contient un caractère interdit.")
            stack.append((child, f"{path}.{name}".strip("."), level + 1))
