"""What was stated, attested and certified of a contract, against what was ordered and its maximum."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Max, Q, Sum

from marketplace.ui.drawings import Bar
from marketplace.ui.typography import NBSP, date_text, euros
from procurement.amendments.totals import total_with
from procurement.models import Contract, UsageLine, UsageStatement
from procurement.statements.enums import DONE_STATES, StatementState

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class ComponentUse:
    """`ordered` None: nothing of it was ordered. `last`: of the latest statement that names it."""

    code: str
    label: str
    unit: str
    ordered: Decimal | None
    last: Decimal | None
    total_eur_ht: Decimal

    @property
    def is_over(self) -> bool:
        return self.last is not None and self.last > (self.ordered or ZERO)


@dataclass(frozen=True, slots=True)
class Consumption:
    """Amounts HT. `maximum` None: the order has none, what was ordered is the most."""

    ordered: Decimal
    maximum: Decimal | None
    stated: Decimal
    attested: Decimal
    certified: Decimal

    @property
    def most(self) -> Decimal:
        return self.ordered if self.maximum is None else self.maximum

    @property
    def counted(self) -> Decimal:
        return self.stated + self.attested + self.certified

    @property
    def left(self) -> Decimal:
        return self.most - self.counted

    @property
    def percent(self) -> int:
        """Of the most that may be spent; 0 when nothing may."""
        return int(self.counted * 100 / self.most) if self.most else 0

    @property
    def sentence(self) -> str:
        return (
            f"{euros(self.counted, tax='HT')} relevés sur {euros(self.most, tax='HT')}, "
            f"soit {self.percent}{NBSP}%. Reste{NBSP}: {euros(self.left, tax='HT')}."
        )


def most_of(contract: Contract) -> Decimal:
    """The maximum of an order paid by usage, else its total; with what was approved since. One query."""
    maximum = contract.order.maximum_eur_ht
    more = ZERO if maximum is None else max(maximum - contract.order.total_eur_ht, ZERO)
    return total_with(contract, more=more)


def spent(contract: Contract, *, leave_out: UsageStatement) -> Decimal:
    """Attested or certified, but for one statement; one query."""
    done = UsageStatement.objects.filter(contract=contract, state__in=DONE_STATES).exclude(pk=leave_out.pk)
    return done.aggregate(total=Sum("total_eur_ht"))["total"] or ZERO


def consumption_of(contract: Contract) -> Consumption:
    """Two queries."""
    sums = UsageStatement.objects.filter(contract=contract).aggregate(
        **{
            name: Sum("total_eur_ht", filter=Q(state=state), default=ZERO)
            for name, state in (
                ("stated", StatementState.SUBMITTED),
                ("attested", StatementState.ATTESTED),
                ("certified", StatementState.CERTIFIED),
            )
        }
    )
    most, maximum = most_of(contract), contract.order.maximum_eur_ht
    more = ZERO if maximum is None else max(maximum - contract.order.total_eur_ht, ZERO)
    return Consumption(ordered=most - more, maximum=None if maximum is None else most, **sums)


def components_used(contract: Contract) -> list[ComponentUse]:
    """What was ordered beside what was stated last, by component; two queries."""
    ordered, labels = {}, {}
    for line in contract.order.lines.select_related("price_line"):
        code = line.price_line.code
        labels[code] = (line.price_line.label, line.price_line.unit)
        ordered[code] = ordered.get(code, ZERO) + line.quantity
    counted = UsageLine.objects.filter(contract=contract, counted=True)
    totals, last = {}, {}
    for used in counted.order_by("starts_on", "pk"):
        labels.setdefault(used.component, (used.label, used.unit))
        totals[used.component] = totals.get(used.component, ZERO) + used.total_eur_ht
        last[used.component] = used.quantity
    return [
        ComponentUse(code, label, unit, ordered.get(code), last.get(code), totals.get(code, ZERO))
        for code, (label, unit) in labels.items()
    ]


def bars_of(found: Consumption) -> list[Bar]:
    """The most, then what was stated of it by its state, told apart without colour."""
    rows = [("Commandé", found.ordered, "empty")]
    if found.maximum is not None:
        rows.append(("Maximum", found.maximum, "empty"))
    rows += [
        ("Certifié", found.certified, "solid"),
        ("Attesté, à certifier", found.attested, "hatched"),
        ("Relevé, à attester", found.stated, "dotted"),
    ]
    return [
        Bar(
            f"{label}, {euros(value, tax='HT')}",
            value,
            words=f"{int(value * 100 / found.most)}{NBSP}%" if found.most else "",
            pattern=pattern,
        )
        for label, value, pattern in rows
    ]


def awaited_sentence(contract: Contract, *, actor: Actor) -> str:
    """« Dernier relevé jusqu’au… », or that there is none yet."""
    last = UsageStatement.objects.visible_to(actor).counted().filter(contract=contract)
    until = last.aggregate(until=Max("ends_on"))["until"]
    if until is None:
        return "Aucun relevé à ce jour."
    return f"Relevés envoyés jusqu’au {date_text(until)}."
