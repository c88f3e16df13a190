"""Pages of the feed of changes: oldest first, nothing missed, a place to come back to."""

from __future__ import annotations

import base64
import binascii
import re
from functools import cache
from typing import Any

from django.db import connection
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import Change
from catalog.models.change import ChangeQuerySet, Position, standing
from marketplace.errors import Gone
from marketplace.rest.paging import Feed

FORM = re.compile(rb"(\d{1,20})\.(\d{1,20})\.(\d{1,19})")
MOST = Position(2**64 - 1, 2**63 - 1)


@cache
def cluster() -> str:
    """Which PostgreSQL gives the numbers: a database restored elsewhere counts anew. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT system_identifier FROM pg_control_system()")
        return str(cursor.fetchone()[0] % 2**64)


def cursor_of(position: Position) -> str:
    """Opaque on purpose: what it holds may change, not what it means."""
    text = f"{cluster()}.{position.xid}.{position.id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def position_of(cursor: str) -> Position:
    """Raises ValidationError (400) on what is not one of ours, Gone (410) on one of another history."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        text = b""
    found = FORM.fullmatch(text) if len(cursor) < 100 else None
    position = Position(int(found[2]), int(found[3])) if found else None
    if found is None or position is None or position.xid > MOST.xid or position.id > MOST.id:
        raise ValidationError({"cursor": ["Ce curseur n’est pas l’un des nôtres."]})
    if found[1].decode() != cluster():
        raise another_history()
    return position


def another_history() -> Gone:
    return Gone(
        "cursor_of_another_history",
        "Ce curseur vient d’un historique qui a été restauré depuis. "
        "Reprenez le catalogue entier, puis le curseur qu’il donne.",
    )


class ChangePages(Feed):
    """`next` while more is ready; `resume` always: ask it again later, it gives what came since."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Change]:
        self.request = request
        size = self.get_page_size(request)
        cursor = request.query_params.get("cursor", "")
        asked = position_of(cursor) if cursor else Position()
        rows = self._rows(queryset, asked, size + 1)
        self.more = len(rows) > size
        page = rows[:size]
        self.reached = page[-1].position if page else asked
        return page

    def _rows(self, queryset: ChangeQuerySet, asked: Position, most: int) -> list[Change]:
        """Raises Gone (410) when the cursor comes from a database restored since: its numbers are others."""
        rows = list(queryset.after(asked)[:most])
        if not rows and asked.xid > standing().horizon:
            raise another_history()
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        resume = self._address(cursor_of(self.reached))
        return Response({"next": resume if self.more else None, "resume": resume, "results": data})

    def _address(self, cursor: str) -> str:
        query = self.request.query_params.copy()
        query["cursor"] = cursor
        return self.request.build_absolute_uri(f"{self.request.path}?{query.urlencode()}")

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        address = {"type": "string", "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "resume", "results"],
            "properties": {
                "next": {**address, "nullable": True, "description": "La suite, si elle est prête."},
                "resume": {**address, "description": "Où revenir plus tard."},
                "results": schema,
            },
        }
