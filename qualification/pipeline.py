"""Checks of a dossier as rows that workers run. The database is the truth, the broker a bell.

Sending a dossier inserts one due run per check. A worker claims a run (or, of those that read the database
only, all that wait for the dossier), judges, and writes what is still its own; in that same transaction it
locks the dossier and, when no run of the round is open any more, moves it on. Two last runs that end
together are told apart by that lock. Nothing is chained in the broker: killing a worker, the broker or
PostgreSQL leaves rows that the sweeper rings for.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import OperationalError, transaction
from django.db.models import Max
from django.utils import timezone

from catalog.actions.authoring import identity_checked
from catalog.models import OfferVersion
from catalog.questions.conditions import questions_read
from catalog.questions.engine import changed
from marketplace.accounts.actors import system_actor
from marketplace.audit.journal import record
from marketplace.errors import MoveRefused
from marketplace.leases import (
    LeaseState,
    claim,
    claim_untried,
    fail,
    finish,
    finish_together,
    put_back,
    sweep,
)
from qualification import attaching, watch
from qualification.checks import CHECKS, Check, Judgement
from qualification.checks.base import gravity
from qualification.doors import through
from qualification.enums import DossierState, RunTrigger, Verdict
from qualification.facts import input_hash
from qualification.gather import GATHER
from qualification.hosts import BUSY_SECONDS, HostBusy, Looks
from qualification.models import CheckRun, Dossier
from qualification.models.check_run import OPEN_LEASES
from qualification.schemes import load_scheme
from qualification.states import REPLAY_STATES

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

logger = logging.getLogger(__name__)

# What a run says once it is over.
RESULT = (
    "check_version", "rule", "verdict", "message", "remedy", "evidence", "input_hash", "duration_ms",
)  # fmt: skip
IDENTITY = "legal_identity"
OUR_FAILURE = (
    "Notre contrôle n’a pas abouti (panne de notre côté). Il peut être relancé. "
    "Cela ne compte pas contre le fournisseur."
)


@dataclass(frozen=True, slots=True)
class Result:
    judgement: Judgement
    input_hash: str
    duration_ms: int


def start_round(dossier: Dossier) -> list[CheckRun]:
    """One run per check of the dossier's scheme: due, or carried from the round before when nothing that
    the check reads has changed. Call in the transaction that sends the dossier."""
    scheme = load_scheme(dossier.scheme, dossier.scheme_edition)
    kept = untouched(dossier, scheme.checks)
    due = [insert_due(dossier, code, trigger=RunTrigger.ROUND) for code in scheme.checks if code not in kept]
    tell_workers(due)
    return due + [_carried(dossier, kept[code]) for code in scheme.checks if code in kept]


def tell_workers(runs: Iterable[CheckRun]) -> None:
    """After the commit: one message for the local checks of a version in a dossier's round, which are run
    together, and one for each check that goes out."""
    together: dict[tuple[int, int, int], list[CheckRun]] = {}
    for run in runs:
        if is_local(run.check_code):
            together.setdefault(_company(run), []).append(run)
        else:
            _bell(run.check_code).ring(run)
    for first, *others in together.values():
        _bell(first.check_code).ring(first, *others)


def untouched(dossier: Dossier, codes: Sequence[str]) -> dict[str, CheckRun]:
    """The last results that still hold: same answers read, no other fact read, no look outside, not too
    old, and not contested. Two queries; none at the first round."""
    if dossier.round <= 1:
        return {}
    rows = dossier.runs.filter(check_code__in=codes).select_related("offer_version", "dossier", "dispute")
    last = {run.check_code: run for run in rows.order_by("check_code", "run_number")}
    return {code: run for code, run in last.items() if _still_holds(run, dossier)}


def _still_holds(run: CheckRun, dossier: Dossier) -> bool:
    check = CHECKS[run.check_code]
    if check.facts or check.observe or not run.is_over or run.check_version != check.version:
        return False
    if run.current in ("", Verdict.UNKNOWN) or run.contested is not None or dossier.offer_version is None:
        return False
    moved = {question.id for question in changed(run.offer_version.answers, dossier.offer_version.answers)}
    return moved.isdisjoint(questions_read(check.reads))


def _carried(dossier: Dossier, source: CheckRun) -> CheckRun:
    """A new row of this round, with the result and the date of the run that saw it."""
    assert dossier.offer_version is not None
    return CheckRun.objects.create(
        dossier=dossier,
        offer_version=dossier.offer_version,
        round=dossier.round,
        check_code=source.check_code,
        run_number=source.run_number + 1,
        lease_state=LeaseState.DONE,
        done_at=source.done_at,
        carried_from=source.carried_from or source,
        **{name: getattr(source, name) for name in RESULT},
    )


def replay(dossier: Dossier, *, check_code: str, actor: Actor) -> CheckRun:
    """Run one check again, as a new row. Raises MoveRefused while it runs, or at a wrong time."""
    with transaction.atomic():
        row = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
        if row.state not in REPLAY_STATES:
            raise MoveRefused(
                "checks_closed", "Les contrôles ne se relancent que pendant l’examen du dossier."
            )
        if row.runs.open().filter(check_code=check_code).exists():
            raise MoveRefused("check_running", "Ce contrôle est déjà en cours. Attendez son résultat.")
        run = due_run(row, check_code, trigger=RunTrigger.REPLAY, requested_by=actor)
        record(row, "replay_check", actor=actor, from_state=row.state, to_state=row.state)
    return run


def due_run(
    dossier: Dossier,
    code: str,
    *,
    trigger: str,
    requested_by: Actor | None = None,
    version: OfferVersion | None = None,
) -> CheckRun:
    """A run of one check on ``version``, by default the one the dossier is about; a worker is told."""
    run = insert_due(dossier, code, trigger=trigger, requested_by=requested_by, version=version)
    tell_workers([run])
    return run


def insert_due(
    dossier: Dossier,
    code: str,
    *,
    trigger: str,
    requested_by: Actor | None = None,
    version: OfferVersion | None = None,
) -> CheckRun:
    """As :func:`due_run`, and nobody is told: the caller tells of several together (:func:`tell_workers`)."""
    judged = version or dossier.offer_version
    assert judged is not None
    last = dossier.runs.filter(check_code=code).aggregate(top=Max("run_number"))["top"] or 0
    check = CHECKS[code]
    return CheckRun.objects.create(
        dossier=dossier,
        offer_version=judged,
        round=dossier.round,
        check_code=code,
        run_number=last + 1,
        trigger=trigger,
        requested_by=requested_by.user if requested_by else None,
        check_version=check.version,
        rule=check.rule,
    )


def gravest_run(dossier: Dossier, codes: Sequence[str]) -> CheckRun | None:
    """Of the last run of each of these checks, the one that says the worst. One query."""
    rows = dossier.runs.filter(check_code__in=codes).order_by("check_code", "run_number")
    last = {run.check_code: run for run in rows}
    return min(last.values(), key=lambda run: gravity(run.verdict), default=None)


def run_check(run_id: int) -> bool:
    """Run one check and write its result once. False: nothing to do now (done, held elsewhere, not due).

    Network for the checks that observe. A failure of ours gives the run back; the last try is
    written as unknown. Raises OperationalError when the database went away: the lease will expire.
    """
    run = claim(CheckRun, run_id)
    return run is not None and _judged_and_written([run])


def run_local_checks(run_id: int) -> bool:
    """Every check of that run's company (see :func:`tell_workers`) that nobody has tried: one claim, one
    transaction for their results. False: nothing to do now.

    A run that was tried before goes alone, so a check that kills its worker holds its neighbours up once.
    Raises OperationalError as :func:`run_check` does.
    """
    told = CheckRun.objects.only("dossier_id", "round", "offer_version_id", "lease_state").get(pk=run_id)
    dossier_id, number, version_id = _company(told)
    runs = claim_untried(
        CheckRun.objects.filter(
            dossier_id=dossier_id, round=number, offer_version_id=version_id, check_code__in=local_codes()
        )
    )
    if runs:
        version = OfferVersion.objects.select_related("offer__supplier").get(pk=version_id)
        for run in runs:
            run.offer_version = version
    written = _judged_and_written(runs)
    if told.is_over or any(run.pk == run_id for run in runs):
        return written
    return run_check(run_id) or written


def _judged_and_written(runs: Sequence[CheckRun]) -> bool:
    """Whether anything was written. What raised is given back or given up, each on its own row."""
    done, today, written = [], timezone.localdate(), False
    for run in runs:
        try:
            done.append((run, judge(run, on=today)))
        except OperationalError:
            raise
        except HostBusy:
            put_back(run, seconds=BUSY_SECONDS)
        except Exception as error:
            written |= _contained(run, error)
    return _write_what_can_be(done) or written


def _write_what_can_be(done: Sequence[tuple[CheckRun, Result]]) -> bool:
    """Together; when that cannot be (a result that no column takes), one by one, and what cannot be written
    is given back or given up."""
    try:
        return _write(done)
    except OperationalError:
        raise
    except Exception as error:
        if len(done) > 1:
            written = [_write_what_can_be([one]) for one in done]
            return any(written)
        return _contained(done[0][0], error)


def _contained(run: CheckRun, error: Exception) -> bool:
    """A check that raises is reported on its row, never on the supplier."""
    logger.error("check %s of dossier %s failed", run.check_code, run.dossier_id, exc_info=error)
    return _give_up_or_back(run, error)


def judge(run: CheckRun, *, on: dt.date) -> Result:
    """Gather, observe, judge. Raises HostBusy, and whatever the check raises."""
    started = time.monotonic()
    check: Check[Any] = CHECKS[run.check_code]
    version = run.offer_version
    facts = GATHER[check.code](version, on)
    given = input_hash(facts, check=check.code, version=check.version)
    if check.observe is not None:
        with through(Looks(waits=False).place):
            facts = check.observe(facts)
    judgement = check.judge(facts, on)
    if not isinstance(judgement, Judgement) or judgement.verdict not in Verdict.values:
        raise TypeError(f"{check.code} answered {type(judgement).__name__}")
    return Result(judgement, given, round((time.monotonic() - started) * 1000))


def _write(done: Sequence[tuple[CheckRun, Result]]) -> bool:
    """The results of runs of one version in one dossier and what follows from them, in one transaction; False
    when no claim held any more."""
    for run, result in done:
        judgement, check = result.judgement, CHECKS[run.check_code]
        run.verdict, run.message, run.remedy = judgement.verdict, judgement.message, judgement.remedy
        run.evidence, run.input_hash = dict(judgement.evidence), result.input_hash
        run.duration_ms, run.check_version, run.rule = result.duration_ms, check.version, check.rule
    with transaction.atomic():
        return _followed(finish_together([run for run, _ in done], RESULT))


def _give_up_or_back(run: CheckRun, error: Exception) -> bool:
    text = f"{type(error).__name__}: {error}"
    if run.attempt < run.MAX_ATTEMPTS:
        return fail(run, text)
    dead = {"lease_state": LeaseState.DEAD, "verdict": Verdict.UNKNOWN, "message": OUR_FAILURE}
    with transaction.atomic():
        return finish(run, **dead, last_error=text[:2000]) and _followed([run])


def _followed(runs: list[CheckRun]) -> bool:
    """What results, just written, change elsewhere. Call in their transaction."""
    if not runs:
        return False
    for run in runs:
        if run.check_code == IDENTITY and run.verdict == Verdict.PASS:
            identity_checked(run.offer_version.offer.supplier)
        attaching.judged_again(run)
    watch.note(*runs)
    close_round(runs[0].dossier_id)
    return True


def close_round(dossier_id: int) -> bool:
    """Move the dossier on when the last check of its round has ended. Locks it; safe to run twice."""
    with transaction.atomic(savepoint=False):
        dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier_id)
        if dossier.state != DossierState.CHECKING:
            return False
        # Read after the lock: a rival's result committed meanwhile is seen.
        if dossier.runs.filter(round=dossier.round, lease_state__in=OPEN_LEASES).exists():
            return False
        dossier.end_checks(actor=system_actor("checks"))
    return True


def sweep_checks() -> int:
    """Ring for runs that nobody was told of, bury those that killed every worker, close their rounds."""
    _bury_the_dead()
    for dossier_id in _stuck_dossiers():
        close_round(dossier_id)
    return sweep(CheckRun, _ringer())


def _bury_the_dead() -> None:
    """A run whose worker was killed each time is dead without a word: it gets the unknown verdict."""
    CheckRun.objects.filter(lease_state=LeaseState.DEAD, verdict="").update(
        verdict=Verdict.UNKNOWN, message=OUR_FAILURE, done_at=timezone.now()
    )


def _stuck_dossiers() -> list[int]:
    checking = Dossier.objects.filter(state=DossierState.CHECKING)
    return list(checking.exclude(runs__lease_state__in=OPEN_LEASES).values_list("pk", flat=True)[:500])


def _ringer() -> Callable[[int], bool]:
    """Rings for the rows of one sweep: once for those that nobody has tried and that go together."""
    told: set[tuple[int, int, int]] = set()

    def ring(run_id: int) -> bool:
        run = CheckRun.objects.only("check_code", "attempt", "dossier_id", "round", "offer_version_id").get(
            pk=run_id
        )
        together = is_local(run.check_code) and run.attempt == 0
        if together and _company(run) in told:
            return True
        rung = bool(_bell(run.check_code).ring_now(run_id))
        if rung and together:
            told.add(_company(run))
        return rung

    return ring


def _company(run: CheckRun) -> tuple[int, int, int]:
    """Local checks that share it are run together."""
    return run.dossier_id, run.round, run.offer_version_id


def is_local(check_code: str) -> bool:
    """Reads the database only."""
    return CHECKS[check_code].queue == "checks"


def local_codes() -> list[str]:
    return [code for code in CHECKS if is_local(code)]


def _bell(check_code: str) -> Any:
    from qualification import tasks

    return tasks.judge_check if is_local(check_code) else tasks.fetch_check
