"""`Idempotency-Key` on a POST that creates: sent twice, done once, answered alike.

One transaction holds an advisory lock on (principal, key), the created object and the stored answer:
a crash leaves neither, and a refusal is not stored, so that it can be corrected and sent again.
"""

import functools
import hashlib
import json
import re
from collections.abc import Callable
from typing import Any, cast

from django.db import connection, transaction
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from marketplace.errors import MoveRefused, RuleBroken
from marketplace.rest.models import IdempotencyKey
from marketplace.rest.principal import actor_of, principal_of

HEADER = "Idempotency-Key"
FORM = re.compile(r"[\x21-\x7e]{1,200}")
KEPT_HEADERS = ("Location", "ETag")
Handler = Callable[..., Response]


def once(handler: Handler) -> Handler:
    """Decorates `create` or a POST action of a viewset. Without the header (or a principal): no effect."""

    @functools.wraps(handler)
    def wrapper(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER, "")
        principal = principal_of(actor_of(request))
        if not key or not principal:
            return handler(view, request, *args, **kwargs)
        if not FORM.fullmatch(key):
            message = "La clé compte de 1 à 200 caractères ASCII visibles."
            raise RuleBroken("bad_idempotency_key", message, field=HEADER)
        with transaction.atomic():
            _lock(principal, key)
            return _replay_or_do(handler, view, request, args, kwargs, principal=principal, key=key)

    cast(Any, wrapper).takes_key = True  # the API's description reads it
    return wrapper


def _lock(principal: str, key: str) -> None:
    """Until the end of the transaction. Raises MoveRefused (409) while another request holds it."""
    digest = hashlib.sha256(f"{principal}\n{key}".encode()).digest()
    number = int.from_bytes(digest[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        (got,) = cursor.fetchone() or (False,)
    if not got:
        raise MoveRefused(
            "idempotency_in_progress", "La même demande est en cours. Réessayez dans un instant."
        )


def _replay_or_do(
    handler: Handler,
    view: Any,
    request: Request,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    *,
    principal: str,
    key: str,
) -> Response:
    operation = f"{request.method} {request.path}"[:300]
    body_sha256 = hashlib.sha256(request._request.body).hexdigest()
    kept = IdempotencyKey.objects.filter(principal=principal, key=key).first()
    if kept is not None:
        if (kept.operation, kept.body_sha256) != (operation, body_sha256):
            raise MoveRefused("idempotency_key_reused", "Cette clé a déjà servi pour une autre demande.")
        headers = {**kept.headers, "Idempotent-Replayed": "true"}
        return Response(json.loads(kept.answer), status=kept.status, headers=headers)
    response = handler(view, request, *args, **kwargs)
    IdempotencyKey.objects.create(
        principal=principal,
        key=key,
        operation=operation,
        body_sha256=body_sha256,
        status=response.status_code,
        headers={name: response.headers[name] for name in KEPT_HEADERS if name in response.headers},
        answer=json.dumps(response.data, cls=JSONEncoder),
    )
    return response
