"""A usage file, read line by line: sums by component, and every line that could not be read, named.

Memory does not grow with the file: at most LONGEST_LINE bytes of it, a sum per component and
FAULTS_KEPT faults are held. A line stands alone: a bad one costs itself, never the next ones.
"""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import hashlib
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import IO, Any, cast

from marketplace.errors import RuleBroken
from marketplace.ui.typography import NBSP, date_text, number_text
from procurement.statements.amounts import Used, unknown_component

LONGEST_LINE = 2_000
FAULTS_KEPT = 50
MOST_ROWS = 2_000_000
MOST_BYTES = 400_000_000
NAMES = {
    "composant": "component",
    "component": "component",
    "quantite": "quantity",
    "quantité": "quantity",
    "quantity": "quantity",
    "jour": "day",
    "day": "day",
    "ressource": "resource",
    "resource": "resource",
}
WORDS = {"component": "composant", "quantity": "quantité", "day": "jour", "line": "ligne"}
NUMBER = re.compile(r"\d{1,11}(?:[.,]\d{1,6})?")
GZIP = b"\x1f\x8b"
HEADER = "composant;quantite"


@dataclass(frozen=True, slots=True)
class Fault:
    """`text`: the line as it came, shortened. `message` says what is wrong and the remedy."""

    line: int
    field: str
    message: str
    text: str


@dataclass(slots=True)
class Reading:
    sums: dict[str, Used]
    rows: int = 0
    faults: list[Fault] = field(default_factory=list)
    beyond: int = 0
    sha256: str = ""
    in_gzip: bool = False

    def add_fault(self, fault: Fault) -> None:
        if len(self.faults) < FAULTS_KEPT:
            self.faults.append(fault)
        else:
            self.beyond += 1

    def faults_as_data(self) -> list[dict[str, Any]]:
        return [asdict(fault) for fault in self.faults]


class BadCell(Exception):
    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field, self.message = field, message


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each column stands; -1 for one that the file does not have."""

    separator: str
    component: int
    quantity: int
    day: int


def read_usage(
    stream: IO[bytes], *, components: Mapping[str, object], starts_on: dt.date, ends_on: dt.date
) -> Reading:
    """CSV in UTF-8, `;`, `,` or tab between columns, plain or in gzip. Raises RuleBroken, on `file`,
    when it is no such file at all; a bad line is a fault of the reading."""
    digest = hashlib.sha256()
    source = _Hashed(stream, digest)
    lines = _lines(source)
    try:
        _, header = next(lines, (0, b""))
        layout = _layout(header)
        reading = _read(lines, layout, components, _Days(starts_on, ends_on))
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        message = "Le fichier compressé est abîmé. Compressez-le de nouveau en gzip, ou joignez le CSV."
        raise RuleBroken("file_unreadable", message, field="file") from error
    if not reading.rows:
        message = f"Le fichier n’a aucune ligne après l’en-tête «{NBSP}{HEADER}{NBSP}»."
        raise RuleBroken("file_empty", message, field="file")
    reading.sha256, reading.in_gzip = digest.hexdigest(), source.in_gzip
    return reading


class _Hashed:
    """A stream whose bytes are hashed as they are read."""

    def __init__(self, stream: IO[bytes], digest: Any) -> None:
        self.stream, self.digest, self.in_gzip = stream, digest, False

    def read(self, size: int = -1) -> bytes:
        found = self.stream.read(size)
        self.digest.update(found)
        return found


def _lines(stream: _Hashed) -> Iterator[tuple[int, bytes]]:
    """(number, line), the number as an editor shows it; a line too long comes cut, once."""
    first = stream.read(2)
    stream.in_gzip = first == GZIP
    rest = _Buffered(stream, first)
    source = cast("IO[bytes]", gzip.GzipFile(fileobj=cast("IO[bytes]", rest))) if stream.in_gzip else rest
    number = size = 0
    inside = False
    while line := source.readline(LONGEST_LINE + 1):
        if not inside:
            number += 1
            yield number, line
        inside = not line.endswith(b"\n")
        size += len(line)
        if size > MOST_BYTES:
            message = "Le fichier décompressé dépasse 400 Mo. Envoyez un relevé par période plus courte."
            raise RuleBroken("file_too_long", message, field="file")


class _Buffered:
    """`read` and `readline` with a bound, over a stream of which the first bytes were already taken."""

    CHUNK = 65_536

    def __init__(self, stream: _Hashed, first: bytes) -> None:
        self.stream, self.held = stream, first

    def read(self, size: int = -1) -> bytes:
        if not self.held:
            return self.stream.read(size)
        found, self.held = (self.held, b"") if size < 0 else (self.held[:size], self.held[size:])
        return found

    def readline(self, limit: int) -> bytes:
        while (end := self.held.find(b"\n", 0, limit)) < 0 and len(self.held) < limit:
            more = self.stream.read(self.CHUNK)
            if not more:
                break
            self.held += more
        end = min(limit, len(self.held)) if end < 0 else end + 1
        found, self.held = self.held[:end], self.held[end:]
        return found


def _layout(header: bytes) -> Layout:
    text = header.decode("utf-8-sig", "replace").strip()
    separator = next((each for each in (";", "\t", ",") if each in text), ";")
    names = [NAMES.get(name.strip().strip('"').lower(), "") for name in text.split(separator)]
    missing = [WORDS[name] for name in ("component", "quantity") if name not in names]
    if missing:
        message = (
            f"La première ligne du fichier ne nomme pas la colonne «{NBSP}{missing[0]}{NBSP}». "
            f"Commencez-le par «{NBSP}{HEADER}{NBSP}»."
        )
        raise RuleBroken("header_missing", message, field="file")
    place = {name: names.index(name) for name in names if name}
    return Layout(separator, place["component"], place["quantity"], place.get("day", -1))


def _read(
    lines: Iterator[tuple[int, bytes]], layout: Layout, components: Mapping[str, object], days: _Days
) -> Reading:
    sums = {code: [Decimal(0), 0] for code in components}
    reading = Reading(sums={})
    for number, raw in lines:
        if not raw.strip():
            continue
        reading.rows += 1
        if reading.rows > MOST_ROWS:
            most = number_text(MOST_ROWS)
            message = f"Le fichier compte plus de {most} lignes. Envoyez un relevé par période plus courte."
            raise RuleBroken("file_too_long", message, field="file")
        try:
            code, quantity = _row(raw, layout, components, days)
        except BadCell as bad:
            text = raw[:200].decode("utf-8", "replace").strip().replace("\x00", "")
            reading.add_fault(Fault(number, bad.field, bad.message, text))
            continue
        total = sums[code]
        total[0] += quantity
        total[1] += 1
    reading.sums = {code: Used(Decimal(total), int(rows)) for code, (total, rows) in sums.items() if rows}
    return reading


def _row(raw: bytes, layout: Layout, components: Mapping[str, object], days: _Days) -> tuple[str, Decimal]:
    if len(raw) > LONGEST_LINE:
        raise BadCell("line", f"Elle dépasse {LONGEST_LINE} octets. Une ligne par ressource suffit.")
    try:
        text = raw.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise BadCell(
            "line", "Elle n’est pas en UTF-8. Enregistrez le fichier en «\u00a0CSV UTF-8\u00a0»."
        ) from error
    cells = text.split(layout.separator) if '"' not in text else _quoted(text, layout.separator)
    if len(cells) <= max(layout.component, layout.quantity, layout.day):
        raise BadCell("line", "Il y manque une colonne. Écrivez autant de colonnes que l’en-tête.")
    code = cells[layout.component].strip().lower()
    if code not in components:
        raise BadCell("component", unknown_component(code, components))
    if layout.day >= 0 and cells[layout.day].strip():
        days.check(cells[layout.day].strip())
    return code, quantity_of(cells[layout.quantity])


def _quoted(text: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([text], delimiter=separator, strict=True))
    except csv.Error as error:
        raise BadCell("line", "Un guillemet n’y est pas fermé. Fermez-le ou retirez-le.") from error


def quantity_of(text: str) -> Decimal:
    """Raises BadCell. Spaces between thousands are taken, a sign is not."""
    bare = text.strip().replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    if NUMBER.fullmatch(bare):
        return Decimal(bare.replace(",", "."))
    shown = text.strip()[:40]
    if not shown:
        raise BadCell("quantity", "Elle est vide. Écrivez 0 si rien n’a été utilisé.")
    if bare.startswith("-"):
        raise BadCell("quantity", f"«{NBSP}{shown}{NBSP}» est négative. Écrivez 0 ou plus.")
    raise BadCell(
        "quantity",
        f"«{NBSP}{shown}{NBSP}» n’est pas un nombre de 11 chiffres et 6 décimales au plus. "
        "Écrivez par exemple 12 ou 12,5.",
    )


class _Days:
    """Whether a day is within the period; each text is judged once."""

    def __init__(self, starts_on: dt.date, ends_on: dt.date) -> None:
        self.starts_on, self.ends_on = starts_on, ends_on
        self.good: set[str] = set()

    def check(self, text: str) -> None:
        if text in self.good:
            return
        day = _day(text)
        if day is None:
            raise BadCell(
                "day", f"«{NBSP}{text[:20]}{NBSP}» n’est pas une date. Écrivez-la comme 2027-01-31."
            )
        if not self.starts_on <= day <= self.ends_on:
            raise BadCell(
                "day",
                f"Le {date_text(day)} est hors de la période, du {date_text(self.starts_on)} "
                f"au {date_text(self.ends_on)}. Mettez cette ligne dans le relevé de son mois.",
            )
        self.good.add(text)


def _day(text: str) -> dt.date | None:
    for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(text, pattern).date()  # noqa: DTZ007 -- a day has no zone
        except ValueError:
            continue
    return None
