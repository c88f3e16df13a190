"""/.well-known/security.txt (RFC 9116): what suppliers are asked for, given for this site too."""

from __future__ import annotations

import datetime as dt
from urllib.parse import urljoin

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe


@require_safe
def security_txt(request: HttpRequest) -> HttpResponse:
    """404 unless the contacts and their last day are set: a file without them would be void."""
    if not settings.SECURITY_CONTACTS or not settings.SECURITY_TXT_EXPIRES:
        raise Http404
    day = dt.date.fromisoformat(settings.SECURITY_TXT_EXPIRES)
    lines = [f"Contact: {contact}" for contact in settings.SECURITY_CONTACTS]
    lines += [
        f"Expires: {day.isoformat()}T23:59:59Z",
        "Preferred-Languages: fr, en",
        f"Canonical: {urljoin(settings.SITE_URL, reverse('site:security_txt'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
