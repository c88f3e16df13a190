"""What any application says, whatever it is to."""

from __future__ import annotations

from marketplace.errors import RuleBroken

UNATTESTED = "Attestez que vous n’êtes dans aucun cas d’exclusion, ou ne candidatez pas."
REASON_READ = "Donnez le motif : le fournisseur le lira."


def refuse_unattested(not_excluded: bool) -> None:
    """Raises RuleBroken."""
    if not not_excluded:
        raise RuleBroken("exclusion_unattested", UNATTESTED, field="not_excluded")


def refuse_no_reason(reason: str, message: str = REASON_READ) -> None:
    """Raises RuleBroken."""
    if not reason.strip():
        raise RuleBroken("reason_missing", message, field="reason")
