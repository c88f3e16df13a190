"""iCalendar (RFC 5545): all-day events with their alarms, folded at 75 octets. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LONGEST = 75
ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


@dataclass(frozen=True, slots=True)
class Event:
    """`uid` is the same at each reading: a calendar moves the event instead of adding one."""

    uid: str
    on: dt.date
    summary: str
    description: str
    url: str
    alarm_days: Sequence[int] = ()


def calendar(events: Iterable[Event], *, name: str, product: str, stamp: dt.datetime) -> bytes:
    """`stamp`: when this was made, an aware datetime."""
    made = stamp.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{text(product)}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT12H",
    ]
    for event in events:
        lines += _event(event, made)
    lines.append("END:VCALENDAR")
    return b"".join(fold(line) for line in lines)


def _event(event: Event, made: str) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{text(event.uid)}",
        f"DTSTAMP:{made}",
        f"DTSTART;VALUE=DATE:{event.on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{event.on + dt.timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{text(event.summary)}",
        f"DESCRIPTION:{text(event.description)}",
        f"URL:{event.url}",
        "TRANSP:TRANSPARENT",
    ]
    for days in event.alarm_days:
        lines += [
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"TRIGGER:-P{days}D",
            f"DESCRIPTION:{text(event.summary)}",
            "END:VALARM",
        ]
    return [*lines, "END:VEVENT"]


def text(value: str) -> str:
    """A TEXT value (§3.3.11); control characters, which none may hold, are dropped."""
    clean = "".join(char for char in value if char in "\n\t" or (char >= " " and char != "\x7f"))
    return clean.translate(ESCAPED)


def fold(line: str) -> bytes:
    """One content line (§3.1): no more than 75 octets before each break, no character cut in two."""
    parts, current, limit = [], b"", LONGEST
    for char in line:
        octets = char.encode("utf-8", "replace")
        if len(current) + len(octets) > limit:
            parts.append(current)
            # The space that begins a folded line counts.
            current, limit = b"", LONGEST - 1
        current += octets
    parts.append(current)
    return b"\r\n ".join(parts) + b"\r\n"
