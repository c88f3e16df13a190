"""gunicorn's threaded worker, whose one refusal that a person may cause by a link is in French.

A request line beyond `limit_request_line` never reaches Django: gunicorn answers it alone, before it knows
the address, so the same page is sent to browsers and to clients of the API.
"""

from __future__ import annotations

import socket
from functools import cache
from typing import Any

from gunicorn.http.errors import LimitRequestLine
from gunicorn.util import write_nonblock
from gunicorn.workers.gthread import ThreadWorker

# Bytes of « GET /offres/?… HTTP/1.1 »: the most that gunicorn reads, 4,094 unless told.
LONGEST = 8190


class Worker(ThreadWorker):
    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:
        if not isinstance(exc, LimitRequestLine):
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("Request line too long from ip=%s", (addr or ("",))[0])
        try:
            write_nonblock(client, too_long_answer())
        except OSError:
            self.log.debug("Failed to send the refusal of a request line.")


@cache
def too_long_answer() -> bytes:
    """The whole HTTP answer, a page without session nor query. Call once Django is set up."""
    from marketplace.ui.error_pages import address_too_long

    page = address_too_long(most=LONGEST)
    head = (
        "HTTP/1.1 414 URI Too Long\r\nConnection: close\r\nContent-Type: text/html; charset=utf-8\r\n"
        f"Cache-Control: no-store\r\nContent-Length: {len(page)}\r\n\r\n"
    )
    return head.encode("ascii") + page
