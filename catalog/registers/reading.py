"""From a CSV or JSON file to rows, with what is wrong line by line. Pure: neither database nor network."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.enums import RECORDED_STATUSES, TrustStatus
from catalog.registers.specs import Column, Register
from marketplace.errors import RuleBroken

Row = dict[str, str | None]
MOST_BYTES = 8_000_000
MOST_ROWS = 20_000
# What our own releases add to a row: read past, so that one of them may be corrected and read again.
OURS = frozenset({"offer", "read_on"})
STATUSES = {str(TrustStatus(status).label).casefold(): str(status) for status in RECORDED_STATUSES} | {
    str(status): str(status) for status in RECORDED_STATUSES
}


@dataclass(frozen=True, slots=True)
class Fault:
    """`line` is the file's own, headings counted (CSV), or the rank of the object (JSON). `key` is the row's
    when it could be read: what the register said of it before is then kept."""

    line: int
    column: str
    message: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]


def row_key(row: Mapping[str, Any]) -> str:
    """The number, else the service and its provider word for word: never a name that only looks alike."""
    number = str(row.get("decision") or "").strip()
    if number:
        return f"n:{number}"
    return f"s:{row.get('service') or ''}\n{row.get('provider') or ''}"


def read_file(content: bytes, *, register: Register) -> Reading:
    """Raises RuleBroken on « file » when nothing of it can be read: encoding, columns, size."""
    if len(content) > MOST_BYTES:
        raise _broken(f"Le fichier dépasse {MOST_BYTES // 1_000_000} Mo. Est-ce bien le registre ?")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _broken("Le fichier n’est pas en UTF-8. Enregistrez-le en CSV UTF-8 ou en JSON.") from error
    if "\x00" in text:
        raise _broken("Le fichier contient un caractère interdit (NUL). Enregistrez-le en CSV UTF-8.")
    lines = _json(text) if text.lstrip()[:1] in ("[", "{") else _csv(text, register)
    return _judged(lines, register)


def _broken(message: str) -> RuleBroken:
    return RuleBroken("register_file", message, field="file")


def _csv(text: str, register: Register) -> list[tuple[int, Mapping[str, Any]]]:
    first = text.partition("\n")[0]
    reader = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in first else ",", strict=True)
    try:
        _check_columns(reader.fieldnames or [], register)
        return [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise _broken(
            f"Ligne {reader.line_num} : un guillemet n’est pas fermé ou suit un texte. Corrigez la ligne."
        ) from error


def _json(text: str) -> list[tuple[int, Mapping[str, Any]]]:
    """A list of objects, or one object whose `rows` is that list. Absent columns are judged row by row."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _broken(
            "Le fichier commence comme du JSON mais n’en est pas. Vérifiez les accolades et les virgules."
        ) from error
    rows = said.get("rows") if isinstance(said, dict) else said
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _broken("Donnez une liste d’objets, ou un objet dont « rows » est cette liste.")
    return list(enumerate(rows, start=1))


def _check_columns(given: Iterable[Any], register: Register) -> None:
    names = [str(name or "").strip() for name in given]
    missing = [name for name in register.required if name not in names]
    if missing:
        known = ", ".join(column.name for column in register.columns)
        raise _broken(f"Colonnes absentes : {', '.join(missing)}. Colonnes attendues : {known}.")
    if len(set(names)) != len(names):
        raise _broken("Une colonne porte deux fois le même nom. Gardez-en une.")


def _judged(lines: list[tuple[int, Mapping[str, Any]]], register: Register) -> Reading:
    if not lines:
        raise _broken("Le fichier n’a aucune ligne. Un registre vide ne s’importe pas.")
    if len(lines) > MOST_ROWS:
        raise _broken(f"Le fichier a plus de {MOST_ROWS} lignes. Vérifiez que c’est bien le registre.")
    rows: dict[str, Row] = {}
    faults: list[Fault] = []
    for line, given in lines:
        row, wrong = _row(given, line=line, register=register)
        key = row_key(row)
        if not wrong and key in rows:
            wrong = [Fault(line, "decision", "Cette ligne répète une ligne précédente.", key)]
        if wrong:
            faults += wrong
        else:
            rows[key] = row
    return Reading(tuple(rows.values()), tuple(faults))


def _row(given: Mapping[str, Any], *, line: int, register: Register) -> tuple[Row, list[Fault]]:
    row: Row = {}
    wrong: list[tuple[str, str]] = []
    names = {str(name or "").strip(): value for name, value in given.items()}
    for column in register.columns:
        if column.name not in names and not column.required:
            continue  # a column that the file lacks says nothing: what was known of it stays
        try:
            row[column.name] = _value(names.get(column.name), column)
        except ValueError as error:
            wrong.append((column.name, str(error)))
    known = {column.name for column in register.columns} | OURS
    if extra := [name for name in names if name not in known]:
        wrong.append((extra[0][:60], "Cette colonne n’existe pas ici, ou la ligne a trop de cases."))
    start, end = row.get("valid_from"), row.get("valid_until")
    if start and end and end < start:
        wrong.append(("valid_until", "La fin précède le début."))
    key = row_key(row) if row.get("decision") or row.get("service") else ""
    return row, [Fault(line, column, message, key) for column, message in wrong]


def _value(given: Any, column: Column) -> str | None:
    """Raises ValueError with the French words of the fault."""
    if isinstance(given, bool | list | dict):
        raise ValueError("Donnez un texte.")
    text = "" if given is None else str(given).strip()
    if not text:
        if column.required and column.name != "decision":
            raise ValueError("La case est vide.")
        return None
    if len(text) > column.most:
        raise ValueError(f"Le texte dépasse {column.most} caractères.")
    if column.kind == "date":
        return _day(text)
    if column.kind == "status":
        return _status(text)
    return text


def _day(text: str) -> str:
    for shape in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(text, shape).date().isoformat()  # noqa: DTZ007 -- a day has no zone
        except ValueError:
            continue
    raise ValueError(f"« {text[:30]} » n’est pas une date. Écrivez 2026-09-15 ou 15/09/2026.")


def _status(text: str) -> str:
    found = STATUSES.get(text.casefold())
    if found is None:
        known = ", ".join(sorted(str(TrustStatus(status).label) for status in RECORDED_STATUSES))
        raise ValueError(f"« {text[:30]} » n’est pas un statut. Statuts connus : {known}.")
    return found
