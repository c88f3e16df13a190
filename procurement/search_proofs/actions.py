"""Issuing the paper of a frozen list: made, kept and journalled at once."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from marketplace.audit.journal import canonical, record
from marketplace.errors import MoveRefused
from marketplace.files.sniff import PDF
from marketplace.files.store import store_bytes
from marketplace.numbering import next_number
from procurement.models import EligibilityList, EligibilityRow, Project, SearchProof
from procurement.search_proofs.document import search_proof_pdf

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


def issue_latest(project: Project, *, actor: Actor) -> SearchProof:
    """Of the newest frozen list. Raises MoveRefused without one."""
    made = project.eligibility_lists.by_hand().first()
    if made is None:
        raise MoveRefused(
            "list_not_frozen", "Figez d’abord la présélection : le justificatif prouve ce qu’elle contient."
        )
    made.project = project
    return issue(made, actor=actor)


def issue(made: EligibilityList, *, actor: Actor) -> SearchProof:
    """Safe to run twice: a frozen list has one paper."""
    with transaction.atomic():
        project = (
            Project.objects.select_for_update(of=("self",))
            .select_related("organisation")
            .get(pk=made.project_id)
        )
        known = SearchProof.objects.for_pages().filter(eligibility_list=made).first()
        if known is not None:
            return known
        rows = list(rows_of(made))
        proof = SearchProof(
            number=next_number("JUS"),
            project=project,
            eligibility_list=made,
            list_sha256=hash_of(made, rows),
            issued_by=actor.user,
            issued_at=timezone.now(),
        )
        proof.file = store_bytes(
            search_proof_pdf(proof, rows=rows),
            name=f"{proof.number}.pdf",
            owner=project.organisation,
            actor=actor,
            accept=frozenset({PDF}),
        )
        proof.save()
        detail = {"project": project.number, "list_sha256": proof.list_sha256, "sha256": proof.file.sha256}
        record(proof, "issue", actor=actor, detail=detail)
    return proof


def rows_of(made: EligibilityList) -> Any:
    """Frozen rows in one order for ever; one query."""
    found = EligibilityRow.objects.filter(eligibility_list=made)
    return found.select_related("offer__supplier", "offer_version").order_by("standing", "offer__number")


def hash_of(made: EligibilityList, rows: list[EligibilityRow]) -> str:
    """Of the need as it was told, and every row: offer, version, standing, reasons, statuses."""
    judged = [
        {
            "offer": row.offer.number,
            "version": row.offer_version.number if row.offer_version else None,
            "standing": row.standing,
            "findings": row.findings,
            "statuses": row.statuses,
            "shortlisted": row.shortlisted,
        }
        for row in rows
    ]
    return hashlib.sha256(canonical({"told": made.told, "rows": judged})).hexdigest()
