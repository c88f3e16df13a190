"""« Rester connecté »: asked by the warning that static/js/session.js shows."""

import time

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from marketplace.accounts.session_length import length_of, use


@require_POST
@login_required
def keep(request: HttpRequest) -> HttpResponse:
    """Put the end of the session off; seconds left, and whether more can be had. Safe to send twice."""
    now = time.time()
    use(request.session, now=now, at_once=True)
    length = length_of(request.session, now=now)
    return JsonResponse({"left": length.left, "extendable": length.extendable})
