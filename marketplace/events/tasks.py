from celery import shared_task

from marketplace.bells import Bell
from marketplace.leases import sweep


@shared_task(base=Bell, name="events.deliver", rows="events.EventDelivery")
def deliver(delivery_id: int) -> None:
    from marketplace.events.bus import consume

    consume(delivery_id)


@shared_task(name="events.sweep", ignore_result=True)
def sweep_deliveries() -> None:
    from marketplace.events.models import EventDelivery

    sweep(EventDelivery, deliver.ring_now)


BEAT = {"events-sweep": {"task": "events.sweep", "schedule": 10.0}}
