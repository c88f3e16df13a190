"""Writing budget lines and envelopes: created, changed under lock, closed, reopened."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.numbering import next_number
from marketplace.ui.typography import euros
from procurement.budgets.alerts import watch_line
from procurement.budgets.enums import FIRST_YEAR, LAST_YEAR, BudgetKind, BudgetState
from procurement.budgets.ledger import used_of
from procurement.models import BudgetLine, Project

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

EDITABLE = ("label", "ceiling_eur", "basis", "source")
LARGEST = Decimal("999999999999.99")


def create_line(
    *,
    actor: Actor,
    kind: str,
    label: str,
    ceiling_eur: Decimal,
    basis: str,
    source: str,
    year: int | None = None,
    project: Project | None = None,
) -> BudgetLine:
    """Of the actor's administration. Raises RuleBroken naming the field."""
    if actor.organisation is None or not actor.is_buyer:
        raise NotAllowed("not_allowed", "Un budget est celui d’une administration.")
    _check_ceiling(ceiling_eur)
    _check_kind(kind, year=year, project=project)
    with transaction.atomic():
        if project is not None:
            # Held so that two envelopes are not made at once.
            Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
            _refuse_second_envelope(kind, project)
        line = BudgetLine.objects.create(
            number=next_number("BUD"),
            organisation=actor.organisation,
            kind=kind,
            project=project,
            year=year,
            label=label,
            ceiling_eur=ceiling_eur,
            basis=basis,
            source=source,
            created_by=actor.user,
        )
        line.journal_creation(actor=actor, detail={"ceiling_eur": ceiling_eur, "basis": basis})
        # An envelope counts what its project had committed before it.
        watch_line(line, used=used_of(line)[0])
    return line


def edit_line(
    line: BudgetLine, *, actor: Actor, expected_version: int | None = None, **values: Any
) -> BudgetLine:
    """Raises MoveRefused on a closed line, RuleBroken under what is committed, VersionStale."""
    for name in values.keys() - set(EDITABLE):
        raise TypeError(f"{name} of a budget line does not change")

    def apply(row: BudgetLine) -> None:
        refuse_closed(row)
        for name, value in values.items():
            setattr(row, name, value)
        _check_ceiling(row.ceiling_eur)
        used, unknown = used_of(row)
        if unknown:
            raise RuleBroken(
                "budget_tax_unknown",
                "Un engagement de cette ligne n’a pas de TTC connu : gardez un plafond hors taxes.",
                field="basis",
            )
        if row.ceiling_eur < used:
            raise RuleBroken(
                "budget_under_committed",
                f"{euros(used, tax=row.basis)} sont déjà engagés : le plafond ne peut pas être plus bas.",
                field="ceiling_eur",
            )
        watch_line(row, used=used)

    detail = {name: value for name, value in values.items() if name in {"ceiling_eur", "basis"}}
    return line.touch("edit", actor=actor, apply=apply, expected_version=expected_version, detail=detail)


def close_line(
    line: BudgetLine, *, actor: Actor, reason: str = "", expected_version: int | None = None
) -> BudgetLine:
    """What is committed stays; no new order takes anything of it."""
    return line.perform("close", actor=actor, reason=reason, expected_version=expected_version)


def reopen_line(
    line: BudgetLine, *, actor: Actor, reason: str = "", expected_version: int | None = None
) -> BudgetLine:
    return line.perform("reopen", actor=actor, reason=reason, expected_version=expected_version)


def refuse_closed(line: BudgetLine) -> None:
    if line.state != BudgetState.OPEN:
        raise MoveRefused("wrong_state", "Cette ligne est close. Rouvrez-la pour la modifier.")


def _check_ceiling(ceiling_eur: Decimal) -> None:
    if not ceiling_eur.is_finite() or not 0 < ceiling_eur <= LARGEST:
        message = "Le plafond est un montant positif, de 12 chiffres au plus avant la virgule."
        raise RuleBroken("ceiling_out_of_range", message, field="ceiling_eur")


def _check_kind(kind: str, *, year: int | None, project: Project | None) -> None:
    if kind == BudgetKind.PROJECT:
        if project is None:
            raise RuleBroken("project_missing", "Choisissez le projet de l’enveloppe.", field="project")
        if year is not None:
            message = "L’enveloppe d’un projet vaut pour toutes les années : ne donnez pas d’année."
            raise RuleBroken("year_refused", message, field="year")
        return
    if year is None:
        raise RuleBroken("year_missing", "Indiquez l’année de la ligne.", field="year")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        message = f"L’année est comprise entre {FIRST_YEAR} et {LAST_YEAR}."
        raise RuleBroken("year_out_of_range", message, field="year")


def _refuse_second_envelope(kind: str, project: Project) -> None:
    envelopes = BudgetLine.objects.filter(kind=BudgetKind.PROJECT, project=project)
    if kind == BudgetKind.PROJECT and envelopes.exists():
        message = "Ce projet a déjà une enveloppe. Modifiez son plafond."
        raise RuleBroken("envelope_exists", message, field="project")
