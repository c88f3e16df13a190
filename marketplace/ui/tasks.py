from celery import shared_task
from celery.schedules import crontab
from django.contrib.sessions.backends.db import SessionStore

from marketplace.ui.models import UsedToken, VisitorSends


@shared_task(name="ui.forget_old_forms", ignore_result=True)
def forget_old_forms() -> None:
    """Used form tokens after two days, ended sessions with the text they kept. Safe to run twice."""
    UsedToken.objects.purge()
    SessionStore.clear_expired()


@shared_task(name="ui.forget_visitor_sends", ignore_result=True)
def forget_visitor_sends() -> None:
    """Counts of the minutes gone by. Safe to run twice."""
    VisitorSends.objects.purge()


BEAT = {
    "ui.forget_old_forms": {"task": "ui.forget_old_forms", "schedule": crontab(hour="3", minute="17")},
    "ui.forget_visitor_sends": {"task": "ui.forget_visitor_sends", "schedule": 600.0},
}
