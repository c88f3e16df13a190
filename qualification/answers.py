"""One answer of a frozen version, as the value a check reads. Unknown is empty text or None."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from catalog.countries import country_of
from catalog.models import OfferVersion


def text_of(version: OfferVersion, question: str) -> str:
    return str(version.answers.get(question) or "")


def choices_of(version: OfferVersion, question: str) -> tuple[str, ...] | None:
    value = version.answers.get(question)
    return tuple(str(one) for one in value) if isinstance(value, list) and value else None


def countries_of(version: OfferVersion, question: str) -> tuple[str, ...] | None:
    """A place whose country cannot be read keeps its text, so that it never counts as European."""
    regions = choices_of(version, question)
    return tuple(country_of(region) or region for region in regions) if regions else None


def decimal_of(version: OfferVersion, question: str) -> Decimal | None:
    return number(version.answers.get(question))


def whole_of(version: OfferVersion, question: str) -> int | None:
    found = decimal_of(version, question)
    return None if found is None else int(found)


def number(value: Any) -> Decimal | None:
    try:
        return None if value in (None, "") else Decimal(str(value))
    except InvalidOperation:
        return None


def date_of(value: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None
