"""The preview: every presentation attached, judged with what is in force and with another release.

Nothing is fetched: each is judged on the documents it was last judged with, so that a difference is the
release's alone. One row a presentation, run by workers under a lease; the page reads the rows.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from catalog.models import Offer
from marketplace.accounts.abilities import require
from marketplace.audit.journal import record
from marketplace.errors import MoveRefused
from marketplace.leases import LeaseState, claim, fail, finish, sweep
from qualification.gaiax.material import NO_ANCHORS
from qualification.gaiax.remedies import TITLES
from qualification.gaiax.report import IDS, interrupted
from qualification.models import GaiaxRelease, OfferCredential, ReleaseTrial, TrialResult
from qualification.models.check_run import OPEN_LEASES
from qualification.releases.abilities import releases_abilities
from qualification.releases.books import book_of, current_pk
from qualification.verifications import judge_with

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

logger = logging.getLogger(__name__)
IN_FORCE = "C’est déjà ce qui juge les titres : il n’y a rien à prévisualiser."
# Findings of one judgement that are kept to be shown.
MOST_KEPT = 30


def ask_trial(release: GaiaxRelease | None, *, actor: Actor) -> ReleaseTrial:
    """One row for each presentation attached now. Raises NotAllowed, MoveRefused (already in force)."""
    require(releases_abilities(actor), "choose")
    present = current_pk()
    if (release.pk if release is not None else None) == present:
        raise MoveRefused("already_in_force", IN_FORCE)
    with transaction.atomic():
        trial = ReleaseTrial.objects.create(
            release=release, compared_with_id=present, asked_by=actor.user, asked_at=timezone.now()
        )
        kept = OfferCredential.objects.attached().order_by("pk").values_list("pk", "uuid")
        made = TrialResult.objects.bulk_create(
            TrialResult(trial=trial, credential_id=pk, text_id=text_id) for pk, text_id in kept
        )
        record(trial, "ask_trial", actor=actor, detail={"release": str(trial), "presentations": len(made)})
    for row in made[:MOST_RUNG]:
        _bell().ring(row)
    return trial


# The sweeper rings for the others: a preview never floods the queue.
MOST_RUNG = 50


def run_result(pk: int) -> bool:
    """Judge one presentation twice and write it once. False: nothing to do now. Two child processes."""
    row = claim(TrialResult, pk)
    if row is None:
        return False
    kept = row.credential
    if kept.uuid != row.text_id:
        # Another text since: the trial is stale, and says so when it is applied.
        return finish(row, **_interrupted())
    try:
        before, after = (
            told(judge_with(kept.text, kept.material, book=book_of(number)))
            for number in (row.trial.compared_with_id, row.trial.release_id)
        )
    except Exception as error:
        # Ours, never the supplier's: given back, then unknown on both sides.
        logger.exception("result %s of a Gaia-X release trial failed", row.pk)
        if row.attempt < row.MAX_ATTEMPTS:
            return fail(row, f"{type(error).__name__}: {error}")
        return finish(row, **_interrupted(), last_error=str(error)[:2000])
    return finish(row, before=before, after=after)


def told(report: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of a report: its verdict, and what does not pass."""
    findings = [dict(each) for each in report["checks"] if each["verdict"] != "pass"]
    return {"verdict": report["verdict"], "checks": findings[:MOST_KEPT]}


def _interrupted() -> dict[str, Any]:
    said = told(interrupted(NO_ANCHORS).as_dict())
    return {"before": said, "after": said}


def sweep_trials() -> int:
    lost = TrialResult.objects.filter(lease_state=LeaseState.DEAD, after={})
    lost.update(**_interrupted(), done_at=timezone.now())
    return sweep(TrialResult, _bell().ring_now)


@dataclass(frozen=True, slots=True)
class Change:
    """``moved``: (title of the check, verdict before, verdict after, what is said after)."""

    offer: Offer
    before: str
    after: str
    moved: tuple[tuple[str, str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where a trial stands. ``changes`` first lose what passed, then gain, then differ otherwise."""

    judged: int
    total: int
    changes: tuple[Change, ...]
    # Both sides unknown for want of time or of an answer of ours.
    unknown: int

    @property
    def is_over(self) -> bool:
        return self.judged == self.total


def outcome_of(trial: ReleaseTrial) -> Outcome:
    """One query."""
    rows = list(trial.results.select_related("credential__offer__supplier").order_by("pk"))
    done = [row for row in rows if row.lease_state not in OPEN_LEASES]
    found = [change for row in done if row.after and (change := _change(row)) is not None]
    found.sort(key=lambda one: (one.before != "pass", one.after != "pass", one.offer.name.casefold()))
    unknown = sum(1 for row in done if row.after and row.after["verdict"] == "unknown")
    return Outcome(len(done), len(rows), tuple(found), unknown)


def _change(row: TrialResult) -> Change | None:
    before, after = _verdicts(row.before), _verdicts(row.after)
    moved = tuple(
        (TITLES[id_], before[id_], after[id_], _said(row.after, id_))
        for id_ in IDS
        if before[id_] != after[id_]
    )
    if not moved and row.before["verdict"] == row.after["verdict"]:
        return None
    return Change(row.credential.offer, row.before["verdict"], row.after["verdict"], moved)


def _verdicts(kept: Mapping[str, Any]) -> dict[str, str]:
    """By check; failures come first in a report, so the first word on a check is its gravest."""
    found = dict.fromkeys(IDS, "pass")
    for each in reversed(kept["checks"]):
        found[each["id"]] = each["verdict"]
    return found


def _said(kept: Mapping[str, Any], id_: str) -> str:
    return " ".join(each["message"] for each in kept["checks"] if each["id"] == id_)


def _bell() -> Any:
    from qualification import tasks

    return tasks.try_release
