"""What a visitor without account may send, by minute: pages and API alike, counted in the database.

A fixed window of one minute by the database's clock, shared by every process. It stops a machine that
sends without end; failed sign-ins have their own, tighter count (marketplace.accounts.lockout).
"""

from __future__ import annotations

import datetime as dt
import hmac
import ipaddress
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from marketplace.ui.models import VisitorSends

WINDOW = dt.timedelta(minutes=1)
READING = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
COUNT = """
    INSERT INTO {table} AS counted (place, starts_at, sends)
    VALUES (%s, date_trunc('minute', clock_timestamp()), 1)
    ON CONFLICT (place, starts_at) DO UPDATE SET sends = counted.sends + 1
    RETURNING sends, starts_at
"""


@dataclass(frozen=True, slots=True)
class TooMany:
    """``until``: when the next minute begins."""

    until: dt.datetime
    most: int


def is_counted(request: HttpRequest) -> bool:
    """Sends of nobody we know. A bearer token answers for itself: an unknown one is refused, 401."""
    if request.method in READING or settings.VISITOR_SENDS_PER_MINUTE <= 0:
        return False
    if request.headers.get("Authorization", "").lower().startswith("bearer"):
        return False
    return not request.user.is_authenticated


def count(request: HttpRequest) -> TooMany | None:
    """One more send from this place, in one query; TooMany when it is beyond what a minute allows."""
    return count_place(place_of(request), most=settings.VISITOR_SENDS_PER_MINUTE)


def count_place(place: str, *, most: int) -> TooMany | None:
    """The same for any sender: ``place`` is up to 64 characters that name who sends, and what."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(table=VisitorSends._meta.db_table), [place])
        sends, starts_at = cursor.fetchone() or (0, None)
    return None if sends <= most else TooMany(until=starts_at + WINDOW, most=most)


def place_of(request: HttpRequest) -> str:
    """A digest that leads back to no address without the secret key."""
    place = _network(_address(request))
    return hmac.digest(settings.SECRET_KEY.encode(), f"visitor {place}".encode(), "sha256").hex()


def _address(request: HttpRequest) -> str:
    """The address that the outermost of our own proxies saw; the peer's when there is none."""
    proxies = settings.PROXY_COUNT
    given = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if proxies and given:
        return given[-min(proxies, len(given))]
    return str(request.META.get("REMOTE_ADDR", ""))


def _network(address: str) -> str:
    """An IPv6 subscriber holds a whole /64: counted as one place."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.IPv6Network((found, 64), strict=False))
    return str(found)
