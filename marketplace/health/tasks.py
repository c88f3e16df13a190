from celery import shared_task

from marketplace.health.models import WorkerProbe


@shared_task(name="health.probe", ignore_result=True)
def probe() -> None:
    WorkerProbe.objects.stamp()


# Probes that waited for a worker say nothing about it: they expire instead of piling up.
BEAT = {"health-probe": {"task": "health.probe", "schedule": 5.0, "options": {"expires": 10}}}
