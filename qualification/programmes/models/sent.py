from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.db import models

from marketplace.workflow import Stateful

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class SentToCall(Stateful):
    """What a supplier writes, sends before a call's cut-off, and the programme's operator chooses or not.

    ``sent_content`` is what was sent, frozen; ``sent_sha256`` is the digest of the receipt's file.
    ``awarded_eur`` repeats the operator's letter: None is unknown, never zero.
    """

    sent_at = models.DateTimeField(null=True, blank=True)
    sent_content = models.JSONField(default=dict, blank=True)
    sent_sha256 = models.CharField(max_length=64, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    decision_reference = models.CharField(max_length=120, blank=True)
    awarded_eur = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    recorded_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True

    # -- moves: called by the actions of the programmes with their rules

    def send(
        self,
        *,
        actor: Actor,
        content: dict[str, Any],
        sha256: str,
        at: dt.datetime,
        expected_version: int | None = None,
    ) -> Self:
        def apply(row: Self) -> None:
            row.sent_at, row.sent_content, row.sent_sha256 = at, content, sha256

        detail = {"sha256": sha256}
        return self.perform(
            "send", actor=actor, expected_version=expected_version, apply=apply, detail=detail
        )

    def take_back(self, *, actor: Actor, expected_version: int | None = None) -> Self:
        return self.perform("take_back", actor=actor, expected_version=expected_version)

    def withdraw(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> Self:
        return self.perform("withdraw", actor=actor, reason=reason, expected_version=expected_version)

    def record_outcome(
        self, move: str, *, actor: Actor, values: dict[str, Any], reason: str, expected_version: int | None
    ) -> Self:
        def apply(row: Self) -> None:
            for name, value in values.items():
                setattr(row, name, value)
            row.recorded_by = actor.user

        return self.perform(move, actor=actor, reason=reason, expected_version=expected_version, apply=apply)
