"""The state pages (screens.md S24): what happened, why, one way out. Also Django's own handlers."""

import datetime as dt
import logging
import math
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from marketplace.accounts.actors import ANONYMOUS
from marketplace.accounts.who_to_ask import who_gives
from marketplace.audit.passage import last_passage
from marketplace.errors import DomainError, NotAllowed
from marketplace.rest.errors import problem_response
from marketplace.ui.context_processors import brand
from marketplace.ui.typography import time_text

log = logging.getLogger("marketplace.errors")

TITLES = {
    400: "La demande ne peut pas être traitée",
    403: "Vous n’avez pas le droit de faire cela",
    404: "Page introuvable",
    405: "Action impossible à cette adresse",
    409: "L’état a changé pendant votre lecture",
    410: "Cette page n’existe plus",
    412: "L’état a changé pendant votre lecture",
    413: "Envoi trop lourd",
    414: "Adresse trop longue",
    428: "Version manquante",
    429: "Trop d’essais",
    500: "Une erreur est survenue chez nous",
    503: "Service en maintenance",
}
RELOAD = frozenset({409, 412, 428})
OWN_TEMPLATE = frozenset({403, 404, 409, 410, 412, 429})


def state_page(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    """The page of ``status``; the layout of the site when it can still be drawn, bare otherwise."""
    values = {
        "status": status,
        "title": TITLES[status],
        "request_id": _id(request),
        "retry_url": request.path,
        **context,
    }
    if request.path.startswith("/api/"):
        return problem_response(
            status, code=str(context.get("code", "")), detail=str(context.get("message", ""))
        )
    template = f"errors/{status}.html" if status in OWN_TEMPLATE else "errors/state.html"
    ready = hasattr(request, "actor") and status not in {413, 500, 503}
    if ready:
        return HttpResponse(render_to_string(template, values, request=request), status=status)
    return HttpResponse(render_to_string(template, {**brand(), **values, "bare": True}), status=status)


def _id(request: HttpRequest) -> str:
    return getattr(request, "request_id", "")


def refused(request: HttpRequest, *, error: DomainError) -> HttpResponse:
    context: dict[str, Any] = {"message": error.message, "code": error.code, "reload": error.status in RELOAD}
    context |= {"on": getattr(error, "on", None), "reason": getattr(error, "reason", "")}
    context |= _who_and_what(request, error)
    if title := getattr(error, "title", ""):
        context["title"] = title
    if error.status == 410:
        context["title"] = error.message.rstrip(".")
    context["fields"] = {name: texts for name, texts in error.fields.items() if texts != [error.message]}
    response = state_page(request, error.status, **context)
    if error.status == 429 and (seconds := getattr(error, "retry_after", None)):
        response["Retry-After"] = str(seconds)
    return response


def _who_and_what(request: HttpRequest, error: DomainError) -> dict[str, Any]:
    """403: whom to ask for the role. 409, 412: what changed meanwhile."""
    actor = getattr(request, "actor", ANONYMOUS)
    if isinstance(error, NotAllowed) and error.needed_roles:
        return {"ask": who_gives(actor, error.needed_roles), "support": settings.SUPPORT_EMAIL}
    about = getattr(error, "about", None)
    if isinstance(about, Model):
        return {"passage": last_passage(about, actor=actor, of_state=error.status == 409)}
    return {}


def too_many(request: HttpRequest, *, until: dt.datetime, most: int) -> HttpResponse:
    """``until``: when sending is possible again, ``most``: what one place may send in a minute."""
    seconds = max(1, math.ceil((until - dt.datetime.now(dt.UTC)).total_seconds()))
    # Rounded up to the minute: the hour said is never too early.
    hour = time_text(until + dt.timedelta(seconds=59))
    message = f"{most}\u00a0envois par minute au plus sans compte. Réessayez à {hour}."
    response = state_page(request, 429, message=message, code="too_many_sends")
    response["Retry-After"] = str(seconds)
    return response


def too_large(request: HttpRequest) -> HttpResponse:
    message = "Fichier trop lourd\u00a0: 10\u00a0Mo au plus. Rien n’a été enregistré."
    return state_page(request, 413, message=message)


def address_too_long(*, most: int) -> bytes:
    """Made by the web server itself, which never read the request: neither an address nor a person."""
    message = (
        f"Cette adresse dépasse {most}\u00a0caractères\u00a0: elle n’a pas été lue. "
        "Raccourcissez les mots cherchés, ou retirez des filtres."
    )
    values = {**brand(), "status": 414, "title": TITLES[414], "message": message, "bare": True}
    return render_to_string("errors/state.html", values).encode()


def maintenance(request: HttpRequest, *, until: str) -> HttpResponse:
    """``until``: an ISO date and time with its offset, as in MAINTENANCE_UNTIL."""
    end = dt.datetime.fromisoformat(until)
    message = f"Service en maintenance jusqu’à {time_text(end)} (heure de Paris)."
    response = state_page(request, 503, message=message, reload=True)
    response["Retry-After"] = str(max(60, int((end - dt.datetime.now(dt.UTC)).total_seconds())))
    return response


def say_session_ended(request: HttpRequest, *, kept: bool) -> None:
    if kept:
        messages.info(request, "Votre session a expiré. Reconnectez-vous\u00a0: votre texte est gardé.")
    else:
        messages.warning(request, "Votre session a expiré et votre texte, trop long, n’a pas pu être gardé.")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent):
        return too_large(request)
    return state_page(request, 400, message="Revenez à la page précédente, corrigez, puis recommencez.")


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    said = str(exception) if isinstance(exception, PermissionDenied) and str(exception) else ""
    return state_page(request, 403, message=said or "Votre rôle n’ouvre pas cette action.")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return state_page(request, 404, message="Page introuvable ou non visible pour votre organisation.")


def server_error(request: HttpRequest) -> HttpResponse:
    log.error("request %s failed: %s %s", _id(request), request.method, request.path)
    return state_page(request, 500, message="Rien n’a été enregistré.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    message = (
        "Cette page était ouverte depuis trop longtemps, ou vos cookies sont bloqués. "
        "Revenez à la page, rechargez-la, puis recommencez."
    )
    return state_page(request, 403, message=message, title="Envoi refusé par sécurité")
