"""What is committed against ceilings: written and released under locks, always in the same order.

The order's row is locked first (the caller holds it), then the budget lines by key, then the purchasing
vehicle, then its lot. Nothing locks them the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Count, Q, Sum
from django.utils import timezone

from marketplace.errors import RuleBroken
from marketplace.tax_basis import TaxBasis
from marketplace.ui.typography import euros
from procurement.budgets.alerts import watch_line, watch_vehicle
from procurement.budgets.amounts import committed_amounts
from procurement.budgets.enums import BudgetKind, BudgetState
from procurement.models import BudgetLine, Commitment, PurchasingVehicle, VehicleLot

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from marketplace.tax_basis import Amounts
    from procurement.models import Amendment, Order

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A stable code and its sentence."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Held:
    """The locked rows that one order counts against."""

    lines: tuple[BudgetLine, ...]
    vehicle: PurchasingVehicle | None
    lot: VehicleLot | None = None


def hold(order: Order) -> Held:
    """Locks until the end of the transaction; three queries at most."""
    own = Q(pk=order.budget_id) if order.budget_id else Q(pk__in=())
    envelope = Q(kind=BudgetKind.PROJECT, project_id=order.project_id)
    rows = BudgetLine.objects.select_for_update(no_key=True).filter(own | envelope).order_by("pk")
    lines = tuple(rows)
    return Held(lines, *hold_vehicle(order.vehicle_id, order.vehicle_lot_id))


def hold_vehicle(
    vehicle_id: int | None, lot_id: int | None
) -> tuple[PurchasingVehicle | None, VehicleLot | None]:
    """Both locked until the end of the transaction, the vehicle first; two queries at most."""
    vehicle = lot = None
    if vehicle_id is not None:
        vehicle = PurchasingVehicle.objects.select_for_update(no_key=True).get(pk=vehicle_id)
    if lot_id is not None:
        lot = VehicleLot.objects.select_for_update(no_key=True).get(pk=lot_id)
    return vehicle, lot


def engage(
    order: Order, *, actor: Actor, amounts: Amounts | None = None, amendment: Amendment | None = None
) -> Commitment:
    """Takes the order's amount of every ceiling, or of none; `amounts` is what an amendment adds to it.

    Call under the lock of the order or of its contract. What is given up fits everywhere.
    Raises RuleBroken naming the field of the ceiling: « budget », « project » or « vehicle ».
    """
    held, amounts = hold(order), amounts or committed_amounts(order)
    if amounts.ht > 0:
        _refuse_beyond_any(held, amounts)
    commitment = Commitment.objects.create(
        order=order,
        amendment=amendment,
        project_id=order.project_id,
        line_id=order.budget_id,
        vehicle=held.vehicle,
        amount_eur_ht=amounts.ht,
        amount_eur_ttc=amounts.ttc,
        made_by=actor.user,
    )
    _watch(held)
    return commitment


def _refuse_beyond_any(held: Held, amounts: Amounts) -> None:
    for line in held.lines:
        _refuse_beyond(line, amounts)
    if refusal := maximum_refusal(held.vehicle, held.lot, amounts):
        raise RuleBroken(refusal.code, refusal.message, field="vehicle")


def release(order: Order, *, reason: str) -> None:
    """Gives back what the order had taken, if it had; safe to call twice. Call under the order's lock."""
    living = order.commitments.living()
    if not living.exists():
        return
    held = hold(order)
    living.update(released_at=timezone.now(), release_reason=reason)
    _watch(held)


def used_of(line: BudgetLine) -> tuple[Decimal, int]:
    """What is committed in the line's basis, and how many commitments have no known TTC; one query."""
    of_ttc = line.basis == TaxBasis.TTC
    found = line.commitments_of().aggregate(
        total=Sum("amount_eur_ttc" if of_ttc else "amount_eur_ht"),
        unknown=Count("pk", filter=Q(amount_eur_ttc__isnull=True)),
    )
    return found["total"] or ZERO, found["unknown"] if of_ttc else 0


def _refuse_beyond(line: BudgetLine, amounts: Amounts) -> None:
    field = "project" if line.kind == BudgetKind.PROJECT else "budget"
    if line.state != BudgetState.OPEN:
        message = f"« {line} » est close : rouvrez-la ou choisissez une autre ligne."
        raise RuleBroken("budget_closed", message, field=field)
    used, unknown = used_of(line)
    asked = amounts.stated(line.basis)
    if asked is None or unknown:
        raise RuleBroken("budget_tax_unknown", _unknown_words(line, asked), field=field)
    left = line.ceiling_eur - used
    if asked > left:
        raise RuleBroken(
            "budget_ceiling_reached",
            f"Il reste {euros(left, tax=line.basis)} sur « {line} » ; le bon de commande en demande "
            f"{euros(asked, tax=line.basis)}. Réduisez-le, relevez le plafond ou changez de ligne.",
            field=field,
        )


def _unknown_words(line: BudgetLine, asked: Decimal | None) -> str:
    if asked is None:
        return (
            f"Le plafond de « {line} » est en TTC et le total TTC de ce bon de commande n’est pas connu. "
            "Complétez le régime de TVA du fournisseur."
        )
    return (
        f"Le plafond de « {line} » est en TTC et un engagement déjà pris n’a pas de TTC connu : "
        "le reste ne se calcule pas."
    )


def maximum_refusal(
    vehicle: PurchasingVehicle | None, lot: VehicleLot | None, asked: Amounts, *, without: int | None = None
) -> Refusal | None:
    """Of the vehicle, then of its lot; None when what is left of each covers the amount, or when a maximum is
    not known. Each is judged in its own basis; two queries each."""
    return _beyond_maximum(
        vehicle, asked, without=without, of="vehicle", where="ce support d’achat"
    ) or _beyond_maximum(
        lot,
        asked,
        without=without,
        of="lot",
        where="" if lot is None else f"le lot {lot.number} de cet accord-cadre",
    )


def _beyond_maximum(
    held: PurchasingVehicle | VehicleLot | None, asked: Amounts, *, without: int | None, of: str, where: str
) -> Refusal | None:
    if held is None or held.maximum_eur is None:
        return None
    basis, wanted = held.maximum_basis, asked.stated(held.maximum_basis)
    used = held.consumed(without=without)
    if wanted is None:
        return Refusal(
            f"{of}_tax_unknown",
            f"Le maximum prévu pour {where} est en TTC et le total TTC demandé n’est pas connu. Complétez "
            "les renseignements de TVA du bon de commande, ou exprimez ce maximum hors taxes.",
        )
    if used.unknown:
        return Refusal(
            f"{of}_tax_unknown",
            f"Le maximum prévu pour {where} est en TTC et un montant déjà engagé n’a pas de TTC connu\u202f: "
            "le reste ne se calcule pas. Exprimez ce maximum hors taxes.",
        )
    left = held.maximum_eur - used.eur
    if wanted <= left:
        return None
    return Refusal(
        f"{of}_maximum_reached",
        f"Il reste {euros(left, tax=basis)} sur {where}\u202f; {euros(wanted, tax=basis)} sont demandés. "
        "Réduisez la quantité ou changez de support.",
    )


def _watch(held: Held) -> None:
    for line in held.lines:
        watch_line(line, used=used_of(line)[0])
    if held.vehicle is not None:
        watch_vehicle(held.vehicle)
