"""Checking the journal: every link, every commitment, every signed head, and what stayed unsealed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef
from django.utils import timezone

from marketplace.audit.chain import GENESIS, link_hash
from marketplace.audit.heads import file_of, head_error, read_files
from marketplace.audit.journal import side_commitment
from marketplace.audit.models import AuditEvent, AuditHead, AuditSeal, AuditSide, AuditVerification

UNSEALED_AFTER = dt.timedelta(seconds=60)
CHUNK = 2_000
NAMED_AT_MOST = 20


@dataclass(slots=True)
class Report:
    """``verified`` links hold, from the first one on; ``broken_seq`` is the first that does not."""

    verified: int = 0
    broken_seq: int | None = None
    broken_at: dt.datetime | None = None
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def intact(self) -> bool:
        return not self.problems


def verify_journal(*, now: dt.datetime | None = None) -> Report:
    """Reads the whole journal in chunks; writes nothing."""
    report = Report()
    _verify_links(report)
    _verify_unsealed(report, now=now or timezone.now())
    _verify_sides(report)
    _verify_heads(report)
    return report


def verify_and_remember() -> Report:
    """The same, and one row that the auditor's page reads."""
    report = verify_journal()
    AuditVerification.objects.create(
        verified=report.verified,
        broken_seq=report.broken_seq,
        broken_at=report.broken_at,
        problems=report.problems[:NAMED_AT_MOST],
    )
    return report


def _verify_links(report: Report) -> None:
    seq, prev_hash = 0, GENESIS
    for seal in AuditSeal.objects.select_related("event").order_by("seq").iterator(chunk_size=CHUNK):
        reason = _link_error(seal, expected=seq + 1, prev_hash=prev_hash)
        if reason:
            report.broken_seq, report.broken_at = seal.seq, seal.event.at
            report.problems.append(f"Chaîne rompue à l’événement {seal.seq}\u00a0: {reason}.")
            return
        seq, prev_hash = seal.seq, seal.hash
        report.verified = seq


def _link_error(seal: AuditSeal, *, expected: int, prev_hash: str) -> str:
    if seal.seq != expected:
        return f"le maillon {expected} manque"
    if seal.prev_hash != prev_hash:
        return "il ne suit pas le maillon précédent"
    if seal.hash != link_hash(seal.event, seq=seal.seq, prev_hash=seal.prev_hash):
        return "l’événement a été modifié"
    return ""


def _verify_unsealed(report: Report, *, now: dt.datetime) -> None:
    sealed = AuditSeal.objects.filter(event=OuterRef("pk"))
    late = AuditEvent.objects.filter(~Exists(sealed), at__lt=now - UNSEALED_AFTER).order_by("pk")
    count = late.count()
    if count:
        names = ", ".join(str(event.uuid) for event in late[:5])
        report.problems.append(f"{count} événement(s) non scellé(s) depuis plus de 60\u00a0s, dont {names}.")


def _verify_sides(report: Report) -> None:
    sides = AuditSide.objects.select_related("event").order_by("pk")
    altered = 0
    for side in sides.iterator(chunk_size=CHUNK):
        if _commitment(side) != side.event.side_commitment:
            altered += 1
            if altered <= NAMED_AT_MOST:
                report.problems.append(f"Texte annexe modifié\u00a0: événement {side.event.uuid}.")
    erased = AuditEvent.objects.filter(side__isnull=True).count()
    if erased:
        report.notes.append(f"{erased} texte(s) annexe(s) effacé(s)\u00a0: la chaîne n’en dépend pas.")


def _commitment(side: AuditSide) -> str:
    return side_commitment(
        salt=side.salt, actor_label=side.actor_label, ip=side.ip, reason=side.reason, detail=side.detail
    )


def _verify_heads(report: Report) -> None:
    for seq, link, signature, origin in _heads(report):
        error = head_error(seq, link, signature) or _against_chain(seq, link)
        if error:
            report.problems.append(f"Tête {seq} ({origin})\u00a0: {error}.")


def _heads(report: Report) -> Iterator[tuple[int, str, str, str]]:
    rows = {head.seq: head for head in AuditHead.objects.all()}
    for head in rows.values():
        yield head.seq, head.hash, head.signature, "base"
        if not file_of(head.seq).exists():
            report.notes.append(f"Tête {head.seq}\u00a0: son fichier n’est pas ici.")
    for found in read_files():
        if found["error"]:
            report.problems.append(f"Fichier de tête\u00a0: {found['error']}.")
            continue
        if found["seq"] not in rows:
            report.problems.append(f"Tête {found['seq']}\u00a0: son fichier existe, sa ligne a disparu.")
        yield found["seq"], found["hash"], found["signature"], "fichier"


def _against_chain(seq: int, link: str) -> str:
    found = AuditSeal.objects.filter(seq=seq).values_list("hash", flat=True).first()
    if found is None:
        return "la chaîne s’arrête avant elle"
    return "" if found == link else "elle ne correspond pas à la chaîne"
