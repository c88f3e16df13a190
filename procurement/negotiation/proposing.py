"""A counter-proposal: written by the supplier, taken up or refused by the administration."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.notifications.outbox import notify
from marketplace.numbering import next_number
from procurement.actions.order_drafts import create_order
from procurement.actions.orders import refuse_negotiation
from procurement.budgets.enums import ReleaseReason
from procurement.budgets.ledger import release
from procurement.enums_orders import OrderState
from procurement.models import CounterProposal, CounterProposalLine, Order
from procurement.order_people import supplier_managers
from procurement.pricing import orderable_lines, priced_lines

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import User

LARGEST_PRICE = Decimal("999999999999.999999")
WAITS = "Une contre-proposition attend déjà sur ce bon de commande : retirez-la d’abord."
NOTHING = "Rien ne change : proposez une quantité, un prix, une date ou une condition."


@dataclass(frozen=True, slots=True)
class ProposedLine:
    """`quantity` 0 takes the line away."""

    quantity: Decimal
    unit_price_eur_ht: Decimal


def refuse_unanswerable(order: Order) -> None:
    """Raises MoveRefused: not sent, already answered, or competition came before."""
    refuse_negotiation(order)
    if order.state != OrderState.SENT:
        raise MoveRefused(
            "order_not_waiting",
            f"Ce bon de commande n’attend pas de réponse : il est « {order.get_state_display()} ».",
        )


def refuse_waiting(order: Order) -> None:
    if order.counter_proposals.proposed().exists():
        raise MoveRefused("counter_proposal_waits", WAITS)


def propose(
    order: Order,
    *,
    actor: Actor,
    reason: str,
    lines: Mapping[str, ProposedLine] | None = None,
    starts_on: dt.date | None = None,
    ends_on: dt.date | None = None,
    terms: str = "",
) -> CounterProposal:
    """`lines`: by code of price line, those that change only. Raises RuleBroken by field, MoveRefused."""
    person = _person(actor)
    with transaction.atomic():
        row = Order.objects.select_for_update(of=("self",)).select_related("vehicle", "plan").get(pk=order.pk)
        refuse_unanswerable(row)
        refuse_waiting(row)
        kept = {code: line for code, line in (lines or {}).items() if _changes(row, code, line)}
        _check(row, kept, starts_on=starts_on, ends_on=ends_on, terms=terms)
        made = CounterProposal.objects.create(
            number=next_number("CPR"),
            order=row,
            starts_on=starts_on,
            ends_on=ends_on,
            terms=terms,
            reason=reason,
            written_by=person,
        )
        _write_lines(made, row, kept)
        made.journal_creation(actor=actor, detail={"order": row.number})
        _tell(made, list(row.authors.all()), "reçue", f"Le fournisseur propose un changement : {reason}")
    return made


def _write_lines(proposal: CounterProposal, order: Order, lines: Mapping[str, ProposedLine]) -> None:
    codes = {line.code: line for line in orderable_lines(order.plan)}
    CounterProposalLine.objects.bulk_create(
        CounterProposalLine(
            proposal=proposal,
            price_line=codes[code],
            quantity=line.quantity,
            unit_price_eur_ht=line.unit_price_eur_ht,
        )
        for code, line in lines.items()
    )


def _changes(order: Order, code: str, line: ProposedLine) -> bool:
    """Whether it is not what is ordered now, in one price."""
    now = [each for each in order.lines.select_related("price_line") if each.price_line.code == code]
    same = len(now) == 1 and (now[0].quantity, now[0].unit_price_eur_ht) == (
        line.quantity,
        line.unit_price_eur_ht,
    )
    return not same and bool(now or line.quantity)


def _check(
    order: Order,
    lines: Mapping[str, ProposedLine],
    *,
    starts_on: dt.date | None,
    ends_on: dt.date | None,
    terms: str,
) -> None:
    first, last = starts_on or order.starts_on, ends_on or order.ends_on
    assert first is not None and last is not None  # sent
    if last < first:
        raise RuleBroken("end_before_start", "La date de fin précède le début.", field="ends_on")
    for code, line in lines.items():
        price = line.unit_price_eur_ht
        exact = price.is_finite() and 0 <= price <= LARGEST_PRICE
        if not exact or price != price.quantize(Decimal("0.000001")):
            message = "Un prix compte au plus 12 chiffres et 6 décimales, et n’est pas négatif."
            raise RuleBroken("price_out_of_range", message, field=code)
    same_dates = (first, last) == (order.starts_on, order.ends_on)
    if not lines and same_dates and not terms.strip():
        raise RuleBroken("nothing_changed", NOTHING, field="reason")
    # Counts as the order would be: unknown codes, quantities and totals are refused as at its writing.
    priced_lines(order.plan, quantities=quantities_with(order, lines), starts_on=first, ends_on=last)


def quantities_with(order: Order, lines: Mapping[str, ProposedLine]) -> dict[str, Decimal]:
    return order.quantities() | {code: line.quantity for code, line in lines.items()}


def accept(
    proposal: CounterProposal, *, actor: Actor, expected_version: int | None = None
) -> CounterProposal:
    """Another order takes it up, a draft: opinions, approval and commitment start again on its content. What
    the former one had committed is given back. Raises MoveRefused once it is withdrawn, RuleBroken."""
    with transaction.atomic():
        order = _hold(proposal)
        refuse_unanswerable(order)
        proposal.perform("accept", actor=actor, apply=_decided(actor), expected_version=expected_version)
        made = _take_up(order, proposal, actor=actor)
        order.perform("replace", actor=actor, apply=lambda row: release(row, reason=ReleaseReason.REPLACED))
        _tell(
            proposal,
            supplier_managers(order),
            "acceptée",
            f"{order.sent_number} est remplacé : un nouveau bon de commande suivra son approbation.",
        )
        _tell(proposal, list(made.authors.all()), "acceptée", f"{made.number} la reprend, en brouillon.")
    return proposal


def _take_up(order: Order, proposal: CounterProposal, *, actor: Actor) -> Order:
    lines = {
        line.price_line.code: ProposedLine(line.quantity, line.unit_price_eur_ht)
        for line in proposal.lines.select_related("price_line")
    }
    made = create_order(
        order.project,
        actor=actor,
        offer=order.offer,
        plan=order.plan.code,
        version=order.offer_version,
        quantities=quantities_with(order, lines),
        starts_on=proposal.starts_on or order.starts_on,
        ends_on=proposal.ends_on or order.ends_on,
        below_threshold_reason=order.below_threshold_reason,
        budget_line=order.budget_line,
        budget=order.budget,
        maximum_eur_ht=order.maximum_eur_ht,
        supplier_vat_regime=order.supplier_vat_regime,
        buyer_vat_identified=order.buyer_vat_identified,
        counter_proposal=proposal,
        agreed_terms=proposal.terms,
    )
    made.authors.add(*order.authors.all())
    return made


def refuse(
    proposal: CounterProposal, *, actor: Actor, reason: str, expected_version: int | None = None
) -> CounterProposal:
    """The order stands as it was sent: the supplier acknowledges or refuses it."""

    def apply(row: CounterProposal) -> None:
        _decided(actor)(row)
        row.refusal_reason = reason

    with transaction.atomic():
        order = _hold(proposal)
        proposal.perform("refuse", actor=actor, reason=reason, apply=apply, expected_version=expected_version)
        _tell(proposal, supplier_managers(order), "refusée", f"Motif : {reason}")
    return proposal


def withdraw(
    proposal: CounterProposal, *, actor: Actor, reason: str = "", expected_version: int | None = None
) -> CounterProposal:
    with transaction.atomic():
        order = _hold(proposal)
        proposal.perform("withdraw", actor=actor, reason=reason, expected_version=expected_version)
        _tell(proposal, list(order.authors.all()), "retirée", reason or "Le bon de commande envoyé tient.")
    return proposal


def _hold(proposal: CounterProposal) -> Order:
    """The order first, always: who answers it at the same moment waits, or is waited for."""
    orders = Order.objects.select_for_update(of=("self",)).select_related(
        "project__organisation",
        "offer__supplier",
        "offer_version",
        "plan",
        "supplier",
        "buyer",
        "vehicle",
        "budget",
    )
    return orders.get(pk=proposal.order_id)


def _decided(actor: Actor) -> Callable[[CounterProposal], None]:
    person = _person(actor)

    def apply(row: CounterProposal) -> None:
        row.decided_by, row.decided_at = person, timezone.now()

    return apply


def _person(actor: Actor) -> User:
    if actor.user is None:
        raise NotAllowed("not_allowed", "Une contre-proposition s’écrit et se décide par une personne.")
    return actor.user


def _tell(proposal: CounterProposal, people: list[User], word: str, body: str) -> None:
    notify(
        people,
        subject=f"Contre-proposition {proposal.number} {word}",
        body=body,
        url=proposal.get_absolute_url(),
    )
