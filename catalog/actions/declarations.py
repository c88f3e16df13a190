"""A supplier corrects, carries on or withdraws what it declared itself. The history of facts stays.

Never a mark that a register, a check or a third party speaks for, nor one on which an act was recorded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from catalog import trust
from catalog.abilities import is_editable
from catalog.enums import Origin, TrustStatus
from catalog.models import TrustFact, TrustMark
from catalog.states import TRUST_MOVES
from marketplace.audit.journal import record
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.files.store import store_upload

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from marketplace.accounts.actors import Actor

# What a supplier may say of itself; a loss is its issuer's to say.
DECLARABLE = (
    TrustStatus.IN_FORCE,
    TrustStatus.RENEWAL_PENDING,
    TrustStatus.IN_PROGRESS,
    TrustStatus.ANNOUNCED,
)
EDITABLE = (
    "label",
    "level",
    "scope",
    "regions",
    "milestone",
    "valid_from",
    "valid_until",
    "decision_number",
    "issuer",
)
# A held status given up otherwise than by a withdrawal would warn nobody.
FORWARD = ("start", "obtain", "renew")
WITHDRAWN = "Déclaration retirée par le fournisseur."


def is_own_word(mark: TrustMark) -> bool:
    """Nobody but the supplier has spoken of this mark yet."""
    last = mark.facts.order_by("recorded_at", "pk").last()
    spoken = mark.origin != Origin.DECLARED or (last is not None and last.origin != Origin.DECLARED)
    return not spoken and mark.status in (*DECLARABLE, TrustStatus.NONE, TrustStatus.UNKNOWN)


def refuse_if_not_own(mark: TrustMark) -> None:
    """Raises MoveRefused: somebody else than the supplier has spoken, or the offer is closed."""
    if not is_editable(mark.offer):
        raise MoveRefused(
            "offer_closed", f"L’offre est « {mark.offer.get_state_display()} » : elle ne se modifie plus."
        )
    if not is_own_word(mark):
        raise MoveRefused(
            "not_a_declaration",
            "Un acte ou un constat de l’opérateur est enregistré : cette déclaration ne se modifie plus.",
        )


def edit_mark(
    mark: TrustMark, *, actor: Actor, fields: Mapping[str, Any], expected_version: int | None = None
) -> TrustMark:
    """`fields`: any of EDITABLE, and `status` to go forward. A correction supersedes the last fact.

    Raises MoveRefused, VersionStale, RuleBroken (status that cannot follow), ValidationError (dates,
    perimeter described twice).
    """
    unknown = set(fields) - {*EDITABLE, "status"}
    if unknown:
        raise TypeError(f"not fields of a declaration: {sorted(unknown)}")
    with transaction.atomic():
        trust.lock_stack()
        locked = trust.locked_mark(mark, expected_version)
        refuse_if_not_own(locked)
        before = locked.status
        status = _next_status(locked, fields.get("status", before))
        changed = [name for name in EDITABLE if name in fields and getattr(locked, name) != fields[name]]
        if status == before and not changed:
            return mark
        for name in changed:
            setattr(locked, name, fields[name])
        _write(locked, status, actor=actor, before=before, what="edit", reason="")
    mark.refresh_from_db()
    return mark


def forward_statuses(mark: TrustMark) -> set[str]:
    """What a declaration may become from its present status."""
    return {TRUST_MOVES[name].target for name in FORWARD if mark.status in TRUST_MOVES[name].sources}


def _next_status(mark: TrustMark, status: str) -> TrustStatus:
    if status == mark.status:
        return TrustStatus(status)
    if status not in forward_statuses(mark):
        raise RuleBroken(
            "status_cannot_follow",
            f"Après « {TrustStatus(mark.status).label} », ce statut ne peut pas suivre. "
            "Retirez la déclaration si elle n’est plus vraie.",
            field="status",
        )
    return TrustStatus(status)


def retract_mark(
    mark: TrustMark, *, actor: Actor, reason: str = "", expected_version: int | None = None
) -> TrustMark:
    """The declaration is withdrawn: a dated fact, « aucune » from now on. Those who relied on it are told."""
    with transaction.atomic():
        trust.lock_stack()
        locked = trust.locked_mark(mark, expected_version)
        refuse_if_not_own(locked)
        locked.check_move("retract")
        words = reason.strip() or WITHDRAWN
        _write(locked, TrustStatus.NONE, actor=actor, before=locked.status, what="retract", reason=words)
    mark.refresh_from_db()
    return mark


def join_evidence(
    mark: TrustMark, *, actor: Actor, upload: UploadedFile, expected_version: int | None = None
) -> TrustMark:
    """The certificate of a declaration, in place of the one before (which is kept, not shown).

    Raises RuleBroken on the file (type read in its bytes, 10 MB), MoveRefused, VersionStale.
    """
    if actor.organisation is None:
        raise RuleBroken("no_organisation", "Agissez au nom d’une organisation pour joindre un fichier.")
    with transaction.atomic():
        locked = trust.locked_mark(mark, expected_version)
        refuse_if_not_own(locked)
        locked.evidence = store_upload(upload, owner=actor.organisation, actor=actor)
        locked.version += 1
        locked.save()
        record(locked, "join_evidence", actor=actor, detail={"sha256": locked.evidence.sha256})
    mark.refresh_from_db()
    return mark


def _write(
    mark: TrustMark, status: TrustStatus, *, actor: Actor, before: str, what: str, reason: str
) -> None:
    """Save, append the fact, journal, recompute, tell. The same status again corrects the last fact."""
    last = mark.facts.order_by("recorded_at", "pk").last()
    mark.status = status
    mark.version += 1
    mark.full_clean(exclude=["evidence"])
    mark.save()
    corrected = last if status == before and last is not None else None
    fact = TrustFact(mark=mark, origin=Origin.DECLARED, reason=reason, supersedes=corrected)
    since = corrected.effective_at if corrected is not None else timezone.now()
    trust.append_fact(fact, trust.Act(status, since, issuer=mark.issuer), actor=actor)
    record(mark, what, actor=actor, from_state=before, to_state=status, reason=reason)
    trust.spread(mark, before=before, fact=fact)
