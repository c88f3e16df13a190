"""What a dossier's page shows of its checks and requirements, in few queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.health.models import QueuePause
from marketplace.leases import LeaseState
from qualification.checks import CHECKS
from qualification.enums import FindingVerdict, RunTrigger, Verdict
from qualification.evidence import uses_by_requirement
from qualification.findings import last_findings, standing_of
from qualification.models import CheckRun, Dossier, EvidenceUse, Finding
from qualification.schemes import Requirement, load_scheme


@dataclass(frozen=True, slots=True)
class Progress:
    """The last run of each check, in the scheme's order, the watch that follows a decision left out;
    ``over`` of them have ended; ``pauses``: of the queues in which others wait."""

    runs: tuple[CheckRun, ...]
    over: int
    pauses: tuple[QueuePause, ...] = ()

    @property
    def total(self) -> int:
        return len(self.runs)

    @property
    def is_over(self) -> bool:
        return self.over == self.total

    @property
    def sentence(self) -> str:
        if not self.total:
            return "Aucun contrôle lancé"
        return f"{self.over} contrôles sur {self.total} terminés"


@dataclass(frozen=True, slots=True)
class Line:
    """One requirement with what is known of it: the last run of each of its checks; None: not judged.

    `stands` False: the finding was opened again by a correction, it is to be judged again.
    """

    requirement: Requirement
    runs: tuple[CheckRun, ...]
    finding: Finding | None
    stands: bool = True
    evidence: Sequence[EvidenceUse] = ()

    @property
    def is_judged(self) -> bool:
        return self.finding is not None and self.stands

    @property
    def coverage(self) -> str:
        """covered, partly, not_covered or unknown: the officer's word first, else the check's."""
        if self.finding is not None and self.stands:
            return BY_FINDING[self.finding.verdict]
        said = {BY_VERDICT.get(run.current, "unknown") for run in self.runs if not run.is_set_aside}
        return next((code for code in GRAVITY if code in said), "unknown")


BY_FINDING: dict[str, str] = {
    FindingVerdict.CONFORM: "covered",
    FindingVerdict.NOT_APPLICABLE: "covered",
    FindingVerdict.CONFORM_WITH_RESERVE: "partly",
    FindingVerdict.NOT_CONFORM: "not_covered",
}
BY_VERDICT: dict[str, str] = {Verdict.PASS: "covered", Verdict.WARN: "partly", Verdict.FAIL: "not_covered"}
# As for judgements: what nobody could verify does not hide behind what was merely noted.
GRAVITY = ("not_covered", "unknown", "partly", "covered")
COVERAGE_LABELS = {
    "covered": "Couvertes",
    "partly": "À surveiller",
    "not_covered": "Non couvertes",
    "unknown": "Inconnues",
}


def progress_of(dossier: Dossier) -> Progress:
    """One query; one more while a check waits."""
    examined = dossier.runs.exclude(trigger=RunTrigger.WATCH)
    rows = examined.select_related("dispute").order_by("check_code", "run_number")
    latest = {run.check_code: run for run in rows}
    order = load_scheme(dossier.scheme, dossier.scheme_edition).checks
    runs = tuple(_of(dossier, latest[code]) for code in order if code in latest)
    return Progress(runs, sum(run.is_over for run in runs), pauses_of(runs))


def pauses_of(runs: Sequence[CheckRun]) -> tuple[QueuePause, ...]:
    """The open pauses of the queues in which some of these runs wait. One query, none when none waits."""
    queues = {CHECKS[run.check_code].queue for run in runs if run.lease_state == LeaseState.DUE}
    return tuple(QueuePause.objects.open().filter(queue__in=queues)) if queues else ()


def runs_of(dossier: Dossier, code: str) -> list[CheckRun]:
    """The history of one check, newest first, with its disputes and its gaps. One query."""
    rows = dossier.runs.filter(check_code=code).select_related("requested_by", "dispute").with_gaps()
    return [_of(dossier, run) for run in rows.order_by("-run_number")]


def lines_of(dossier: Dossier, progress: Progress) -> tuple[Line, ...]:
    """Two queries more, and one for the corrections unless they were prefetched."""
    runs = {run.check_code: run for run in progress.runs}
    found = last_findings(dossier)
    stands = standing_of(dossier, found)
    joined = uses_by_requirement(dossier)
    scheme = load_scheme(dossier.scheme, dossier.scheme_edition)
    return tuple(
        Line(
            one,
            tuple(runs[code] for code in one.checks if code in runs),
            found.get(one.code),
            stands.get(one.code, True),
            joined.get(one.code, ()),
        )
        for one in scheme.requirements
    )


def coverage_of(lines: Sequence[Line]) -> dict[str, int]:
    """How many requirements by coverage, all four always present."""
    counts = dict.fromkeys(COVERAGE_LABELS, 0)
    for line in lines:
        counts[line.coverage] += 1
    return counts


def _of(dossier: Dossier, run: CheckRun) -> CheckRun:
    run.dossier = dossier
    if run.contested is not None:
        run.contested.dossier = dossier
    return run
