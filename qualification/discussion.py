"""The discussion of a requirement: the supplier and who instructs write, the other side is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, Max

from marketplace.accounts.abilities import require
from marketplace.audit.journal import record
from marketplace.errors import MoveRefused, RuleBroken
from qualification import tell
from qualification.abilities import dossier_abilities, person_of
from qualification.enums import DossierState
from qualification.models import Dossier, DossierMessage
from qualification.schemes import Requirement, load_scheme

if TYPE_CHECKING:
    import datetime as dt

    from marketplace.accounts.actors import Actor

LONGEST = 4000
CLOSED = (DossierState.DRAFT, DossierState.DECIDED)


@dataclass(frozen=True, slots=True)
class Thread:
    """One requirement that people talk about."""

    requirement: Requirement
    count: int
    last_at: dt.datetime


def write(dossier: Dossier, *, actor: Actor, requirement: str, text: str) -> DossierMessage:
    """Say something about one requirement, from the sending of the dossier to its decision.

    Raises RuleBroken on « text » or « requirement », MoveRefused when nobody examines the dossier.
    """
    if not text.strip():
        raise RuleBroken("text_missing", "Écrivez votre message.", field="text")
    requirement_of(dossier, requirement)
    with transaction.atomic():
        row = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier.pk)
        require(dossier_abilities(actor, row), "discuss")
        if row.state in CLOSED:
            raise MoveRefused("discussion_closed", "On échange sur un dossier envoyé et pas encore décidé.")
        said = DossierMessage.objects.create(
            dossier=row,
            requirement=requirement,
            text=text.strip(),
            from_supplier=actor.is_supplier,
            author=person_of(actor),
        )
        record(row, "discuss", actor=actor, detail={"requirement": requirement, "message": str(said.uuid)})
        tell.said(said)
    return said


def requirement_of(dossier: Dossier, code: str) -> Requirement:
    """Raises RuleBroken on « requirement »."""
    try:
        return load_scheme(dossier.scheme, dossier.scheme_edition).requirement(code)
    except KeyError:
        raise RuleBroken("unknown_requirement", "Cette exigence n’existe pas.", field="requirement") from None


def threads_of(dossier: Dossier) -> list[Thread]:
    """In the scheme's order. One query."""
    rows = (
        dossier.messages.order_by().values("requirement").annotate(count=Count("pk"), last=Max("written_at"))
    )
    found = {row["requirement"]: row for row in rows}
    scheme = load_scheme(dossier.scheme, dossier.scheme_edition)
    return [
        Thread(one, found[one.code]["count"], found[one.code]["last"])
        for one in scheme.requirements
        if one.code in found
    ]
