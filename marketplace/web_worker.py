"""gunicorn's threaded worker, whose one refusal that a person may cause by a link is in French, and which
shares connections out.

A request line beyond `limit_request_line` never reaches Django: gunicorn refuses it alone. Its first bytes
say who asked: the API answers its usual problem document, the rest a page.
"""

from __future__ import annotations

import re
import socket
import time
from functools import cache
from typing import Any

from gunicorn.http.errors import LimitRequestLine
from gunicorn.http.message import Request
from gunicorn.http.parser import RequestParser
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

# Bytes of « GET /offres/?… HTTP/1.1 »: the most that gunicorn reads, 4,094 unless told.
LONGEST = 8190
FOR_THE_API = re.compile(rb"[A-Z]+ (https?://[^/ ]*)?/api/")


class LineKept(Request):
    """A request whose line, refused for its length, leaves its beginning on the error (``begun``)."""

    def read_line(self, unreader: Any, buf: Any, limit: int = 0) -> Any:
        try:
            return super().read_line(unreader, buf, limit)
        except LimitRequestLine as error:
            error.begun = bytes(buf[:300])
            raise


# gunicorn has no setting for it: its parsers make their requests of this class.
RequestParser.mesg_class = LineKept


# Seconds that a worker leaves to the others for each connection it holds, up to so many of them.
PATIENCE, MOST_WAITED_FOR = 0.0005, 4


class Worker(ThreadWorker):
    def accept(self, listener: socket.socket) -> None:
        """A new connection goes to the worker that holds the fewest: all are woken, the others wait. A
        connection kept open stays with the worker that took it, and two of them on one would take turns."""
        if self.nr_conns:
            time.sleep(PATIENCE * min(self.nr_conns, MOST_WAITED_FOR))
        super().accept(listener)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        if not isinstance(exc, LimitRequestLine):
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("Request line too long from ip=%s", (addr or ("",))[0])
        try:
            write_nonblock(client, too_long_answer(for_api=is_for_the_api(exc)))
        except OSError:
            self.log.debug("Failed to send the refusal of a request line.")


def is_for_the_api(refused: LimitRequestLine) -> bool:
    return FOR_THE_API.match(getattr(refused, "begun", b"")) is not None


@cache
def too_long_answer(*, for_api: bool) -> bytes:
    """The whole HTTP answer, without session nor query. Call once Django is set up."""
    from marketplace.rest.errors import CONTENT_TYPE, address_too_long_problem
    from marketplace.ui.error_pages import address_too_long

    kind = CONTENT_TYPE if for_api else "text/html; charset=utf-8"
    body = address_too_long_problem(most=LONGEST) if for_api else address_too_long(most=LONGEST)
    head = (
        f"HTTP/1.1 414 URI Too Long\r\nConnection: close\r\nContent-Type: {kind}\r\n"
        f"Cache-Control: no-store\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("ascii") + body
