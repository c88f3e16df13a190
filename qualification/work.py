"""What workers have to do, and what they gave up: counted, shown to those who instruct, tried again.

A dead letter is a row tried as often as its kind allows, or that killed its worker each time. Nothing tries
it again by itself, so a person sees it here.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from marketplace.audit.journal import record
from marketplace.errors import MoveRefused, NotVisible
from marketplace.events.models import EventDelivery
from marketplace.files.models import FileScan
from marketplace.health.models import PausableQueue, QueuePause
from marketplace.leases import LeaseState, revive
from marketplace.notifications.models import OutgoingEmail
from qualification import pipeline, watch
from qualification.enums import DossierState
from qualification.models import CheckRun, GaiaxVerification, TrialResult
from qualification.models.check_run import OPEN_LEASES

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

Rows = QuerySet[Any, Any]
# Of each kind, the newest.
MOST = 200
NO_LONGER = "Ce travail n’est plus abandonné : il a été relancé, ou il est fait. Rechargez la page."
NOT_LISTED = (
    "Ce contrôle ne peut plus être relancé : le dossier n’est plus examiné et l’offre n’est pas référencée. "
    "Le résultat « non vérifié » reste dans le dossier."
)


@dataclass(frozen=True, slots=True)
class Work:
    """``told``: what one of its rows is about, in French, without the name of a person. ``again`` None: who
    asked for it asks again."""

    code: str
    label: str
    queue: str
    rows: Callable[[], Rows]
    told: Callable[[Any], str]
    url: Callable[[Any], str] = lambda row: ""
    again: Callable[[Any, Actor], None] | None = None


@dataclass(frozen=True, slots=True)
class QueueState:
    """``oldest``: since when the oldest row that is due waits. ``pause``: the one that is open."""

    code: str
    label: str
    waiting: int
    running: int
    oldest: dt.datetime | None
    pause: QueuePause | None

    @property
    def is_drained(self) -> bool:
        return self.pause is not None and self.running == 0


@dataclass(frozen=True, slots=True)
class Letter:
    """``id`` depends on the row alone. ``error``: what it raised last, empty when its worker was killed."""

    id: uuid.UUID
    work: Work
    row: Any

    @property
    def about(self) -> str:
        return self.work.told(self.row)

    @property
    def url(self) -> str:
        return self.work.url(self.row)

    @property
    def attempts(self) -> int:
        return int(self.row.attempt)

    @property
    def error(self) -> str:
        """Its kind and first words; of an e-mail, its kind alone: the rest may hold an address."""
        text = str(self.row.last_error)
        return text.partition(":")[0] if self.work.queue == PausableQueue.MAIL else text[:300]

    @property
    def since(self) -> dt.datetime:
        moment: dt.datetime = self.row.done_at or self.row.due_at
        return moment

    @property
    def may_be_tried(self) -> bool:
        return self.work.again is not None


def queue_states() -> list[QueueState]:
    """Of the queues that may be paused. One query, and one a kind of work."""
    open_pauses = QueuePause.objects.open().select_related("paused_by")
    pauses = {row.queue: row for row in open_pauses}
    return [_state(queue, pauses.get(queue.value)) for queue in PausableQueue]


def _state(queue: PausableQueue, pause: QueuePause | None) -> QueueState:
    counts = [
        work.rows()
        .filter(lease_state__in=OPEN_LEASES)
        .aggregate(
            waiting=Count("pk", filter=Q(lease_state=LeaseState.DUE)),
            running=Count("pk", filter=Q(lease_state=LeaseState.RUNNING)),
            oldest=Min("due_at", filter=Q(lease_state=LeaseState.DUE)),
        )
        for work in WORKS
        if work.queue == queue
    ]
    return QueueState(
        code=queue.value,
        label=str(queue.label),
        waiting=sum(each["waiting"] for each in counts),
        running=sum(each["running"] for each in counts),
        oldest=min((each["oldest"] for each in counts if each["oldest"]), default=None),
        pause=pause,
    )


def dead_letters() -> list[Letter]:
    """The newest first, MOST of each kind. A check that ran again since is no longer one."""
    found = [letter for work in WORKS for letter in _dead_of(work)]
    return sorted(found, key=lambda letter: letter.since, reverse=True)


def _dead_of(work: Work) -> Iterator[Letter]:
    for row in work.rows().filter(lease_state=LeaseState.DEAD).order_by("-pk")[:MOST]:
        yield Letter(uuid.uuid5(uuid.NAMESPACE_OID, f"{work.code} {row.pk}"), work, row)


def try_again(letter_id: uuid.UUID, *, actor: Actor) -> None:
    """Raises NotVisible when there is no such dead letter, MoveRefused when it cannot be tried."""
    letter = next((one for one in dead_letters() if one.id == letter_id), None)
    if letter is None:
        raise NotVisible
    if letter.work.again is None:
        raise MoveRefused("not_retried", "Ce travail se redemande depuis sa propre page.")
    with transaction.atomic():
        letter.work.again(letter.row, actor)
        record(letter.row, "try_again", actor=actor, detail={"work": letter.work.code})


def _revived(row: Any, _actor: Actor) -> None:
    if not revive(row):
        raise MoveRefused("no_longer_dead", NO_LONGER)


def _checked_again(run: CheckRun, actor: Actor) -> None:
    """A new run: what was written stays. Raises MoveRefused when the dossier or the offer takes none now."""
    if run.dossier.state != DossierState.DECIDED:
        pipeline.replay(run.dossier, check_code=run.check_code, actor=actor)
    elif not watch.look_now(run.offer_version.offer, run.check_code):
        raise MoveRefused("not_retried", NOT_LISTED)


def _runs(*, local: bool) -> Callable[[], Rows]:
    def rows() -> Rows:
        later = CheckRun.objects.filter(
            dossier=OuterRef("dossier"),
            check_code=OuterRef("check_code"),
            run_number__gt=OuterRef("run_number"),
        )
        codes = Q(check_code__in=pipeline.local_codes())
        found = CheckRun.objects.filter(codes if local else ~codes).exclude(
            Q(lease_state=LeaseState.DEAD) & Exists(later)
        )
        return found.select_related("dossier__offer", "offer_version__offer")

    return rows


def _of_run(run: CheckRun) -> str:
    return f"{run.title}, {run.offer_version.offer.name}"


def _of_email(row: OutgoingEmail) -> str:
    return f"Courriel à une adresse de {row.to.rpartition('@')[2]}"


WORKS = (
    Work("local-checks", "Contrôle", "checks", _runs(local=True), _of_run,
         lambda run: run.get_absolute_url(), _checked_again),
    Work("outgoing-checks", "Contrôle", "fetch", _runs(local=False), _of_run,
         lambda run: run.get_absolute_url(), _checked_again),
    Work("gaiax", "Vérification Gaia-X", "fetch", GaiaxVerification.objects.all,
         lambda row: f"Vérification Gaia-X du {row.created_at:%d/%m/%Y}"),
    Work("trials", "Aperçu d’une version Gaia-X", "checks",
         lambda: TrialResult.objects.select_related("trial"),
         lambda row: "Titre jugé avec une autre version", lambda row: row.trial.get_absolute_url()),
    Work("scans", "Analyse de fichier", "checks", FileScan.objects.all,
         lambda row: "Analyse antivirus d’un fichier", again=_revived),
    Work("emails", "Courriel", "mail", OutgoingEmail.objects.all, _of_email, again=_revived),
    Work("events", "Suite d’un événement", "events", lambda: EventDelivery.objects.select_related("event"),
         lambda row: f"{row.event.kind}, pour {row.consumer}", again=_revived),
)  # fmt: skip
