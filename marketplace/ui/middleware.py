"""The one place where a page answers a refusal, and what surrounds every request."""

import re
import secrets
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from marketplace.errors import DomainError, NotAllowed
from marketplace.ui import drafts, error_pages, visitors

Answer = Callable[[HttpRequest], HttpResponse]
# No I, L, O, U, 0 or 1: people read this code over the telephone.
ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
INCOMING_ID = re.compile(r"[A-Za-z0-9._-]{6,64}")


def new_request_id() -> str:
    """Eight letters, drawn in one call of the system's generator."""
    drawn, letters = secrets.randbelow(len(ALPHABET) ** 8), []
    for _ in range(8):
        drawn, rank = divmod(drawn, len(ALPHABET))
        letters.append(ALPHABET[rank])
    return "".join(letters)


class RequestIdMiddleware:
    """Every answer carries the code that a person can quote and that our logs hold."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        code = given if INCOMING_ID.fullmatch(given) else new_request_id()
        cast(Any, request).request_id = code  # read by the pages and by the API's errors
        until = getattr(settings, "MAINTENANCE_UNTIL", "")
        if until and not request.path.startswith(("/static/", "/livez", "/readyz")):
            response = error_pages.maintenance(request, until=until)
        else:
            response = self.get_response(request)
        response["X-Request-ID"] = code
        return response


class BodyLimitMiddleware:
    """Refuses a body by its announced size, before a byte of it is read.

    A view that says ``takes_large_files = True`` takes more. Its page does so from people signed in only; the
    API knows who speaks before it reads. Stands before what reads forms (the CSRF check).
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > settings.LARGE_BODY_BYTES:
            return error_pages.too_large(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        length = int(request.META.get("CONTENT_LENGTH") or "0")
        if length <= settings.MAX_BODY_BYTES or _takes_large_files(request, view):
            return None
        return error_pages.too_large(request)


def _takes_large_files(request: HttpRequest, view: Any) -> bool:
    if hasattr(view, "cls"):
        return bool(getattr(view, "initkwargs", {}).get("takes_large_files"))
    return getattr(view, "takes_large_files", False) and request.user.is_authenticated


class VisitorLimitMiddleware:
    """Refuses what a place without account sends beyond its minute, before any view works for it.

    A view that says ``stores_nothing = True`` costs what reading a page does, and is counted no more.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        if getattr(getattr(view, "cls", view), "stores_nothing", False) or not visitors.is_counted(request):
            return None
        refusal = visitors.count(request)
        return refusal and error_pages.too_many(request, until=refusal.until, most=refusal.most)


class DomainErrorMiddleware:
    """Turns our refusals into pages, and keeps what was typed when the session had ended.

    The API has its own answer (marketplace.rest): requests under /api/ pass through.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "htmx", False):
            patch_vary_headers(response, ["HX-Request"])
        if (
            request.method == "POST"
            and 300 <= response.status_code < 400
            and drafts.kept_for(request) is not None
        ):
            drafts.forget(request)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """A form made for a signed-in person, sent without a session: the session ended meanwhile."""
        if request.method != "POST" or request.path.startswith("/api/") or request.user.is_authenticated:
            return None
        author = drafts.author_of(request)
        if author is None:
            return None
        kept = drafts.keep(request, author=author)
        error_pages.say_session_ended(request, kept=kept)
        return redirect_to_login(request.get_full_path())

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if request.path.startswith("/api/"):
            return None
        if isinstance(error, RequestDataTooBig | TooManyFilesSent):
            return error_pages.too_large(request)
        if isinstance(error, NotAllowed) and not request.user.is_authenticated and request.method == "GET":
            return redirect_to_login(request.get_full_path())
        if isinstance(error, DomainError):
            return error_pages.refused(request, error=error)
        return None
