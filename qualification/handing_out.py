"""Which evidence of a decided dossier anybody may read, and without which parts.

A redacted copy is made anew from the words that stay: nothing of the original file goes into it, neither
image, nor layer, nor metadata, so nothing can be read under a mark. What has no words to make a copy of (an
image, a spreadsheet, a scanned PDF) is given whole or not at all. Grounds: as for letters, see `redaction`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from marketplace.accounts.abilities import require
from marketplace.audit.journal import record
from marketplace.documents.pdf import compile_pdf, row
from marketplace.documents.pdf_words import Unreadable, words_of_pdf
from marketplace.errors import RuleBroken
from marketplace.files.sniff import CSV, PDF, TEXT
from marketplace.files.store import read_file, store_bytes
from marketplace.ui.typography import date_text
from qualification.abilities import dossier_abilities, person_of
from qualification.enums import CopyOutcome, RedactionGround
from qualification.models import Decision, Evidence, EvidenceCopy
from qualification.redaction import HIDDEN, check_passages, redacted

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from marketplace.files.models import StoredFile

TEMPLATE = Path(__file__).parent / "pdf" / "evidence_copy.typ"
PAGE_HIDDEN, PAGE_EMPTY = "[page occultée]", "[page sans texte lisible : non reproduite]"
NO_WORDS = (
    "Cette preuve n’a pas de texte dont faire une copie (image, tableur, document protégé ou numérisé) : "
    "communiquez-la en entier, ou pas du tout."
)
NOTE = (
    "Cette copie est refaite à partir du seul texte de la preuve : ni sa mise en page ni ses images n’y "
    f"figurent. Les parties couvertes par un secret protégé par la loi y sont remplacées par « {HIDDEN} »."
)
_PAGES = re.compile(r"(\d{1,4})(?:\s*-\s*(\d{1,4}))?")


@dataclass(frozen=True, slots=True)
class Hiding:
    """``pages``: numbers from 1, of a PDF alone."""

    outcome: str
    passages: Sequence[str] = ()
    pages: Sequence[int] = ()
    ground: str = ""
    reason: str = ""


def pages_of(text: str) -> list[int]:
    """« 2, 5-7 » → [2, 5, 6, 7]. Raises RuleBroken on « pages »."""
    found: set[int] = set()
    for part in filter(None, (each.strip() for each in text.replace("\n", ",").split(","))):
        match = _PAGES.fullmatch(part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last:
            message = f"« {part} » n’est pas une page. Écrivez par exemple « 2, 5-7 »."
            raise RuleBroken("page_unreadable", message, field="pages")
        found.update(range(first, last + 1))
    return sorted(found)


def evidence_of(decision: Decision, *, number: str) -> Evidence | None:
    """One of those joined to its dossier."""
    joined = Evidence.objects.filter(uses__dossier=decision.dossier_id, number=number)
    return joined.select_related("file", "organisation").distinct().first()


def handed(decision: Decision) -> list[tuple[Evidence, EvidenceCopy | None]]:
    """Each piece of evidence of its dossier with the last word on it. Two queries."""
    joined = Evidence.objects.filter(uses__dossier=decision.dossier_id).distinct().order_by("pk")
    words = {copy.evidence_id: copy for copy in decision.evidence_copies.in_force()}
    return [(evidence, words.get(evidence.pk)) for evidence in joined]


def preview(evidence: Evidence, hiding: Hiding, *, actor: Actor) -> list[str]:
    """What the copy would say, page by page. The reading is written to the evidence's journal. Raises
    RuleBroken on « outcome », « passages », « pages », « ground » or « reason »."""
    _check(hiding)
    pages = _words(evidence.file, actor=actor)
    beyond = [number for number in hiding.pages if number > len(pages)]
    if beyond:
        message = f"Cette preuve a {len(pages)} pages : il n’y a pas de page {beyond[0]}."
        raise RuleBroken("page_absent", message, field="pages")
    kept = [PAGE_HIDDEN if number in hiding.pages else text for number, text in enumerate(pages, start=1)]
    hidden, found = redacted(kept, hiding.passages)
    check_passages(hiding.passages, found, where="le texte de la preuve")
    return [text if text.strip() else PAGE_EMPTY for text in hidden]


def decide(decision: Decision, evidence: Evidence, hiding: Hiding, *, actor: Actor) -> EvidenceCopy:
    """Say what anybody may read of it from now on. Raises RuleBroken as :func:`preview` does."""
    require(dossier_abilities(actor, decision.dossier), "redact")
    _check(hiding)
    assert actor.organisation is not None
    is_copy = hiding.outcome == CopyOutcome.REDACTED
    pages = preview(evidence, hiding, actor=actor) if is_copy else []
    whole = hiding.outcome == CopyOutcome.WHOLE
    with transaction.atomic():
        copy = EvidenceCopy.objects.create(
            decision=decision,
            evidence=evidence,
            outcome=hiding.outcome,
            file=_made(decision, evidence, pages, hiding=hiding, actor=actor) if is_copy else None,
            passages=list(hiding.passages) if is_copy else [],
            pages=list(hiding.pages) if is_copy else [],
            ground="" if whole else hiding.ground,
            reason="" if whole else hiding.reason.strip(),
            made_by=person_of(actor),
        )
        told = {"evidence": evidence.number, "outcome": hiding.outcome}
        if copy.file:
            told["sha256"] = copy.file.sha256
        record(decision.dossier, "hand_out_evidence", actor=actor, detail=told, reason=copy.reason)
    return copy


def _check(hiding: Hiding) -> None:
    if hiding.outcome not in CopyOutcome.values:
        raise RuleBroken("outcome_missing", "Dites ce qui est communiqué.", field="outcome")
    if hiding.outcome == CopyOutcome.WHOLE:
        if hiding.passages or hiding.pages:
            message = "Rien n’est occulté d’une preuve communiquée en entier : choisissez la copie occultée."
            raise RuleBroken("nothing_hidden", message, field="outcome")
        return
    if hiding.ground not in RedactionGround.values:
        raise RuleBroken("ground_missing", "Dites au nom de quel secret.", field="ground")
    if not hiding.reason.strip():
        message = "Écrivez le motif : le fournisseur et ceux qui demandent la preuve le liront."
        raise RuleBroken("reason_missing", message, field="reason")
    if hiding.outcome == CopyOutcome.REDACTED and not (hiding.passages or hiding.pages):
        message = "Donnez les passages ou les pages à occulter, ou communiquez la preuve en entier."
        raise RuleBroken("nothing_to_hide", message, field="passages")


def _words(stored: StoredFile, *, actor: Actor) -> list[str]:
    """Page by page; one page for a text."""
    if stored.media_type in (TEXT, CSV):
        return [read_file(stored, actor=actor).decode("utf-8-sig")]
    if stored.media_type == PDF:
        try:
            pages = words_of_pdf(read_file(stored, actor=actor))
        except Unreadable:
            pages = []
        if any(page.strip() for page in pages):
            return pages
    raise RuleBroken("no_words", NO_WORDS, field="outcome")


def _made(
    decision: Decision, evidence: Evidence, pages: list[str], *, hiding: Hiding, actor: Actor
) -> StoredFile:
    name, kind = f"{evidence.number}-copie", evidence.file.media_type
    assert actor.organisation is not None
    if kind == PDF:
        content = _pdf(decision, evidence, pages, hiding=hiding)
        return store_bytes(
            content, name=f"{name}.pdf", owner=actor.organisation, actor=actor, accept=frozenset({PDF})
        )
    suffix = ".csv" if kind == CSV else ".txt"
    return store_bytes(
        pages[0].encode(), name=name + suffix, owner=actor.organisation, actor=actor,
        accept=frozenset({TEXT, CSV}),
    )  # fmt: skip


def _pdf(decision: Decision, evidence: Evidence, pages: list[str], *, hiding: Hiding) -> bytes:
    now = timezone.now()
    facts = [
        row("Preuve", evidence.number),
        row("Dossier", decision.dossier.number),
        row("Décision", f"{decision.get_stage_display()} du {date_text(decision.decided_at)}"),
        row("Copie faite le", date_text(now)),
        row("Occulté au nom de", RedactionGround(hiding.ground).label),
        row("Motif", hiding.reason.strip()),
        row("Empreinte SHA-256 de l’original", evidence.file.sha256),
    ]
    data = {
        "title": f"Copie communicable de la preuve {evidence.number}",
        "author": decision.dossier.number,
        "description": "Texte de la preuve, sans ses parties occultées",
        "facts": facts,
        "note": NOTE,
        "pages": [
            {"title": f"Page {number}", "lines": [line for line in text.splitlines() if line.strip()]}
            for number, text in enumerate(pages, start=1)
        ],
    }
    return compile_pdf(TEMPLATE, data, when=now)
