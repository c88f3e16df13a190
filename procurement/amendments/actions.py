"""Writing an amendment and deciding on it, by the same chain and against the same ceilings as its order.

Locks: the contract, then its amendments, then the ceilings. A change approved voids what was signed of the
others that wait: the contract is no longer worth what they were signed for.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.notifications.outbox import notify
from marketplace.numbering import next_number
from marketplace.tax_basis import Amounts
from marketplace.ui.typography import date_text, euros
from procurement.actions.untold_changes import tell_untold
from procurement.amendments.abilities import approval_refusal
from procurement.amendments.enums import AmendmentKind, AmendmentState
from procurement.amendments.totals import total_with, worth_of
from procurement.approval.people import signers_for
from procurement.approval.signing import awaited_step, right_to_sign, sign
from procurement.approval.steps import ask_signatures, chain_refusal
from procurement.budgets.amounts import taxed
from procurement.budgets.ledger import engage
from procurement.enums_orders import RUNNING_CONTRACTS
from procurement.models import Amendment, Contract
from procurement.order_people import people_holding
from procurement.routes.amounts import amount_on

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import User

LARGEST = Decimal("999999999999.99")


def write_amendment(
    contract: Contract,
    *,
    actor: Actor,
    kind: str,
    delta_eur_ht: Decimal,
    reason: str,
    new_ends_on: dt.date | None = None,
) -> Amendment:
    """To be signed by others. Raises RuleBroken naming the field, MoveRefused on a closed contract."""
    if actor.user is None:
        raise NotAllowed("not_allowed", "Un avenant est écrit par une personne.")
    with transaction.atomic():
        row = _locked(contract.pk)
        refuse_closed(row)
        _check(row, kind=kind, delta=delta_eur_ht, new_ends_on=new_ends_on)
        made = Amendment.objects.create(
            number=next_number("AVN"),
            contract=row,
            kind=kind,
            delta_eur_ht=delta_eur_ht,
            new_ends_on=new_ends_on,
            reason=reason,
            worth_eur_ht=worth_of(row),
            written_by=actor.user,
        )
        _refuse_unjudged(made)
        ask_signatures(made)
        made.journal_creation(actor=actor, detail={"delta_eur_ht": delta_eur_ht, "kind": kind})
        _call_signers(made)
    return made


def edit_amendment(
    amendment: Amendment, *, actor: Actor, expected_version: int | None = None, **terms: Any
) -> Amendment:
    """Another content: what was signed counts no more, and is asked again.

    `terms`: kind, delta_eur_ht, new_ends_on, reason; what is not given stays. Raises RuleBroken naming the
    field, MoveRefused once decided.
    """
    for name in terms.keys() - {"kind", "delta_eur_ht", "new_ends_on", "reason"}:
        raise TypeError(f"{name} is not a term of an amendment")
    with transaction.atomic():
        contract = _locked(amendment.contract_id)

        def apply(row: Amendment) -> None:
            refuse_decided(row)
            refuse_closed(contract)
            row.contract = contract
            for name, value in terms.items():
                setattr(row, name, value)
            _check(contract, kind=row.kind, delta=row.delta_eur_ht, new_ends_on=row.new_ends_on)
            _refuse_unjudged(row)
            _ask_again(row)

        amendment.touch("edit", actor=actor, apply=apply, expected_version=expected_version)
        _call_signers(amendment)
    return amendment


def refuse_decided(amendment: Amendment) -> None:
    """Raises MoveRefused."""
    if amendment.state != AmendmentState.PROPOSED:
        message = f"Cet avenant est « {amendment.get_state_display()} » : il ne se corrige plus."
        raise MoveRefused("wrong_state", message, about=amendment)


def _locked(contract_id: int) -> Contract:
    """Locked first: whoever decides on a change of a contract waits for who decides on another."""
    rows = Contract.objects.select_for_update(of=("self",)).select_related("order", "buyer")
    return rows.get(pk=contract_id)


def _refuse_unjudged(row: Amendment) -> None:
    """Raises RuleBroken when the chain cannot tell who signs it."""
    if refusal := chain_refusal(row):
        raise RuleBroken("chain_tax_unknown", refusal, field="delta_eur_ht")


def _ask_again(row: Amendment) -> None:
    """Call under the locks of the contract and of the row."""
    row.worth_eur_ht = worth_of(row.contract)
    ask_signatures(row)


def _call_signers(amendment: Amendment) -> None:
    notify(
        signers_for(amendment),
        subject=f"{amendment} à signer",
        body=f"Contrat {amendment.contract.number}, {euros(amendment.delta_eur_ht, tax='HT')}.",
        url=amendment.get_absolute_url(),
        organisation=amendment.contract.buyer,
    )


def approve(amendment: Amendment, *, actor: Actor, expected_version: int | None = None) -> Amendment:
    """Sign the step that waits; the last signature approves, takes the amount of every ceiling of the order,
    and moves the contract's last day.

    Role, delegation, authorship and ceilings are judged under the locks, on what the database says.
    Raises NotAllowed, MoveRefused, RuleBroken.
    """
    with transaction.atomic():
        contract = _locked(amendment.contract_id)
        row = Amendment.objects.select_for_update(of=("self",)).get(pk=amendment.pk)
        if row.approvals.awaited().count() > 1:
            return _sign_step(amendment, contract, actor=actor, expected_version=expected_version)
        return _approve(amendment, contract, actor=actor, expected_version=expected_version)


def _sign_step(
    amendment: Amendment, contract: Contract, *, actor: Actor, expected_version: int | None
) -> Amendment:
    def apply(row: Amendment) -> None:
        row.check_move("approve")
        row.contract = contract
        _sign(row, actor=actor)

    amendment.touch("sign_step", actor=actor, apply=apply, expected_version=expected_version)
    _call_signers(amendment)
    return amendment


def _sign(row: Amendment, *, actor: Actor) -> None:
    """Raises NotAllowed, MoveRefused on a contract that is over."""
    refuse_closed(row.contract)
    step = awaited_step(row)
    right = right_to_sign(actor, row, step.role if step is not None else Role.APPROVER)
    if right.refusal:
        raise NotAllowed("not_allowed", right.refusal)
    sign(row, step, actor=actor, right=right)


def _approve(
    amendment: Amendment, contract: Contract, *, actor: Actor, expected_version: int | None
) -> Amendment:
    def apply(row: Amendment) -> None:
        row.contract = contract
        _sign(row, actor=actor)
        _check(contract, kind=row.kind, delta=row.delta_eur_ht, new_ends_on=row.new_ends_on)
        order = contract.order
        amounts = Amounts(row.delta_eur_ht, taxed(row.delta_eur_ht, order))
        if row.delta_eur_ht:
            engage(order, actor=actor, amounts=amounts, amendment=row)
        row.decided_by, row.decided_at = actor.user, timezone.now()
        row.content_sha256 = row.content_hash()

    amendment.perform("approve", actor=actor, apply=apply, expected_version=expected_version)
    if amendment.new_ends_on is not None:
        _move_last_day(contract, amendment, actor=actor)
    for other in contract.amendments.proposed().order_by("pk"):
        _void(other, contract, actor=actor, because=amendment)
    managers = people_holding(contract.supplier.organisation_id, Role.SUPPLIER_MANAGER)
    _tell(amendment, [*managers, amendment.written_by], "approuvé", "")
    tell_untold(contract, amendment)
    return amendment


def _void(other: Amendment, contract: Contract, *, actor: Actor, because: Amendment) -> None:
    """What was signed of it was signed for a contract of another worth."""

    def apply(row: Amendment) -> None:
        row.contract = contract
        _ask_again(row)

    other.touch("ask_again", actor=actor, apply=apply, detail={"amendment": because.number})
    _call_signers(other)


def refuse(
    amendment: Amendment, *, actor: Actor, reason: str, expected_version: int | None = None
) -> Amendment:
    def apply(row: Amendment) -> None:
        refusal = approval_refusal(actor, row, ceiling=False)
        if refusal:
            raise NotAllowed("not_allowed", refusal)
        row.decided_by, row.decided_at, row.refusal_reason = actor.user, timezone.now(), reason

    with transaction.atomic():
        amendment.perform(
            "refuse", actor=actor, reason=reason, apply=apply, expected_version=expected_version
        )
        _tell(amendment, [amendment.written_by], "refusé", f"Motif : {reason}")
    return amendment


def withdraw(
    amendment: Amendment, *, actor: Actor, reason: str = "", expected_version: int | None = None
) -> Amendment:
    return amendment.perform("withdraw", actor=actor, reason=reason, expected_version=expected_version)


def refuse_closed(contract: Contract) -> None:
    if contract.state not in RUNNING_CONTRACTS or contract.ends_on < timezone.localdate():
        raise MoveRefused("contract_over", "Ce contrat est clos : il ne se modifie plus.")


def _check(contract: Contract, *, kind: str, delta: Decimal, new_ends_on: dt.date | None) -> None:
    _check_delta(contract, kind=kind, delta=delta)
    if kind == AmendmentKind.RENEWAL and new_ends_on is None:
        message = "Indiquez le nouveau dernier jour de la reconduction."
        raise RuleBroken("renewal_without_end", message, field="new_ends_on")
    if kind == AmendmentKind.PARTIAL_TERMINATION and new_ends_on is not None:
        message = "Une résiliation partielle ne change pas le dernier jour : laissez vide."
        raise RuleBroken("end_refused", message, field="new_ends_on")
    if new_ends_on is not None and new_ends_on < max(contract.starts_on, timezone.localdate()):
        raise RuleBroken("end_in_the_past", "Choisissez un dernier jour à venir.", field="new_ends_on")
    if kind == AmendmentKind.RENEWAL and new_ends_on is not None and new_ends_on <= contract.ends_on:
        message = f"Une reconduction va au-delà du {date_text(contract.ends_on)}."
        raise RuleBroken("renewal_not_later", message, field="new_ends_on")
    if not delta and new_ends_on is None:
        message = "Un avenant change un montant ou une date. Indiquez l’un ou l’autre."
        raise RuleBroken("nothing_changed", message, field="delta_eur_ht")


def _check_delta(contract: Contract, *, kind: str, delta: Decimal) -> None:
    if not delta.is_finite() or abs(delta) > LARGEST or delta != delta.quantize(Decimal("0.01")):
        message = "Le montant compte au plus 12 chiffres et 2 décimales."
        raise RuleBroken("amount_out_of_range", message, field="delta_eur_ht")
    if kind == AmendmentKind.PARTIAL_TERMINATION and delta >= 0:
        message = "Une résiliation partielle diminue le montant : écrivez-le négatif, comme -1200."
        raise RuleBroken("termination_not_negative", message, field="delta_eur_ht")
    if kind == AmendmentKind.RENEWAL and delta < 0:
        message = "Une reconduction ne diminue pas le montant. Écrivez un avenant."
        raise RuleBroken("renewal_negative", message, field="delta_eur_ht")
    total = total_with(contract, more=delta)
    if total < 0:
        message = f"Le contrat ne vaut que {euros(total - delta, tax='HT')} : réduisez le retrait."
        raise RuleBroken("more_than_ordered", message, field="delta_eur_ht")
    refusal = _threshold_refusal(contract, total=total, delta=delta)
    if refusal:
        raise RuleBroken("threshold_reached", refusal, field="delta_eur_ht")


def _threshold_refusal(contract: Contract, *, total: Decimal, delta: Decimal) -> str:
    """An order without a vehicle stays under the threshold with all that is added to it."""
    order = contract.order
    if order.vehicle_id is not None or delta <= 0:
        return ""
    threshold = amount_on("dispense", kind=contract.buyer.kind, on=timezone.localdate())
    if threshold is None:
        return "Aucun seuil n’est connu à cette date : cet achat sans support ne s’augmente pas."
    if total < threshold.least:
        return ""
    return (
        f"Avec ce montant, l’achat vaut {euros(total, tax='HT')} et atteint le seuil de "
        f"{euros(threshold.least, tax='HT')} ({threshold.source}). Passez par un support d’achat."
    )


def _move_last_day(contract: Contract, amendment: Amendment, *, actor: Actor) -> None:
    def apply(row: Contract) -> None:
        if amendment.new_ends_on is not None:
            row.ends_on = amendment.new_ends_on

    detail = {"amendment": amendment.number, "ends_on": amendment.new_ends_on}
    contract.touch("move_last_day", actor=actor, apply=apply, detail=detail)


def _tell(amendment: Amendment, people: list[User], word: str, body: str) -> None:
    notify(
        people,
        subject=f"{amendment} {word}",
        body=body or f"Contrat {amendment.contract.number}, {euros(amendment.delta_eur_ht, tax='HT')}.",
        url=amendment.get_absolute_url(),
    )
