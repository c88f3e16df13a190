"""The database engine of the settings: Django's, less one round trip a request and some planning."""

from __future__ import annotations

import select
from typing import Any

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """`prepared`: names of the statements prepared on this connection (`marketplace.postgres.prepared`)."""

    prepared: set[str]

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self.prepared = set()
        return super().get_new_connection(conn_params)

    def is_usable(self) -> bool:
        """Asked once a request of a kept connection (`CONN_HEALTH_CHECKS`).

        A server that stopped, or ended this session, has said so on the socket or closed it: a silent socket
        is a sound connection, and nothing needs to be sent to know. Anything to read (a notice, a change of
        settings, the end) is left to Django's `SELECT 1`. What this does not see, a network that drops
        packets without a word, is bounded by `CONN_MAX_AGE`.
        """
        connection = self.connection
        if connection is None or connection.closed:
            return False
        return not _has_input(connection.pgconn.socket) or bool(super().is_usable())


def _has_input(socket: int) -> bool:
    watch = select.poll()
    watch.register(socket, select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(watch.poll(0))
