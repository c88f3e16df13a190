"""A statement sent, then the service fait: attested by the requester, certified by somebody of finance."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.notifications.outbox import notify
from marketplace.ui.typography import NBSP, date_text, euros
from procurement.invoicing.service import follow_service
from procurement.models import Contract, UsageLine, UsageStatement
from procurement.order_people import people_holding
from procurement.statements.abilities import statement_abilities
from procurement.statements.consumption import most_of, spent

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import User


def submit(statement: UsageStatement, *, actor: Actor, expected_version: int | None = None) -> UsageStatement:
    """Takes the place of the one it replaces. Locks the contract, then the statements.

    Raises MoveRefused: lines still wrong, nothing stated, the period not over, a component already
    stated on some of these days, or the one to replace attested meanwhile.
    """
    with transaction.atomic():
        contract = _locked_contract(statement)
        if statement.replaces_id is not None:
            _replace(statement.replaces_id, by=statement, actor=actor)

        def apply(row: UsageStatement) -> None:
            _refuse_unready(row)
            _refuse_twice(row)
            row.lines.update(counted=True)
            row.sent_by, row.sent_at = actor.user, timezone.now()

        statement.perform("submit", actor=actor, apply=apply, expected_version=expected_version)
        owners = list(contract.owners.all())
        _tell(statement, owners, "à attester", f"{_period(statement)}, {_amount(statement)}.")
    return statement


def withdraw(
    statement: UsageStatement, *, actor: Actor, reason: str = "", expected_version: int | None = None
) -> UsageStatement:
    return statement.perform(
        "withdraw", actor=actor, reason=reason, apply=_uncount, expected_version=expected_version
    )


def refuse(
    statement: UsageStatement, *, actor: Actor, reason: str, expected_version: int | None = None
) -> UsageStatement:
    """The supplier may state the same days again."""

    def apply(row: UsageStatement) -> None:
        _uncount(row)
        row.refusal_reason = reason

    with transaction.atomic():
        statement.perform(
            "refuse", actor=actor, reason=reason, apply=apply, expected_version=expected_version
        )
        _tell(statement, _senders(statement), "refusé", f"Motif{NBSP}: {reason}")
    return statement


def attest(
    statement: UsageStatement,
    *,
    actor: Actor,
    service_done_on: dt.date,
    expected_version: int | None = None,
) -> UsageStatement:
    """Binds the content's hash. Locks the contract, then the statement: what is attested of a contract
    never passes its maximum. Raises RuleBroken, on `service_done_on` for the day."""
    with transaction.atomic():
        contract = _locked_contract(statement)

        def apply(row: UsageStatement) -> None:
            _check_day(row, service_done_on)
            _refuse_over(contract, row)
            row.service_done_on = service_done_on
            row.attested_by, row.attested_at = actor.user, timezone.now()
            row.attested_sha256 = row.content_hash()

        statement.perform("attest", actor=actor, apply=apply, expected_version=expected_version)
        follow_service(statement, actor=actor)
        finance = [
            person for person in people_holding(contract.buyer_id, Role.FINANCE) if person != actor.user
        ]
        _tell(statement, finance, "à certifier", f"Service fait le {date_text(service_done_on)}.")
    return statement


def send_back(
    statement: UsageStatement, *, actor: Actor, reason: str, expected_version: int | None = None
) -> UsageStatement:
    """The attestation is undone; its journal line stays."""
    attester = statement.attested_by

    def apply(row: UsageStatement) -> None:
        row.service_done_on = row.attested_by = row.attested_at = None
        row.attested_sha256 = ""

    with transaction.atomic():
        statement.perform(
            "send_back", actor=actor, reason=reason, apply=apply, expected_version=expected_version
        )
        follow_service(statement, actor=actor)
        _tell(statement, [attester] if attester else [], "renvoyé", f"Motif{NBSP}: {reason}")
    return statement


def certify(
    statement: UsageStatement, *, actor: Actor, expected_version: int | None = None
) -> UsageStatement:
    """Raises NotAllowed to who attested, RuleBroken when the content is not what was attested."""

    def apply(row: UsageStatement) -> None:
        refusal = statement_abilities(actor, row)["certify"]
        if refusal:
            raise NotAllowed("not_allowed", refusal)
        if row.content_hash() != row.attested_sha256:
            message = "Le relevé n’est plus celui qui a été attesté. Renvoyez-le à la personne qui atteste."
            raise RuleBroken("content_changed", message)
        row.certified_by, row.certified_at = actor.user, timezone.now()

    with transaction.atomic():
        statement.perform("certify", actor=actor, apply=apply, expected_version=expected_version)
        body = f"Service fait certifié pour {_amount(statement)}. Vous pouvez le facturer."
        _tell(statement, _senders(statement), "certifié", body)
    return statement


def _locked_contract(statement: UsageStatement) -> Contract:
    contracts = Contract.objects.select_for_update(of=("self",)).select_related("order")
    return contracts.get(pk=statement.contract_id)


def _replace(replaced: int, *, by: UsageStatement, actor: Actor) -> None:
    before = UsageStatement.objects.get(pk=replaced)
    before.perform("replace", actor=actor, apply=_uncount, detail={"by": by.number})


def _uncount(row: UsageStatement) -> None:
    row.lines.update(counted=False)


def _refuse_unready(row: UsageStatement) -> None:
    if row.faults_count:
        message = f"{row.faults_count} ligne(s) du fichier restent à corriger avant l’envoi."
        raise MoveRefused("lines_to_correct", message, about=row)
    if not row.lines.exists():
        message = "Ce relevé ne dit rien. Joignez un fichier ou tapez des quantités."
        raise MoveRefused("statement_empty", message, about=row)
    if row.ends_on > timezone.localdate():
        message = f"La période s’achève le {date_text(row.ends_on)}. Envoyez le relevé après ce jour."
        raise MoveRefused("period_running", message, about=row)


def _refuse_twice(row: UsageStatement) -> None:
    """The database refuses it too (`usage_line_counted_once`); here it is said by name."""
    wanted = row.lines.values("price_line")
    other = (
        UsageLine.objects.filter(
            Q(starts_on__lte=row.ends_on, ends_on__gte=row.starts_on),
            contract=row.contract_id,
            counted=True,
            price_line__in=wanted,
        )
        .select_related("statement")
        .first()
    )
    if other is not None:
        message = (
            f"«{NBSP}{other.label}{NBSP}» est déjà compté par le relevé {other.statement.number}, "
            f"{_period(other.statement)}. Retirez-le d’ici, ou remplacez ce relevé."
        )
        raise MoveRefused("already_stated", message, about=row)


def _check_day(row: UsageStatement, day: dt.date) -> None:
    today = timezone.localdate()
    if not row.starts_on <= day <= today:
        message = (
            f"Le service fait est daté entre le {date_text(row.starts_on)} et aujourd’hui "
            f"({date_text(today)}). Choisissez le jour où le service a été rendu."
        )
        raise RuleBroken("service_day_out_of_range", message, field="service_done_on")


def _refuse_over(contract: Contract, row: UsageStatement) -> None:
    most, before = most_of(contract), spent(contract, leave_out=row)
    if before + row.total_eur_ht <= most:
        return
    left = euros(max(most - before, Decimal(0)), tax="HT")
    message = (
        f"Il reste {left} au contrat et ce relevé vaut {_amount(row)}. "
        "Faites approuver un avenant, ou refusez le relevé."
    )
    raise RuleBroken("contract_maximum_reached", message)


def _period(row: UsageStatement) -> str:
    return f"du {date_text(row.starts_on)} au {date_text(row.ends_on)}"


def _amount(row: UsageStatement) -> str:
    return euros(row.total_eur_ht, tax="HT")


def _senders(statement: UsageStatement) -> list[User]:
    """Who sent it, else (a token did) the supplier's managers."""
    if statement.sent_by is not None:
        return [statement.sent_by]
    return people_holding(statement.contract.supplier.organisation_id, Role.SUPPLIER_MANAGER)


def _tell(statement: UsageStatement, people: list[User], word: str, body: str) -> None:
    notify(people, subject=f"{statement} {word}", body=body, url=statement.get_absolute_url())
