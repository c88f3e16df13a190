"""For test_killed_consumer: the product's Celery application with one consumer whose first attempt
lasts until it is killed, short leases, a sweeper every second; `python -m tests.broker.event_app`
emits one event."""

import sys
import time

from marketplace.celery import app


@app.on_after_finalize.connect
def hurry(sender, **_):
    sender.conf.beat_schedule = {"sweep": {"task": "events.sweep", "schedule": 1.0}}


def register() -> None:
    import django

    django.setup()
    from marketplace.events.bus import consumer
    from marketplace.events.models import DomainEvent, EventDelivery

    EventDelivery.LEASE_SECONDS = 5

    @consumer("drill.happened", name="drill.reaction")
    def react(event: DomainEvent) -> None:
        DomainEvent.objects.create(kind="drill.effect", payload={"of": event.pk})
        if event.deliveries.get().attempt == 1:
            time.sleep(50)


register()
if __name__ == "__main__":
    from marketplace.events.bus import emit

    sys.stdout.write(str(emit("drill.happened", {}).pk))
