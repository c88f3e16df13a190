"""The Celery application: which queues, which rooms hold tasks, who is rung when.

The schedule is static: each room's ``tasks.BEAT`` says what it needs. Tasks are safe to run twice, so
two beats by mistake cost work and break nothing.
"""

import os
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from celery import Celery
from celery.signals import beat_init
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.prod")

ROOMS = (
    "marketplace.health",
    "marketplace.accounts",
    "marketplace.audit",
    "marketplace.events",
    "marketplace.files",
    "marketplace.notifications",
    "marketplace.rest",
    "marketplace.ui",
    "catalog",
    "qualification",
    "procurement",
)

# Seconds; below, a tick could expire between the clock and an idle worker.
LEAST_EXPIRY = 10.0

# By its name: imported only where the broker is a Redis.
TRANSPORT_ALIASES |= dict.fromkeys(("redis", "rediss"), "marketplace.redis_transport:Transport")

app = Celery("marketplace")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(list(ROOMS))


@app.on_after_finalize.connect
def collect_schedule(sender: Celery, **_: Any) -> None:
    schedule: dict[str, dict[str, Any]] = {}
    for room in ROOMS:
        if find_spec(f"{room}.tasks") is not None:
            schedule |= getattr(import_module(f"{room}.tasks"), "BEAT", {})
    sender.conf.beat_schedule = {name: _outdated_by_the_next(entry) for name, entry in schedule.items()}


def _outdated_by_the_next(entry: dict[str, Any]) -> dict[str, Any]:
    """A tick still waiting when the next one comes is dropped: a busy queue never fills with ticks."""
    every = entry["schedule"]
    if isinstance(every, int | float):
        return {**entry, "options": {"expires": max(every, LEAST_EXPIRY), **entry.get("options", {})}}
    return entry


@beat_init.connect
def probe_at_once(**_: Any) -> None:
    """Otherwise a fresh beat waits one whole period, and so does readiness."""
    import_module("marketplace.health.tasks").probe.apply_async(expires=10)
