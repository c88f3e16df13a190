"""A form sent twice acts once: the second POST gets the first one's redirect.

``{% once_token %}`` (already inside ``{% market_form %}``) prints the token, ``@once`` on the view
reads it. A POST without a token is served as usual.
"""

import functools
import secrets
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from marketplace.ui.models import UsedToken

FIELD = "_once"
LONGEST = 64

View = Callable[..., HttpResponse]


def new_token() -> str:
    return secrets.token_urlsafe(18)


def once(view: View) -> View:
    """The token is written in the view's own transaction: a second POST waits for the first one to
    commit, then is sent where it was sent. A form refused (no redirect) leaves its token usable. An
    exception undoes all the view wrote: not for a view that counts its own failures."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        token = request.POST.get(FIELD, "") if request.method == "POST" else ""
        if not token or len(token) > LONGEST or "\x00" in token:
            return view(request, *args, **kwargs)
        with transaction.atomic():
            used, is_new = UsedToken.objects.get_or_create(key=_key(request, token))
            if not is_new:
                return HttpResponseRedirect(used.location or request.get_full_path())
            response = view(request, *args, **kwargs)
            if 300 <= response.status_code < 400:
                used.location = response["Location"][:500]
                used.save(update_fields=["location"])
            else:
                used.delete()
            return response

    return guarded


def _key(request: HttpRequest, token: str) -> str:
    owner = request.user.pk if request.user.is_authenticated else "-"
    return f"{owner}:{token}"
