"""Every error of the API is one `application/problem+json` document (RFC 9457).

`problem()` makes the document, `problem_response()` answers it outside DRF (middleware, unknown
address), `exception_handler` is DRF's EXCEPTION_HANDLER. 422 is never answered: bad input is 400.
"""

import json
import logging
import math
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import (
    NON_FIELD_ERRORS,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    ValidationError,
)
from django.core.signals import got_request_exception
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.response import Response

from marketplace.accounts.actors import ANONYMOUS, Actor
from marketplace.audit.passage import last_passage
from marketplace.errors import DomainError, NotAllowed

CONTENT_TYPE = "application/problem+json"
logger = logging.getLogger(__name__)

TITLES = {
    400: "Demande mal formée",
    401: "Authentification nécessaire",
    403: "Action non permise",
    404: "Introuvable ou non visible",
    405: "Méthode non permise",
    406: "Format de réponse non disponible",
    409: "État incompatible",
    410: "Retiré",
    412: "Version dépassée",
    413: "Envoi trop lourd",
    414: "Adresse trop longue",
    415: "Format d’envoi non pris en charge",
    428: "Version attendue",
    429: "Trop d’essais",
    500: "Erreur de notre côté",
    503: "Service indisponible",
}
DETAILS = {
    400: ("bad_request", "La demande n’a pas pu être lue."),
    401: ("not_authenticated", "Joignez un jeton valide : « Authorization: Bearer … »."),
    403: ("not_allowed", "Vous n’avez pas le droit de faire cela."),
    404: ("not_found", "Cet objet n’existe pas ou n’est pas visible pour votre organisation."),
    405: ("method_not_allowed", "Cette adresse n’accepte pas cette méthode."),
    406: ("not_acceptable", "L’API répond en JSON : demandez « application/json »."),
    413: ("too_large", "L’envoi dépasse la taille permise."),
    415: ("unsupported_media_type", "Envoyez du JSON : « Content-Type: application/json »."),
    429: ("too_many_tries", "Trop de demandes. Réessayez plus tard."),
    500: ("internal_error", "Une erreur est survenue chez nous. Rien n’a été enregistré."),
}
# DRF's own English codes that say more than the status does.
DRF_CODES = {"authentication_failed", "parse_error", "permission_denied"}


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def problem(
    status: int,
    *,
    code: str = "",
    detail: str = "",
    errors: list[dict[str, str]] | None = None,
    **extra: object,
) -> dict[str, object]:
    """The document. Unknown status: the title of its hundred."""
    default_code, default_detail = DETAILS.get(status, DETAILS[500 if status >= 500 else 400])
    return {
        "type": "about:blank",
        "title": TITLES.get(status, TITLES[500 if status >= 500 else 400]),
        "status": status,
        "code": code or default_code,
        "detail": detail or default_detail,
        "errors": errors or [],
        **extra,
    }


def problem_response(
    status: int,
    *,
    code: str = "",
    detail: str = "",
    errors: list[dict[str, str]] | None = None,
    **extra: object,
) -> HttpResponse:
    """The same document where DRF has not begun or has ended."""
    body = json.dumps(problem(status, code=code, detail=detail, errors=errors, **extra), ensure_ascii=False)
    return HttpResponse(body, status=status, content_type=CONTENT_TYPE)


def address_too_long_problem(*, most: int) -> bytes:
    """Sent by the web server itself, which never read the whole address."""
    detail = (
        f"Cette adresse dépasse {most} caractères : elle n’a pas été lue. Raccourcissez les mots cherchés, "
        "retirez des filtres, ou demandez moins d’identifiants à la fois."
    )
    document = problem(414, code="address_too_long", detail=detail)
    return json.dumps(document, ensure_ascii=False).encode()


def flatten(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    """DRF's nested detail as a flat list; a nested field is `plans.0.name`."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            name = "" if key == "non_field_errors" else str(key)
            yield from flatten(value, f"{path}.{name}".strip("."))
    elif isinstance(detail, list) and any(isinstance(item, dict | list) for item in detail):
        for index, item in enumerate(detail):
            yield from flatten(item, f"{path}.{index}".strip("."))
    elif isinstance(detail, list):
        for item in detail:
            yield {"field": path, "message": str(item)}
    else:
        yield {"field": path, "message": str(detail)}


def exception_handler(exc: Exception, context: dict[str, Any]) -> Response:
    """DRF's EXCEPTION_HANDLER: any exception becomes a problem; an unforeseen one is logged, 500."""
    headers: dict[str, str] = {}
    if isinstance(exc, DomainError):
        body = _of_domain(exc, actor=_actor(context))
    elif isinstance(exc, exceptions.UnsupportedMediaType):
        body = problem(415, detail=_wanted_form(context.get("view")))
    elif isinstance(exc, exceptions.APIException):
        body = _of_drf(exc)
        headers = _headers_of(exc)
    elif isinstance(exc, ValidationError):
        body = _of_model(exc)
    elif isinstance(exc, Http404):
        body = problem(404)
    elif isinstance(exc, PermissionDenied):
        body = problem(403)
    elif isinstance(exc, RequestDataTooBig | TooManyFieldsSent):
        body = problem(413)
    elif isinstance(exc, SuspiciousOperation):
        body = problem(400)
    else:
        body = _unforeseen(exc, context)
    status = int(str(body["status"]))
    if seconds := getattr(exc, "retry_after", None):
        headers["Retry-After"] = str(seconds)
    return Response(body, status=status, headers=headers, content_type=CONTENT_TYPE)


def _actor(context: dict[str, Any]) -> Actor:
    return getattr(context.get("request"), "actor", ANONYMOUS)


def _of_domain(exc: DomainError, *, actor: Actor) -> dict[str, object]:
    errors = [
        {"field": field, "message": message} for field, messages in exc.fields.items() for message in messages
    ]
    extra: dict[str, object] = {}
    if exc.status == 410:
        on = getattr(exc, "on", None)
        extra = {"on": on.isoformat() if on else None, "reason": getattr(exc, "reason", "") or None}
    if isinstance(exc, NotAllowed):
        extra = {"needed_roles": list(exc.needed_roles)}
    if isinstance(about := getattr(exc, "about", None), Model):
        extra = {"last_change": _last_change(about, actor=actor, of_state=exc.status == 409)}
    return problem(exc.status, code=exc.code, detail=exc.message, errors=errors, **extra)


def _last_change(row: Model, *, actor: Actor, of_state: bool) -> dict[str, object] | None:
    passage = last_passage(row, actor=actor, of_state=of_state)
    if passage is None:
        return None
    at = passage.at.isoformat()
    return {"from": passage.from_state, "to": passage.to_state, "at": at, "by": passage.who}


def _of_model(exc: ValidationError) -> dict[str, object]:
    """A model's own constraints refused: bad input that no serializer caught."""
    said = exc.message_dict if hasattr(exc, "error_dict") else {"": exc.messages}
    return _invalid(
        [
            {"field": "" if field == NON_FIELD_ERRORS else field, "message": message}
            for field, messages in said.items()
            for message in messages
        ]
    )


def _invalid(errors: list[dict[str, str]]) -> dict[str, object]:
    many = f"{len(errors)} valeurs sont à corriger."
    detail = "Une valeur est à corriger." if len(errors) == 1 else many
    return problem(400, code="invalid", detail=detail, errors=errors)


def _of_drf(exc: exceptions.APIException) -> dict[str, object]:
    if isinstance(exc, exceptions.ValidationError):
        return _invalid(list(flatten(exc.detail)))
    code = str(getattr(exc.detail, "code", "") or "")
    if isinstance(exc, exceptions.ParseError):
        return problem(400, code="malformed", detail=str(exc.detail))
    if isinstance(exc, exceptions.AuthenticationFailed):
        return problem(401, code=code, detail=str(exc.detail))
    if isinstance(exc, exceptions.NotFound) and code == "past_the_end":
        return problem(404, code=code, detail=str(exc.detail))
    if isinstance(exc, exceptions.PermissionDenied) and code != "permission_denied":
        return problem(403, code=code, detail=str(exc.detail))
    return problem(exc.status_code)


def _wanted_form(view: Any) -> str:
    """Empty: JSON, as everywhere but where a file is sent."""
    wanted = {parser.media_type for parser in getattr(view, "parser_classes", ())}
    return "" if "multipart/form-data" not in wanted else "Envoyez un formulaire : « multipart/form-data »."


def _headers_of(exc: exceptions.APIException) -> dict[str, str]:
    headers: dict[str, str] = {}
    if scheme := getattr(exc, "auth_header", None):  # set by APIView
        headers["WWW-Authenticate"] = str(scheme)
    if wait := getattr(exc, "wait", None):  # set by Throttled
        headers["Retry-After"] = str(math.ceil(wait))
    return headers


def _unforeseen(exc: Exception, context: dict[str, Any]) -> dict[str, object]:
    request = context.get("request")
    http_request = getattr(request, "_request", None)
    logger.error("unforeseen error in the API", exc_info=exc)
    got_request_exception.send(sender=None, request=http_request)
    reference = str(getattr(http_request, "request_id", "") or "")
    return problem(500, reference=reference) if reference else problem(500)
