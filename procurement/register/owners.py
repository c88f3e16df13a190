"""Who follows a contract: several people, one at least, all of its administration."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction

from marketplace.errors import RuleBroken
from marketplace.notifications.outbox import notify
from marketplace.ui.typography import date_text
from procurement.consultations.people import member_by_email, members_of

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import User
    from procurement.models import Contract

MOST = 20


def set_owners(
    contract: Contract, *, actor: Actor, emails: Iterable[str], expected_version: int | None = None
) -> Contract:
    """The whole list, by address; the new ones are told. Raises RuleBroken on « owners »."""
    people = [member_by_email(contract.buyer, email, field="owners") for email in dict.fromkeys(emails)]
    if not people:
        message = "Un contrat est suivi par une personne au moins. Choisissez-en une."
        raise RuleBroken("no_owner", message, field="owners")
    if len(people) > MOST:
        raise RuleBroken("too_many_owners", f"{MOST} personnes au plus.", field="owners")
    before: set[int] = set()

    def apply(row: Contract) -> None:
        before.update(row.owners.values_list("pk", flat=True))
        row.owners.set(people)

    with transaction.atomic():
        detail = {"owners": sorted(person.pk for person in people)}
        contract.touch(
            "set_owners", actor=actor, apply=apply, expected_version=expected_version, detail=detail
        )
        _tell(contract, [person for person in people if person.pk not in before and person != actor.user])
    return contract


def _tell(contract: Contract, people: list[User]) -> None:
    notify(
        people,
        subject=f"Vous suivez le contrat {contract.number}",
        body=f"Il court jusqu’au {date_text(contract.ends_on)}. "
        "Vous serez prévenu avant chaque date limite de préavis.",
        url=contract.get_absolute_url(),
        organisation=contract.buyer,
    )


def choices_for(contract: Contract) -> list[tuple[str, str]]:
    """Address and name of who may follow it."""
    return [(person.email, str(person)) for person in members_of(contract.buyer)]
