"""« Did it change since I read it? », answered from the standing of the changes, without making the file."""

from __future__ import annotations

import hashlib
from typing import TypeVar

from django.http import HttpRequest, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from rest_framework.request import Request

from catalog.models.change import Standing
from catalog.questions.engine import edition

Answer = TypeVar("Answer", bound=HttpResponseBase)
# To raise when the shape of the files changes.
SHAPE = 1


def etag_of(standing: Standing, *, what: str) -> str:
    """Weak: the bytes may differ by the cursor they give. Statuses follow the clock, so the day counts."""
    named = (SHAPE, what, timezone.localdate().isoformat(), edition(), standing.settled, standing.above)
    return f'W/"{hashlib.sha256(repr(named).encode()).hexdigest()[:32]}"'


def not_modified(request: HttpRequest | Request, etag: str) -> HttpResponseNotModified | None:
    """304 when the reader has this one. Only the ETag decides: commits end out of order, dates would lie."""
    answer = get_conditional_response(request, etag=etag)
    if not isinstance(answer, HttpResponseNotModified):
        return None
    answer["ETag"] = etag
    return answer


def dated(answer: Answer, *, etag: str, standing: Standing) -> Answer:
    answer["ETag"] = etag
    if standing.latest_at is not None:
        answer["Last-Modified"] = http_date(standing.latest_at.timestamp())
    answer["Cache-Control"] = "public, no-cache"
    return answer
