"""kombu's Redis transport, whose channels say that their connection is gone in words that Celery understands.

When Redis goes away while a worker waits for messages and holds an unacknowledged one, Celery closes its
connection twice. The second time the channel wants to put that message back, asks its connection for the
server's address, and kombu 5.7 answers AttributeError: no connection error, so Celery ends the whole worker
(« Unrecoverable error ») instead of connecting again. A task that ends afterwards acknowledges on that same
channel, with the same answer. Here both get a connection error; Celery logs it and connects again. The
message comes back by itself, if Redis kept it, or the sweeper rings (`marketplace.leases`).
"""

from __future__ import annotations

from typing import Any

from kombu.transport import redis
from redis.exceptions import ConnectionError as RedisConnectionError


class Channel(redis.Channel):
    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:  # kombu's
        if self.connection is None or self.connection.client is None:
            raise RedisConnectionError("this channel's connection is closed")
        return dict(super()._connparams(asynchronous))


class Transport(redis.Transport):
    Channel = Channel
