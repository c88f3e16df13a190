"""How a lower app tells an upper one, without importing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db import transaction

from marketplace.events.models import DomainEvent, EventDelivery
from marketplace.leases import claim, fail, finish, held

Handler = Callable[[DomainEvent], None]
_CONSUMERS: dict[str, dict[str, Handler]] = {}


def consumer(kind: str, *, name: str) -> Callable[[Handler], Handler]:
    """Register a function for a kind of event. Its name is kept in rows: never change it."""

    def register(handler: Handler) -> Handler:
        known = _CONSUMERS.setdefault(kind, {})
        if known.get(name, handler) is not handler:
            raise ValueError(f"{name} is registered twice for {kind}")
        known[name] = handler
        return handler

    return register


def emit(kind: str, payload: Mapping[str, Any]) -> DomainEvent:
    """Write the event and one delivery per consumer, in the caller's transaction; ring on commit."""
    from marketplace.events.tasks import deliver

    with transaction.atomic():
        event = DomainEvent.objects.create(kind=kind, payload=dict(payload))
        deliveries = EventDelivery.objects.bulk_create(
            [EventDelivery(event=event, consumer=name) for name in sorted(_CONSUMERS.get(kind, {}))]
        )
        for delivery in deliveries:
            deliver.ring(delivery)
    return event


def consume(delivery_id: int) -> bool:
    """Run the consumer and mark the delivery done in one transaction. False: nothing to do now.

    Effects on rows happen once, however often the message comes. A failure is kept on the row and
    tried again with back-off.
    """
    delivery = claim(EventDelivery, delivery_id)
    if delivery is None:
        return False
    handler = _CONSUMERS.get(delivery.event.kind, {}).get(delivery.consumer)
    if handler is None:
        fail(delivery, f"no consumer is named {delivery.consumer}")
        return False
    try:
        with transaction.atomic():
            if not held(delivery):
                return False
            handler(delivery.event)
            finish(delivery)
    except Exception as error:
        fail(delivery, f"{type(error).__name__}: {error}")
        raise
    return True
