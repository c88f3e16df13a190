"""Listed offers are looked at again for ever: what each check last saw, when it is due, who is told.

Every check of an offer has a row (`OfferCheck`). A result moves its next look to the same minute of another
day, a minute that depends on the offer alone: ten thousand offers are spread over the day and stay so. The
clock only inserts due runs; workers run them as those of a dossier. Nothing here suspends an offer.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
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
RENEWED = ("run", "verdict", "since", "seen_at", "tried_at", "failures", "next_at")


def note(*runs: CheckRun) -> None:
    """What these results of one version change of its offer's state. Call in the transaction of the results.

    A result on a version that is not the offer's own (a change being examined) is left to its dossier. An
    unknown on unchanged facts is ours: it renews nothing and takes nothing back. Three to five queries,
    whatever their number, but for a listed offer whose checks begin or cease to fail.
    """
    # As it is now: a check may have looked outside for a while.
    offer = Offer.objects.get(pk=runs[0].offer_version.offer_id)
    if offer.live_version_id not in (None, runs[0].offer_version_id):
        return
    by_code = {run.check_code: run for run in runs}
    rows = _kept_of(offer, by_code)
    older = [row for row in rows if row.run_id != by_code[row.check_code].pk]
    for row in older:
        _renew(row, by_code[row.check_code])
    OfferCheck.objects.bulk_update(older, RENEWED)
    if offer.state == OfferState.LISTED:
        _tell_people(offer, rows)


def _kept_of(offer: Offer, runs: dict[str, CheckRun]) -> list[OfferCheck]:
    """The offer's rows of these checks, locked in one order, made where there was none."""
    rows = OfferCheck.objects.filter(offer=offer).select_related("run").order_by("check_code")
    locked = rows.select_for_update(of=("self",))
    known = list(locked.filter(check_code__in=runs))
    new = sorted(set(runs) - {row.check_code for row in known})
    if not new:
        return known
    # A rival's first result may come in between: its row stands, and is renewed as any other.
    OfferCheck.objects.bulk_create([_first(offer, runs[code]) for code in new], ignore_conflicts=True)
    return known + list(locked.filter(check_code__in=new))


def _first(offer: Offer, run: CheckRun) -> OfferCheck:
    moment = _end_of(run)
    return OfferCheck(
        offer=offer, check_code=run.check_code, run=run, verdict=run.verdict,
        since=moment, seen_at=moment, tried_at=moment,
        failures=int(run.verdict == Verdict.FAIL),
        next_at=next_look(offer.pk, run.check_code, after=moment),
    )  # fmt: skip


def _renew(row: OfferCheck, run: CheckRun) -> None:
    moment = row.tried_at = _end_of(run)
    row.next_at = next_look(row.offer_id, run.check_code, after=moment)
    if run.verdict == Verdict.UNKNOWN and run.input_hash in ("", row.run.input_hash):
        return
    if run.verdict != row.verdict:
        row.since = moment
    row.run, row.verdict, row.seen_at = run, run.verdict, moment
    if run.verdict != Verdict.UNKNOWN:
        row.failures = row.failures + 1 if run.verdict == Verdict.FAIL else 0


def _end_of(run: CheckRun) -> dt.datetime:
    assert run.done_at is not None
    return run.done_at


def _tell_people(offer: Offer, rows: Sequence[OfferCheck]) -> None:
    codes = [row.check_code for row in rows]
    waiting = {
        alert.check_code: alert
        for alert in CheckAlert.objects.open().filter(offer=offer, check_code__in=codes)
    }
    for row in rows:
        alert = waiting.get(row.check_code)
        if row.failures == 0 and row.verdict != Verdict.UNKNOWN:
            if alert is not None and alert.recovered_at is None:
                alert.recovered_at = row.seen_at
                alert.save(update_fields=["recovered_at"])
        elif row.failures >= settings.CHECK_FAILURES_BEFORE_ALERT and alert is None:
            alert = CheckAlert.objects.create(
                offer=offer, check_code=row.check_code, run=row.run, failures=row.failures
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
        made = _look(rows, _dossiers({row.offer_id for row in rows}))
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
    return bool(_look([row], _dossiers({offer.pk})))


def _dossiers(offers: set[int]) -> dict[int, Dossier]:
    """The last dossier that listed each offer."""
    decided = Dossier.objects.filter(
        offer__in=offers, state=DossierState.DECIDED, outcome__in=LISTING_OUTCOMES
    )
    return {dossier.offer_id: dossier for dossier in decided.order_by("pk")}


def _look(rows: Iterable[OfferCheck], dossiers: dict[int, Dossier]) -> int:
    """Insert a run for each that has a dossier, a version, and none waiting; workers are told."""
    from qualification.pipeline import insert_due, tell_workers

    made = []
    for row in rows:
        dossier, version = dossiers.get(row.offer_id), row.offer.live_version
        if dossier is None or version is None or row.check_code not in CHECKS:
            continue
        if not dossier.runs.open().filter(check_code=row.check_code).exists():
            made.append(insert_due(dossier, row.check_code, trigger=RunTrigger.WATCH, version=version))
    tell_workers(made)
    return len(made)


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
