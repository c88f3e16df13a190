"""Listed offers are looked at again for ever: what each check last saw, when it is due, who is told.

Every check of an offer has a row (`OfferCheck`). A result moves its next look to the same minute of another
day, a minute that depends on the offer alone: ten thousand offers are spread over the day and stay so. The
clock only inserts due runs; workers run them as those of a dossier. Nothing here suspends an offer.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from catalog.enums import OfferState
from catalog.models import Offer
from marketplace.audit.journal import record
from marketplace.errors import MoveRefused, RuleBroken
from qualification import tell
from qualification.abilities import person_of
from qualification.checks import CHECKS
from qualification.checks.base import MONTH
from qualification.enums import LISTING_OUTCOMES, DossierState, RunTrigger, Verdict
from qualification.models import CheckAlert, CheckRun, Dossier, OfferCheck

if TYPE_CHECKING:
    from catalog.models import Offer
    from marketplace.accounts.actors import Actor

DAY = dt.timedelta(days=1)
# Checks that only an edit can change are looked at again once a month.
SELDOM = dt.timedelta(days=30)
# Runs inserted by one tick of the clock: a backlog is caught up over hours, not at once.
AT_ONCE = 500


def note(run: CheckRun) -> None:
    """What this result changes of the offer's state. Call in the transaction that writes it.

    A result on a version that is not the offer's own (a change being examined) is left to its dossier. An
    unknown on unchanged facts is ours: it renews nothing and takes nothing back.
    """
    # As it is now: a check may have looked outside for a while.
    offer = Offer.objects.get(pk=run.offer_version.offer_id)
    if offer.live_version_id not in (None, run.offer_version_id):
        return
    assert run.done_at is not None
    moment = run.done_at
    row, made = OfferCheck.objects.select_for_update().get_or_create(
        offer=offer,
        check_code=run.check_code,
        defaults={
            "run": run, "verdict": run.verdict, "since": moment, "seen_at": moment, "tried_at": moment,
            "failures": int(run.verdict == Verdict.FAIL),
            "next_at": next_look(offer.pk, run.check_code, after=moment),
        },
    )  # fmt: skip
    if not made:
        _renew(row, run, moment)
        row.next_at = next_look(offer.pk, run.check_code, after=moment)
        row.save()
    if offer.state == OfferState.LISTED:
        _tell_a_person(row, run)


def _renew(row: OfferCheck, run: CheckRun, moment: dt.datetime) -> None:
    row.tried_at = moment
    if run.verdict == Verdict.UNKNOWN and run.input_hash in ("", row.run.input_hash):
        return
    if run.verdict != row.verdict:
        row.since = moment
    row.run, row.verdict, row.seen_at = run, run.verdict, moment
    if run.verdict != Verdict.UNKNOWN:
        row.failures = row.failures + 1 if run.verdict == Verdict.FAIL else 0


def _tell_a_person(row: OfferCheck, run: CheckRun) -> None:
    waiting = CheckAlert.objects.open().filter(offer=row.offer, check_code=row.check_code)
    if row.failures == 0 and row.verdict != Verdict.UNKNOWN:
        waiting.filter(recovered_at__isnull=True).update(recovered_at=row.seen_at)
    if row.failures >= settings.CHECK_FAILURES_BEFORE_ALERT and not waiting.exists():
        alert = CheckAlert.objects.create(
            offer=row.offer, check_code=row.check_code, run=run, failures=row.failures
        )
        tell.check_failing(alert)


def next_look(offer_id: int, code: str, *, after: dt.datetime) -> dt.datetime | None:
    """The offer's own minute nearest to a day, or to a month, later; None: the check is no longer run."""
    check = CHECKS.get(code)
    if check is None:
        return None
    period = DAY if check.max_age <= MONTH else SELDOM
    midnight = after.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    found = midnight + period - DAY + dt.timedelta(seconds=slot(offer_id))
    while found - after < period - DAY / 2:
        found += DAY
    return found


def slot(offer_id: int) -> int:
    """Seconds after midnight (UTC), evenly spread, the same every day."""
    digest = hashlib.sha256(f"offer {offer_id}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % 86_400


def look_again(*, at: dt.datetime | None = None) -> int:
    """Insert the runs that are due now, AT_ONCE at most; safe to run twice. Number of runs inserted."""
    now = at or timezone.now()
    with transaction.atomic():
        due = OfferCheck.objects.filter(next_at__lte=now, offer__state=OfferState.LISTED)
        rows = list(
            due.select_for_update(of=("self",), skip_locked=True)
            .select_related("offer__live_version")
            .order_by("next_at")[:AT_ONCE]
        )
        dossiers = _dossiers({row.offer_id for row in rows})
        made = sum(_look(row, dossiers.get(row.offer_id)) for row in rows)
        for row in rows:
            row.next_at = next_look(row.offer_id, row.check_code, after=now)
        OfferCheck.objects.bulk_update(rows, ["next_at"])
    return made


def look_now(offer: Offer, code: str) -> bool:
    """A run of one check of a listed offer, without waiting for its hour. False: not listed, none to run on,
    or one is waiting already. Call in a transaction."""
    if offer.state != OfferState.LISTED:
        return False
    # The clock that looks again holds this row while it inserts: two of us never give one number twice.
    held = OfferCheck.objects.select_for_update(of=("self",)).filter(offer=offer, check_code=code)
    row = held.first() or OfferCheck(offer=offer, check_code=code)
    row.offer = offer
    return _look(row, _dossiers({offer.pk}).get(offer.pk))


def _dossiers(offers: set[int]) -> dict[int, Dossier]:
    """The last dossier that listed each offer."""
    decided = Dossier.objects.filter(
        offer__in=offers, state=DossierState.DECIDED, outcome__in=LISTING_OUTCOMES
    )
    return {dossier.offer_id: dossier for dossier in decided.order_by("pk")}


def _look(row: OfferCheck, dossier: Dossier | None) -> bool:
    from qualification.pipeline import due_run

    version = row.offer.live_version
    if dossier is None or version is None or row.check_code not in CHECKS:
        return False
    if dossier.runs.open().filter(check_code=row.check_code).exists():
        return False
    due_run(dossier, row.check_code, trigger=RunTrigger.WATCH, version=version)
    return True


def close_alert(alert: CheckAlert, *, actor: Actor, reason: str) -> CheckAlert:
    """Say what came of it. Raises RuleBroken without words, MoveRefused when somebody just did."""
    if not reason.strip():
        raise RuleBroken("reason_missing", "Dites ce que vous avez conclu de cette alerte.", field="reason")
    with transaction.atomic():
        row = CheckAlert.objects.select_for_update(of=("self",)).get(pk=alert.pk)
        if row.closed_at is not None:
            raise MoveRefused("alert_closed", "Cette alerte est déjà close.", about=row)
        row.outcome, row.closed_by, row.closed_at = reason, person_of(actor), timezone.now()
        row.save(update_fields=["outcome", "closed_by", "closed_at"])
        record(row, "close_alert", actor=actor, reason=reason, detail={"check": row.check_code})
    return row
