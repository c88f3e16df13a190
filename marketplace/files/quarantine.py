"""A file from outside is held until a scanner has judged it; infected, it is never given out.

Where no scanner is configured nothing is held: the file is given as « non analysé », said on screen.
"""

from __future__ import annotations

from django.utils import timezone

from marketplace.accounts.actors import system_actor
from marketplace.audit.journal import record
from marketplace.errors import Gone, MoveRefused
from marketplace.files.models import FileScan, ScanState, StoredFile
from marketplace.files.scan import scanner
from marketplace.files.tasks import scan_file
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
        found = f"Un logiciel malveillant a été trouvé dans « {stored.name} » : ce fichier n’est plus donné."
        raise Gone("file_infected", found, reason="Joignez un fichier sain à sa place.")


def judge(stored: StoredFile) -> ScanState:
    """What the scanner says; unscanned when none is configured any more. Raises OSError: try again."""
    from marketplace.files.store import content_of

    judged_by = scanner()
    return judged_by(content_of(stored)) if judged_by is not None else ScanState.UNSCANNED


def settle(stored: StoredFile, verdict: ScanState) -> None:
    """Write the verdict; an infected file is journalled and its sender told. Call in a transaction."""
    before = stored.scan_state
    StoredFile.objects.filter(pk=stored.pk).update(scan_state=verdict, scanned_at=timezone.now())
    if verdict != ScanState.INFECTED:
        return
    record(stored, "infected", actor=SCANNER_ACTOR, from_state=before, to_state=verdict)
    if stored.uploaded_by is not None:
        notify(
            [stored.uploaded_by],
            subject=f"Fichier infecté : {stored.name}",
            body="Notre analyse y a trouvé un logiciel malveillant. Personne ne peut plus le lire. "
            "Analysez le poste d’où il vient, puis joignez un fichier sain.",
            organisation=stored.owner,
            key=f"file-infected-{stored.pk}",
        )


def take_backlog() -> int:
    """Files kept before a scanner was configured: scanned little by little, given out meanwhile."""
    if scanner() is None:
        return 0
    old = StoredFile.objects.filter(scan_state=ScanState.UNSCANNED, scan__isnull=True).order_by("pk")
    made = FileScan.objects.bulk_create(
        [FileScan(file=stored) for stored in old[:BACKLOG_AT_ONCE]], ignore_conflicts=True
    )
    return len(made)
