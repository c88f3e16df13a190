"""Values as French text: dates, money, numbers, unknown. Pure; used by templates, PDF and e-mails."""

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils import timezone

NBSP = "\u00a0"
THIN = "\u202f"
UNKNOWN = "Inconnu"
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def local(value: dt.date | dt.datetime) -> dt.date | dt.datetime:
    """Aware datetimes come back in Europe/Paris, dates unchanged."""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def date_text(value: dt.date) -> str:
    """« 1er mars 2027 », « 3 mars 2027 », without any markup."""
    value = local(value)
    day = "1er" if value.day == 1 else str(value.day)
    return f"{day}{NBSP}{MONTHS[value.month - 1]} {value.year}"


def time_text(value: dt.datetime) -> str:
    """« 14 h 30 » in Europe/Paris."""
    value = local(value)
    return f"{value.hour}{NBSP}h{NBSP}{value.minute:02d}"


def datetime_text(value: dt.datetime) -> str:
    return f"{date_text(value)} à{NBSP}{time_text(value)}"


def as_decimal(value: object) -> Decimal | None:
    if value is None or value == "" or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def number_text(value: object, *, places: int | None = None) -> str:
    """« 12 345,6 »; ``places`` fixes the decimals, None keeps those given. Unknown for None."""
    number = as_decimal(value)
    if number is None:
        return UNKNOWN
    if places is not None:
        number = number.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    whole, _, decimals = f"{number:,f}".partition(".")
    if places is None:
        decimals = decimals.rstrip("0")
    text = whole.replace(",", THIN).replace("-", "−")
    return f"{text},{decimals}" if decimals else text


def euros(value: object, *, tax: str = "", unit_price: bool = False) -> str:
    """« 12 345,60 € HT ». Unit prices keep up to six decimals, at least two."""
    number = as_decimal(value)
    if number is None:
        return UNKNOWN
    places = 2
    if unit_price:
        exponent = number.normalize().as_tuple().exponent
        places = min(6, max(2, -exponent if isinstance(exponent, int) else 2))
    suffix = f"{NBSP}{tax}" if tax else ""
    return f"{number_text(number, places=places)}{NBSP}€{suffix}"


def days_text(days: int) -> str:
    """« dans 5 jours », « aujourd’hui », « en retard de 2 jours »."""
    if days == 0:
        return "aujourd’hui"
    count = abs(days)
    unit = "jour" if count == 1 else "jours"
    return f"dans {count}{NBSP}{unit}" if days > 0 else f"en retard de {count}{NBSP}{unit}"


def size_text(octets: int | None) -> str:
    """« 84 Ko »: decimal units, as on a file manager."""
    if octets is None:
        return UNKNOWN
    size = Decimal(octets)
    for unit in ("octets", "Ko", "Mo", "Go"):
        if size < 1000 or unit == "Go":
            return f"{number_text(size, places=0 if unit in ('octets', 'Ko') else 1)}{NBSP}{unit}"
        size /= 1000
    raise AssertionError("unreachable")


def plural(count: int | None, *, one: str, many: str) -> str:
    """« 1 offre », « 0 offre », « 2 offres » (French: plural from two on)."""
    if count is None:
        return UNKNOWN
    return f"{number_text(count)}{NBSP}{one if abs(count) < 2 else many}"


_PLAIN_SPACES = (
    (re.compile(r" (?=[;!?])"), THIN),
    (re.compile(r" (?=:(?:\s|$))"), NBSP),
    (re.compile(r"(?<=«) "), NBSP),
    (re.compile(r" (?=»)"), NBSP),
    (re.compile(r"(?<=\d) (?=(?:€|%|Ko|Mo|Go|To|h|jours?|mois|ans?)\b|[€%])"), NBSP),
    (re.compile(r"(?<![\d\u202f])(\d{1,3}) (?=\d{3}(?:\D|$))"), "\\1\u202f"),
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
)


def french(text: str) -> str:
    """A sentence written with plain spaces, with the spaces French asks for. Safe to run twice."""
    for pattern, replacement in _PLAIN_SPACES:
        text = pattern.sub(replacement, text)
    return text
