"""Links with a supplier: declared before a dossier is taken or decided; a link bars from both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from marketplace.accounts.abilities import require
from marketplace.errors import MoveRefused, RuleBroken
from qualification.abilities import dossier_abilities, person_of
from qualification.enums import DossierState
from qualification.models import Dossier, InterestDeclaration

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

UNDECLARED = "Déclarez d’abord que vous n’avez aucun lien avec ce fournisseur."


def take(
    dossier: Dossier, *, actor: Actor, no_interest: bool = False, expected_version: int | None = None
) -> Dossier:
    """Become its officer; `no_interest` declares no link in the same act.

    Raises MoveRefused when somebody else just did, or when it is not to be taken; RuleBroken when nothing was
    declared.
    """

    def apply(row: Dossier) -> None:
        require(dossier_abilities(actor, row), "take")
        if row.state not in (DossierState.CHECKING, DossierState.INSTRUCTION):
            raise MoveRefused("not_to_take", "Ce dossier n’est pas à prendre : son état a changé.")
        if row.officer_id is not None and not actor.is_person(row.officer_id):
            name = row.officer.full_name if row.officer else ""
            raise MoveRefused("already_taken", f"{name} vient de prendre ce dossier.")
        declare_none(row, actor=actor, no_interest=no_interest)
        row.officer = person_of(actor)

    return dossier.touch("take", actor=actor, apply=apply, expected_version=expected_version)


def take_declared(dossier: Dossier, *, actor: Actor, expected_version: int | None = None) -> Dossier:
    """Declare no link with the supplier and become its officer, together or not at all."""
    return take(dossier, actor=actor, no_interest=True, expected_version=expected_version)


def declare_none(dossier: Dossier, *, actor: Actor, no_interest: bool) -> None:
    """Keep the declaration made with an act, or find the one made before it on this dossier.

    Call in the act's transaction, once its ability was asked: a link known already has refused it. Raises
    RuleBroken on « no_interest ».
    """
    person = person_of(actor)
    if no_interest:
        InterestDeclaration.objects.create(dossier=dossier, user=person, has_interest=False)
        return
    last = InterestDeclaration.objects.filter(dossier=dossier, user=person).order_by("-pk").first()
    if last is None or last.has_interest:
        raise RuleBroken("declaration_missing", UNDECLARED, field="no_interest")


def declare_interest(
    dossier: Dossier, *, actor: Actor, has_interest: bool, statement: str = ""
) -> InterestDeclaration:
    """Say one's links with the supplier. A link gives the dossier back to the queue."""
    if has_interest and not statement.strip():
        raise RuleBroken("statement_missing", "Dites quel est ce lien.", field="statement")

    def give_back(row: Dossier) -> None:
        if has_interest and actor.is_person(row.officer_id):
            row.officer = None

    with transaction.atomic():
        declared = InterestDeclaration.objects.create(
            dossier=dossier, user=person_of(actor), has_interest=has_interest, statement=statement
        )
        dossier.touch("declare_interest", actor=actor, apply=give_back, reason=statement)
    return declared
