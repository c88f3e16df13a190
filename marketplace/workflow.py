"""The one way to change a state.

A model declares its moves as data (``MOVES``) and writes one method per move, which calls
:meth:`Stateful.perform`. The row is locked, its version and state are compared under that lock, and
the journal line is written in the same transaction. Nothing else assigns ``state``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models, transaction
from django.utils import timezone

from marketplace.errors import MoveRefused, VersionStale

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


@dataclass(frozen=True, slots=True)
class Move:
    """One line of a moves table. ``sources`` never holds a wildcard: every start is named."""

    name: str
    sources: frozenset[str]
    target: str
    label: str = ""


def moves(*table: Move) -> dict[str, Move]:
    """The table by name. Raises ValueError on a name given twice."""
    by_name = {move.name: move for move in table}
    if len(by_name) != len(table):
        raise ValueError("a move is named twice")
    return by_name


def state_constraint(name: str, states: Iterable[str]) -> models.CheckConstraint:
    """The database's own word on which states exist."""
    return models.CheckConstraint(
        name=name,
        condition=models.Q(state__in=sorted(states)),
        violation_error_message="Cet état n’existe pas.",
    )


class Stateful(models.Model):
    """``state`` moved only by :meth:`perform`; ``version`` counts every journalled change (the ETag)."""

    MOVES: ClassVar[Mapping[str, Move]] = {}

    state = models.CharField("état", max_length=40, db_index=True)
    version = models.PositiveIntegerField("version", default=1)
    state_since = models.DateTimeField("dans cet état depuis", default=timezone.now)

    class Meta:
        abstract = True

    def available_moves(self) -> tuple[Move, ...]:
        return tuple(move for move in self.MOVES.values() if self.state in move.sources)

    def check_move(self, name: str) -> None:
        """Raise MoveRefused on the state as read; perform() compares again under the lock."""
        move = self.MOVES[name]
        if self.state not in move.sources:
            raise self._refusal(move, self.state)

    def perform(
        self,
        name: str,
        *,
        actor: Actor,
        reason: str = "",
        expected_version: int | None = None,
        apply: Callable[[Self], None] | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> Self:
        """Make the move ``name`` and journal it, in one transaction.

        ``apply`` receives the locked row before the state changes; it may set other fields and may
        raise any DomainError to refuse. Raises MoveRefused, VersionStale. Refreshes ``self``.
        """
        move = self.MOVES[name]
        with transaction.atomic():
            row = self._locked(expected_version)
            if row.state not in move.sources:
                raise self._refusal(move, row.state)
            if apply is not None:
                apply(row)
            before, row.state, row.state_since = row.state, move.target, timezone.now()
            row._save_next_version()
            row._journal(name, actor=actor, before=before, reason=reason, detail=detail)
        self._copy_from(row)
        return self

    def touch(
        self,
        what: str,
        *,
        actor: Actor,
        apply: Callable[[Self], None],
        reason: str = "",
        expected_version: int | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> Self:
        """Change other fields under the same lock, version and journal; the state stays."""
        with transaction.atomic():
            row = self._locked(expected_version)
            apply(row)
            row._save_next_version()
            row._journal(what, actor=actor, before=row.state, reason=reason, detail=detail)
        self._copy_from(row)
        return self

    def journal_creation(self, *, actor: Actor, detail: Mapping[str, Any] | None = None) -> None:
        """Journal the row's first state; call in the transaction that inserted it."""
        self._journal("create", actor=actor, before="", reason="", detail=detail)

    def _locked(self, expected_version: int | None) -> Self:
        # of=("self",): joined rows of a multi-table lookup must not be locked too.
        row = type(self)._base_manager.select_for_update(of=("self",)).get(pk=self.pk)
        if expected_version is not None and row.version != expected_version:
            raise VersionStale(current=row.version, about=row)
        return row

    def _save_next_version(self) -> None:
        self.version += 1
        self.save()

    def _journal(
        self, what: str, *, actor: Actor, before: str, reason: str, detail: Mapping[str, Any] | None
    ) -> None:
        from marketplace.audit.journal import record

        record(self, what, actor=actor, from_state=before, to_state=self.state, reason=reason, detail=detail)

    def _copy_from(self, row: Self) -> None:
        for field in self._meta.concrete_fields:
            setattr(self, field.attname, getattr(row, field.attname))
        self._state.fields_cache.clear()

    def _refusal(self, move: Move, state: str) -> MoveRefused:
        label = move.label or move.name
        now = self.state_label(state)
        return MoveRefused(
            "wrong_state",
            f"« {label} » n’est pas possible : l’état est maintenant « {now} ». Rechargez la page.",
            about=self,
        )

    @classmethod
    def state_label(cls, state: str) -> str:
        """The French word of a state: the choices of the field, else the code itself."""
        choices = dict(getattr(cls._meta.get_field("state"), "flatchoices", None) or ())
        return str(choices.get(state, state))
