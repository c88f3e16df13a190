"""Evidence given once and joined where it serves: kept, joined, taken off, read under a journal."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from marketplace.accounts.abilities import require
from marketplace.audit.journal import record
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.files.models import FileAccess, StoredFile
from marketplace.files.store import abandon, content_of, store_upload
from marketplace.numbering import next_number
from qualification.abilities import evidence_abilities, evidences_abilities
from qualification.models import Dossier, Evidence, EvidenceUse
from qualification.papers import problem_of
from qualification.schemes import load_scheme
from qualification.states import SUPPLIER_STATES

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from marketplace.accounts.actors import Actor


def keep(*, actor: Actor, title: str, upload: UploadedFile, valid_until: dt.date | None = None) -> Evidence:
    """A new piece of evidence of the actor's organisation. Raises RuleBroken on a field."""
    require(evidences_abilities(actor), "create")
    assert actor.organisation is not None
    if not title.strip():
        raise RuleBroken("title_missing", "Nommez la preuve.", field="title")
    if valid_until is not None and valid_until < timezone.localdate():
        raise RuleBroken(
            "evidence_ended",
            "Cette preuve n’est plus valable : joignez celle qui l’est, ou corrigez la date.",
            field="valid_until",
        )
    with transaction.atomic():
        file = store_upload(upload, owner=actor.organisation, actor=actor)
        _refuse_unreadable(file)
        made = Evidence.objects.create(
            number=next_number("PRV"),
            organisation=actor.organisation,
            title=title.strip(),
            file=file,
            valid_until=valid_until,
            added_by=actor.user,
        )
        record(made, "create", actor=actor, detail={"sha256": made.file.sha256})
    return made


def _refuse_unreadable(file: StoredFile) -> None:
    """What nobody could read proves nothing. Its row goes with the transaction, its bytes now."""
    problem = problem_of(content_of(file), file.media_type)
    if problem:
        abandon(file)
        message = f"« {file.name} » ne s’ouvre pas : {problem}. Joignez un fichier entier, sans mot de passe."
        raise RuleBroken("file_unreadable", message, field="file")


def join(evidence: Evidence, *, actor: Actor, dossier: Dossier, requirement: str) -> EvidenceUse:
    """Use it for a requirement of one's own dossier, while the supplier has the ball.

    Raises RuleBroken on « requirement » or « dossier », MoveRefused at a wrong time.
    """
    require(evidence_abilities(actor, evidence), "join")
    if dossier.organisation_id != evidence.organisation_id:
        raise RuleBroken("dossier_not_yours", "Choisissez l’un de vos dossiers.", field="dossier")
    known = {one.code for one in load_scheme(dossier.scheme, dossier.scheme_edition).requirements}
    if requirement not in known:
        raise RuleBroken("unknown_requirement", "Cette exigence n’existe pas.", field="requirement")
    try:
        with transaction.atomic():
            row = _with_supplier(dossier)
            made = EvidenceUse.objects.create(
                evidence=evidence, dossier=row, requirement=requirement, added_by=actor.user
            )
            detail = {"evidence": evidence.number, "requirement": requirement}
            record(row, "join_evidence", actor=actor, detail=detail)
    except IntegrityError:
        message = "Cette preuve est déjà jointe à cette exigence."
        raise RuleBroken("joined_already", message, field="requirement") from None
    return made


def take_off(use: EvidenceUse, *, actor: Actor) -> None:
    """The evidence stays; it no longer serves this requirement. Raises MoveRefused at a wrong time."""
    require(evidence_abilities(actor, use.evidence), "join")
    with transaction.atomic():
        row = _with_supplier(use.dossier)
        detail = {"evidence": use.evidence.number, "requirement": use.requirement}
        record(row, "take_off_evidence", actor=actor, detail=detail)
        use.delete()


def _with_supplier(dossier: Dossier) -> Dossier:
    row = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
    if row.state not in SUPPLIER_STATES:
        raise MoveRefused(
            "dossier_examined",
            "Ce dossier est à l’examen : ses preuves ne changent pas. Attendez une demande de corrections.",
        )
    return row


def uses_by_requirement(dossier: Dossier) -> dict[str, list[EvidenceUse]]:
    """One query."""
    found: dict[str, list[EvidenceUse]] = {}
    for use in dossier.evidence.select_related("evidence__file"):
        found.setdefault(use.requirement, []).append(use)
    return found


def accesses_of(evidence: Evidence) -> QuerySet[FileAccess]:
    """Every reading of its file, newest first, with who read it."""
    return evidence.file.accesses.select_related("user", "organisation")
