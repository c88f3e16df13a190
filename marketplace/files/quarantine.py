"""A file from outside is held until a scanner has judged it; infected, it is never given out.

Where no scanner is configured nothing is held: the file is given as « non analysé », said on screen.
"""

from __future__ import annotations

from django.utils import timezone

from marketplace.accounts.actors import system_actor
from marketplace.audit.journal import record
from marketplace.errors import Gone, MoveRefused
from marketplace.files.models import FileScan, ScanState, StoredFile
from marketplace.files.scan import Verdict, scanner
from marketplace.files.tasks import scan_file
from marketplace.leases import LeaseState
from marketplace.notifications.outbox import notify


class FileHeld(MoveRefused):
    """409, under a title of its own: nothing changed, it is simply too early."""

    title = "Ce fichier n’est pas encore analysé"


SCANNER_ACTOR = system_actor("files.scan")
BACKLOG_AT_ONCE = 200


def first_state() -> ScanState:
    return ScanState.WAITING if scanner() is not None else ScanState.UNSCANNED


def hold(stored: StoredFile) -> None:
    """Have it scanned once the running transaction commits; the sweeper rings again if that bell is lost."""
    scan_file.ring(FileScan.objects.create(file=stored))


def raise_if_withheld(stored: StoredFile) -> None:
    """Raises MoveRefused (409) while it waits for its scan, Gone (410) when something was found in it."""
    if stored.scan_state == ScanState.WAITING:
        raise FileHeld(
            "file_held",
            f"« {stored.name} » attend son analyse antivirus. Il sera donné dès qu’elle l’aura trouvé sain : "
            "réessayez dans quelques minutes.",
        )
    if stored.scan_state == ScanState.INFECTED:
        named = f" ({stored.scan_finding})" if stored.scan_finding else ""
        found = f"Un logiciel malveillant a été trouvé dans « {stored.name} »{named} : il n’est plus donné."
        raise Gone("file_infected", found, reason="Joignez un fichier sain à sa place.")


def judge(stored: StoredFile) -> Verdict:
    """What the scanner says; unscanned when none is configured any more. Raises OSError: try again."""
    from marketplace.files.store import kept_pieces

    judged_by = scanner()
    return judged_by(kept_pieces(stored)) if judged_by is not None else Verdict(ScanState.UNSCANNED)


def settle(stored: StoredFile, verdict: Verdict) -> None:
    """Write the verdict; an infected file is journalled and its sender told. Call in a transaction."""
    before = stored.scan_state
    stored.scan_state, stored.scan_finding = verdict
    # Nobody looked: the date of an analysis is not written.
    stored.scanned_at = timezone.now() if verdict.state != ScanState.UNSCANNED else None
    stored.save(update_fields=["scan_state", "scan_finding", "scanned_at"])
    if verdict.state != ScanState.INFECTED:
        return
    record(
        stored,
        "infected",
        actor=SCANNER_ACTOR,
        from_state=before,
        to_state=verdict.state,
        detail={"finding": verdict.finding},
    )
    if stored.uploaded_by is not None:
        notify(
            [stored.uploaded_by],
            subject=f"Fichier infecté : {stored.name}",
            body=stored.scan_reason,
            organisation=stored.owner,
            key=f"file-infected-{stored.pk}",
        )


def take_backlog() -> int:
    """Files nobody has scanned (kept, or judged, while no scanner was configured): scanned little by
    little, given out meanwhile. Returns how many were queued."""
    if scanner() is None:
        return 0
    left = FileScan.objects.filter(lease_state=LeaseState.DONE, file__scan_state=ScanState.UNSCANNED)
    again = FileScan.objects.filter(pk__in=list(left.values_list("pk", flat=True)[:BACKLOG_AT_ONCE])).update(
        lease_state=LeaseState.DUE, attempt=0, due_at=timezone.now(), sent_at=None, done_at=None
    )
    old = StoredFile.objects.filter(scan_state=ScanState.UNSCANNED, scan__isnull=True).order_by("pk")
    made = FileScan.objects.bulk_create(
        [FileScan(file=stored) for stored in old[:BACKLOG_AT_ONCE]], ignore_conflicts=True
    )
    return again + len(made)
