"""What only the clock changes: expiries are read from the clock at once, journalled here."""

import logging

from celery import shared_task
from celery.schedules import crontab
from django.db import transaction
from django.utils import timezone

from catalog.enums import TrustStatus
from catalog.models import Change, SavedSearch, TrustMark
from catalog.trust import end_of_validity, record_status
from marketplace.accounts.actors import system_actor

logger = logging.getLogger(__name__)
STANDING = (TrustStatus.IN_FORCE, TrustStatus.RENEWAL_PENDING)


@shared_task(name="catalog.journal_expiries", ignore_result=True)
def journal_expiries() -> int:
    """One fact per mark whose last day has passed. Safe to run twice: an expired mark is left alone."""
    today, actor, done = timezone.localdate(), system_actor("beat"), 0
    due = TrustMark.objects.filter(status__in=STANDING, valid_until__lt=today).order_by("pk")
    for pk in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            mark = TrustMark.objects.select_for_update(of=("self",)).get(pk=pk)
            if mark.status not in STANDING or mark.valid_until is None or mark.valid_until >= today:
                continue
            record_status(
                mark,
                status=TrustStatus.EXPIRED,
                actor=actor,
                effective_at=end_of_validity(mark.valid_until),
                issuer=mark.issuer,
                reason="Fin de validité atteinte.",
            )
            done += 1
    return done


@shared_task(name="catalog.watch_searches", ignore_result=True)
def watch_searches() -> int:
    """Every saved search that may have something to say. Safe to run twice: each row is locked."""
    from catalog.saved_searches.news import watch

    upto, done = Change.objects.settled(), 0
    due = SavedSearch.objects.due(upto, today=timezone.localdate()).order_by("pk")
    for pk in list(due.values_list("pk", flat=True)):
        try:
            watch(pk)
        except Exception:  # one search that cannot be read does not silence the others
            logger.exception("saved search %s", pk)
        else:
            done += 1
    return done


@shared_task(name="catalog.look_for_duplicates", ignore_result=True)
def look_for_duplicates() -> int:
    """Offers whose version or supplier changed since they were compared. Safe to run twice."""
    from catalog.duplicates import looking as duplicates

    return duplicates.look_for_duplicates()


@shared_task(name="catalog.look_for_price_outliers", ignore_result=True)
def look_for_price_outliers() -> int:
    """Prices far from the others, online or proposed. Safe to run twice."""
    from catalog import price_watch

    return price_watch.look_for_outliers()


BEAT = {
    "catalog.journal_expiries": {
        "task": "catalog.journal_expiries",
        "schedule": crontab(minute="*/10"),
    },
    "catalog.look_for_duplicates": {"task": "catalog.look_for_duplicates", "schedule": 60.0},
    "catalog.look_for_price_outliers": {
        "task": "catalog.look_for_price_outliers",
        "schedule": crontab(minute="*/10"),
    },
    "catalog.watch_searches": {"task": "catalog.watch_searches", "schedule": 60.0},
}
