"""The supplier's side: a statement is begun, filled by a file, by rows or typed, corrected, withdrawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import IO, TYPE_CHECKING, NamedTuple

from django.db import transaction

from marketplace.errors import DomainError, MoveRefused, RuleBroken
from marketplace.files.sniff import CSV, GZIP
from marketplace.files.store import abandon, drop_bytes, store_large
from marketplace.money import LARGEST_TOTAL
from marketplace.numbering import next_number
from marketplace.ui.typography import date_text
from procurement.models import Contract, UsageLine, UsageStatement
from procurement.models.period_count import parts_of
from procurement.statements.amounts import Charged, Used, charged, components_of, unknown_component
from procurement.statements.enums import StatementState
from procurement.statements.reading import WORDS, BadCell, Reading, quantity_of, read_usage

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from marketplace.files.models import StoredFile


class UsageFile(NamedTuple):
    name: str
    stream: IO[bytes]


def create_statement(
    contract: Contract,
    *,
    actor: Actor,
    starts_on: dt.date,
    ends_on: dt.date,
    rows: Sequence[tuple[str, Decimal]] = (),
    file: UsageFile | None = None,
    replaces: UsageStatement | None = None,
) -> UsageStatement:
    """A draft. Raises RuleBroken naming the field."""
    _check_period(contract, starts_on=starts_on, ends_on=ends_on)
    if replaces is not None and replaces.contract_id != contract.pk:
        message = "Le relevé remplacé est celui d’un autre contrat."
        raise RuleBroken("other_contract", message, field="replaces")
    if file is not None and rows:
        message = "Joignez un fichier ou donnez des quantités, pas les deux."
        raise RuleBroken("file_and_rows", message, field="file")
    with transaction.atomic():
        made = UsageStatement.objects.create(
            number=next_number("REL"),
            contract=contract,
            starts_on=starts_on,
            ends_on=ends_on,
            replaces=replaces,
        )
        made.journal_creation(actor=actor, detail={"starts_on": starts_on, "ends_on": ends_on})
        if file is not None:
            return fill_from_file(made, actor=actor, file=file)
        return fill(made, actor=actor, rows=rows) if rows else made


def fill_from_file(
    statement: UsageStatement, *, actor: Actor, file: UsageFile, expected_version: int | None = None
) -> UsageStatement:
    """All that the statement held is replaced by what the file says, its bad lines named and kept aside.

    The file is kept as it came, up to 200 MB, in place of the one before. Raises RuleBroken, MoveRefused.
    """
    refuse_sent(statement)
    contract = _contract_of(statement)
    reading = read_usage(
        file.stream,
        components=components_of(contract),
        starts_on=statement.starts_on,
        ends_on=statement.ends_on,
    )

    def apply(row: UsageStatement) -> None:
        refuse_sent(row)
        if row.file is not None:
            drop_bytes(row.file)
        row.file = kept
        row.file_name, row.file_sha256, row.file_rows = kept.name, kept.sha256, reading.rows
        row.faults, row.faults_beyond = reading.faults_as_data(), reading.beyond
        _write_lines(row, contract, reading.sums)

    with transaction.atomic():
        kept = _kept(file, reading, contract, actor=actor)
        detail = {
            "sha256": kept.sha256,
            "bytes": kept.size,
            "rows": reading.rows,
            "faults": len(reading.faults) + reading.beyond,
        }
        try:
            return statement.touch(
                "read_file", actor=actor, apply=apply, expected_version=expected_version, detail=detail
            )
        except DomainError:
            abandon(kept)
            raise


def _kept(file: UsageFile, reading: Reading, contract: Contract, *, actor: Actor) -> StoredFile:
    """The supplier's own, until and after it is sent."""
    owner = contract.supplier.organisation
    assert owner is not None, "only the supplier's people write"
    kept = store_large(
        file.stream,
        name=file.name,
        media_type=GZIP if reading.in_gzip else CSV,
        owner=owner,
        actor=actor,
    )
    if kept.sha256 != reading.sha256:
        raise RuntimeError(f"the file of {contract} changed while it was read")
    return kept


def fill(
    statement: UsageStatement,
    *,
    actor: Actor,
    rows: Iterable[tuple[str, Decimal]],
    expected_version: int | None = None,
) -> UsageStatement:
    """Each component named takes the sum of its rows, the others stay; zero takes one away."""
    given = _added_up(rows)
    contract = _contract_of(statement)

    def apply(row: UsageStatement) -> None:
        refuse_sent(row)
        _write_lines(row, contract, {**_used_by(row), **given})

    detail = {"components": sorted(given)}
    return statement.touch("fill", actor=actor, apply=apply, expected_version=expected_version, detail=detail)


def correct(
    statement: UsageStatement,
    *,
    actor: Actor,
    lines: Mapping[int, tuple[str, str]],
    expected_version: int | None = None,
) -> UsageStatement:
    """Lines of the file retyped: number → (component, quantity). Added to what was read; a quantity of 0
    sets a line aside. Raises RuleBroken, with the number of each line still wrong as a field."""
    contract = _contract_of(statement)
    components = components_of(contract)
    wrong: dict[str, list[str]] = {}
    right: dict[int, tuple[str, Decimal]] = {}
    for number, (code, quantity) in lines.items():
        try:
            right[number] = _retyped(code, quantity, components)
        except BadCell as bad:
            wrong[f"line_{number}"] = [f"Ligne {number}, {WORDS[bad.field]}. {bad.message}"]
    if wrong:
        message = "Des lignes restent à corriger. Rien n’a été enregistré."
        raise RuleBroken("line_still_wrong", message, fields=wrong)

    def apply(row: UsageStatement) -> None:
        refuse_sent(row)
        kept = [fault for fault in row.faults if fault["line"] not in right]
        if len(kept) + len(right) != len(row.faults):
            message = "Une de ces lignes n’est pas à corriger. Rechargez la page."
            raise RuleBroken("line_not_awaited", message, field="lines")
        sums = _used_by(row)
        for code, quantity in right.values():
            before = sums.get(code, Used(Decimal(0), 0))
            sums[code] = Used(before.quantity + quantity, before.rows + 1)
        row.faults = kept
        _write_lines(row, contract, sums)

    detail = {str(number): f"{code} {quantity}" for number, (code, quantity) in right.items()}
    return statement.touch(
        "correct", actor=actor, apply=apply, expected_version=expected_version, detail={"lines": detail}
    )


def _retyped(code: str, quantity: str, components: Mapping[str, object]) -> tuple[str, Decimal]:
    bare = code.strip().lower()
    if bare not in components:
        raise BadCell("component", unknown_component(bare, components))
    return bare, quantity_of(quantity)


def _added_up(rows: Iterable[tuple[str, Decimal]]) -> dict[str, Used]:
    found: dict[str, Used] = {}
    for code, quantity in rows:
        before = found.get(code.lower(), Used(Decimal(0), 0))
        found[code.lower()] = Used(before.quantity + quantity, before.rows + 1)
    return found


def _used_by(row: UsageStatement) -> dict[str, Used]:
    return {line.component.lower(): Used(line.quantity, line.rows) for line in row.lines.all()}


def _write_lines(row: UsageStatement, contract: Contract, used: Mapping[str, Used]) -> None:
    """Call under the statement's lock."""
    lines = charged(contract, used, starts_on=row.starts_on, ends_on=row.ends_on)
    row.total_eur_ht = sum((line.total_eur_ht for line in lines), Decimal(0))
    if row.total_eur_ht > LARGEST_TOTAL:
        message = "Le total dépasse ce qu’un relevé peut porter. Vérifiez les quantités."
        raise RuleBroken("amount_too_large", message, field="rows")
    row.lines.all().delete()
    UsageLine.objects.bulk_create(_line(row, position, line) for position, line in enumerate(lines))


def _line(row: UsageStatement, position: int, line: Charged) -> UsageLine:
    return UsageLine(
        statement=row,
        price_line=line.price_line,
        position=position,
        component=line.price_line.code,
        label=line.price_line.label,
        unit=line.price_line.unit,
        quantity=line.used.quantity,
        rows=line.used.rows,
        periods=line.periods.whole,
        parts=parts_of(line.periods),
        prorata=line.price_line.prorata,
        total_eur_ht=line.total_eur_ht,
        contract_id=row.contract_id,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )


def _contract_of(statement: UsageStatement) -> Contract:
    return Contract.objects.select_related("order__plan", "supplier__organisation").get(
        pk=statement.contract_id
    )


def _check_period(contract: Contract, *, starts_on: dt.date, ends_on: dt.date) -> None:
    if ends_on < starts_on:
        message = f"Le dernier jour précède le {date_text(starts_on)}. Choisissez un jour postérieur."
        raise RuleBroken("period_reversed", message, field="ends_on")
    for name, day in (("starts_on", starts_on), ("ends_on", ends_on)):
        if not contract.starts_on <= day <= contract.ends_on:
            message = (
                f"Le contrat court du {date_text(contract.starts_on)} au {date_text(contract.ends_on)}. "
                "Choisissez un jour de cette période."
            )
            raise RuleBroken("period_out_of_contract", message, field=name)


def refuse_sent(row: UsageStatement) -> None:
    if row.state != StatementState.DRAFT:
        message = "Ce relevé est déjà envoyé. Pour le corriger, écrivez-en un qui le remplace."
        raise MoveRefused("statement_sent", message, about=row)
