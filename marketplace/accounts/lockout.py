"""Too many failed sign-ins: what django-axes counts, and what we answer."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format

from marketplace.ui.error_pages import state_page


def username_of(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str:
    """One person, one counter: the case and the spaces of the address do not matter."""
    given = credentials or {}
    address = given.get("email") or given.get("username") or request.POST.get("login") or ""
    # A NUL byte would be refused by the database and turn a bad password into a server error.
    return str(address).replace("\0", "").strip().casefold()[:255]


def locked_until(username: str) -> dt.datetime | None:
    """When the last counted failure is forgotten; None when there is none."""
    last = AccessAttempt.objects.filter(username=username).aggregate(last=Max("attempt_time"))["last"]
    return None if last is None else last + settings.AXES_COOLOFF_TIME


def lockout_message(until: dt.datetime | None) -> str:
    moment = until or timezone.now() + settings.AXES_COOLOFF_TIME
    # Rounded up to the minute: the hour shown is never too early.
    local = timezone.localtime(moment + dt.timedelta(seconds=59))
    return f"Trop d’essais. Réessayez à {date_format(local, 'G')} h {date_format(local, 'i')}."


def locked_response(
    request: HttpRequest, response: HttpResponse | None, credentials: Mapping[str, Any] | None
) -> HttpResponse:
    message = lockout_message(locked_until(username_of(request, credentials)))
    answer = state_page(request, 429, message=message)
    answer["Retry-After"] = str(int(settings.AXES_COOLOFF_TIME.total_seconds()))
    return answer


def unlock(username: str) -> int:
    """Forget the failures of one address; returns how many lines were forgotten."""
    return AccessAttempt.objects.filter(username=username.casefold()).delete()[0]


def is_locked(username: str) -> bool:
    """Whether this address, from at least one place, has spent its tries and must still wait."""
    limit = timezone.now() - settings.AXES_COOLOFF_TIME
    counted = AccessAttempt.objects.filter(username=username.casefold(), attempt_time__gt=limit)
    totals = counted.values("ip_address").annotate(total=Sum("failures_since_start"))
    return any(row["total"] >= settings.AXES_FAILURE_LIMIT for row in totals)
