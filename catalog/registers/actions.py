"""A register is read again: previewed, confirmed on what was previewed, undone."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from catalog.enums import RegisterImportState
from catalog.models import RegisterDifference, RegisterImport, TrustMark
from catalog.registers.differences import Difference, differences, merged
from catalog.registers.links import linked, marks_read_again
from catalog.registers.reading import read_file
from catalog.registers.specs import REGISTERS, Register
from marketplace.audit.journal import canonical, record
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.reference.models import ReferenceRelease
from marketplace.reference.releases import current_release, load_release

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


def prepare(
    register: Register,
    *,
    content: bytes,
    file_name: str,
    edition: str,
    read_on: dt.date,
    source: str,
    actor: Actor,
) -> RegisterImport:
    """Keep what would be written; nothing of the register changes. Raises RuleBroken by field."""
    if actor.user is None:
        raise NotAllowed(
            "not_a_person", "Une personne importe un registre : un compte de service ne le peut pas."
        )
    present = current_release(register.name)
    _check_day(read_on, present=present)
    reading = read_file(content, register=register)
    if not reading.rows:
        raise RuleBroken("register_file", "Aucune ligne du fichier n’est lisible.", field="file")
    rows = merged(reading.rows, previous=rows_of(present), faults=reading.faults, read_on=read_on.isoformat())
    made = RegisterImport(
        state=RegisterImportState.PREPARED,
        register=register.code,
        edition=edition,
        read_on=read_on,
        source=source,
        file_name=file_name[:120],
        rows=rows,
        faults=[asdict(fault) for fault in reading.faults],
        compared_with=present,
        prepared_by=actor.user,
    )
    made.sha256 = fingerprint(made)
    with transaction.atomic():
        made.save()
        made.journal_creation(actor=actor, detail={"register": register.code, "sha256": made.sha256})
    return made


def rows_of(release: ReferenceRelease | None) -> list[dict[str, Any]]:
    return release.payload["rows"] if release else []


def _check_day(read_on: dt.date, *, present: ReferenceRelease | None) -> None:
    if read_on > timezone.localdate():
        raise RuleBroken("read_on", "La date de lecture est dans l’avenir. Corrigez-la.", field="read_on")
    if present and present.read_on and read_on < present.read_on:
        raise RuleBroken(
            "read_on",
            f"Le registre présent a été lu le {present.read_on:%d/%m/%Y}, après cette date. "
            "Importez une lecture plus récente, ou annulez d’abord l’import présent.",
            field="read_on",
        )


def fingerprint(made: RegisterImport) -> str:
    """Of all that the preview shows."""
    said = {
        "register": made.register,
        "edition": made.edition,
        "read_on": made.read_on,
        "source": made.source,
        "rows": made.rows,
        "faults": made.faults,
        "compared_with": made.compared_with.sha256 if made.compared_with else "",
    }
    return hashlib.sha256(canonical(said)).hexdigest()


def preview(made: RegisterImport) -> list[Difference]:
    """With the release it was compared with, even once applied."""
    return differences(rows_of(made.compared_with), made.rows)


def confirm(
    made: RegisterImport,
    *,
    sha256: str,
    without_faults: bool,
    actor: Actor,
    expected_version: int | None = None,
) -> RegisterImport:
    """Write the release and a task for each difference that touches an offer. No status changes.

    Raises NotAllowed (somebody else previewed it), MoveRefused (not what was previewed, register read
    meanwhile, done already), RuleBroken (faulty lines not accepted).
    """
    made.check_move("apply")
    _refuse_others(made, sha256=sha256, actor=actor)
    if made.faults and not without_faults:
        raise RuleBroken(
            "faults_not_accepted",
            "Des lignes n’ont pas pu être lues. Corrigez le fichier, ou cochez que vous importez sans elles.",
            field="without_faults",
        )
    register = REGISTERS[made.register]

    def apply(locked: RegisterImport) -> None:
        present = current_release(register.name)
        if (present.pk if present else None) != locked.compared_with_id:
            raise MoveRefused(
                "register_changed",
                "Le registre a été lu entre-temps. Importez de nouveau : les écarts ne sont plus les mêmes.",
            )
        locked.release = _write(register, locked)
        _write_tasks(locked, register=register)
        locked.readings = marks_read_again(locked.rows, register=register, reading=locked)

    return made.perform("apply", actor=actor, expected_version=expected_version, apply=apply)


def _write_tasks(made: RegisterImport, *, register: Register) -> None:
    RegisterDifference.objects.bulk_create(
        RegisterDifference(
            reading=made,
            kind=each.difference.kind,
            key=each.difference.key[:460],
            before=each.difference.before,
            after=each.difference.after,
            offer=offer,
            mark=mark,
        )
        for each in linked(preview(made), register=register)
        for offer, mark in each.touched
    )


def _refuse_others(made: RegisterImport, *, sha256: str, actor: Actor) -> None:
    if not actor.is_person(made.prepared_by_id):
        raise NotAllowed(
            "another_person",
            "La personne qui a préparé l’import le confirme : elle seule en a lu les écarts.",
        )
    if sha256 != made.sha256 or fingerprint(made) != made.sha256:
        raise MoveRefused(
            "not_what_was_read", "Ce qui serait importé n’est pas ce que vous avez lu. Rechargez la page."
        )


def _write(register: Register, made: RegisterImport) -> ReferenceRelease:
    release, is_new = load_release(
        register.name,
        edition=made.edition,
        payload={"rows": made.rows, "edition": made.edition, "read_on": made.read_on.isoformat()},
        in_force_from=made.read_on,
        source=made.source,
        read_on=made.read_on,
    )
    if not is_new and release.called_back_at is None:
        raise MoveRefused("release_known", "Cette lecture est déjà enregistrée. Il n’y a rien à importer.")
    if not is_new:
        release.called_back_at = None
        release.save(update_fields=["called_back_at"])
    return release


def drop(made: RegisterImport, *, actor: Actor, expected_version: int | None = None) -> RegisterImport:
    return made.perform("drop", actor=actor, expected_version=expected_version)


def undo(
    made: RegisterImport, *, actor: Actor, reason: str, expected_version: int | None = None
) -> RegisterImport:
    """The release before becomes the present one again; tasks still open are closed.

    Raises MoveRefused when another reading was imported since: it is undone first.
    """
    register = REGISTERS[made.register]

    def apply(locked: RegisterImport) -> None:
        present = current_release(register.name)
        if present is None or present.pk != locked.release_id:
            raise MoveRefused("not_the_last", "Une lecture plus récente a été importée. Annulez-la d’abord.")
        present.called_back_at = timezone.now()
        present.save(update_fields=["called_back_at"])
        locked.differences.filter(closed_at__isnull=True).update(
            outcome="Import annulé.", closed_by=actor.user, closed_at=timezone.now()
        )
        _forget_readings(locked)

    return made.perform("undo", actor=actor, reason=reason, expected_version=expected_version, apply=apply)


def _forget_readings(made: RegisterImport) -> None:
    """Marks say again when they were read before, where nothing newer has been said since."""
    for kept in made.readings:
        TrustMark.objects.filter(pk=kept["mark"], read_on=made.read_on, source=made.source).update(
            read_on=kept["read_on"], source=kept["source"]
        )


def close(difference: RegisterDifference, *, outcome: str, actor: Actor) -> RegisterDifference:
    """Say what came of it. Raises MoveRefused when it was said already."""
    with transaction.atomic():
        locked = RegisterDifference.objects.select_for_update(of=("self",)).get(pk=difference.pk)
        refuse_closed(locked)
        locked.outcome, locked.closed_by, locked.closed_at = outcome, actor.user, timezone.now()
        locked.save(update_fields=["outcome", "closed_by", "closed_at"])
        record(
            locked.reading,
            "difference_closed",
            actor=actor,
            reason=outcome,
            detail={"difference": locked.uuid, "offer": locked.offer_id},
        )
    return locked


def refuse_closed(difference: RegisterDifference) -> None:
    if difference.closed_at is not None:
        raise MoveRefused("difference_closed", "Cet écart a déjà été traité. Rechargez la page.")
