"""Writing an order: one draft at a time, priced again at each change from its frozen version."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from catalog.enums import OfferState
from catalog.models import Offer, OfferVersion, Plan
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.numbering import next_number
from procurement.actions.vehicles import lot_for
from procurement.discounts.recording import discount_of
from procurement.enums_orders import OrderState
from procurement.models import BudgetLine, Order, OrderLine, Project, PurchasingVehicle
from procurement.models.period_count import parts_of
from procurement.negotiation.agreed import agreed_prices
from procurement.pricing import order_totals, orderable_lines, priced_lines

if TYPE_CHECKING:
    from catalog.models import Supplier
    from marketplace.accounts.actors import Actor

# What a writer may set besides offer, formula and quantities.
TERMS = frozenset(
    {
        "starts_on",
        "ends_on",
        "vehicle",
        # The number of its lot, where the supplier holds several.
        "lot",
        "below_threshold_reason",
        "budget_line",
        "budget",
        "maximum_eur_ht",
        "supplier_vat_regime",
        "buyer_vat_identified",
        "counter_proposal",
        "agreed_terms",
    }
)
_REFUSALS = {
    OfferState.UNCLAIMED: (
        "offer_unclaimed",
        "Le fournisseur n’a pas revendiqué cette fiche publique\u00a0: on ne peut pas commander.",
    ),
    OfferState.SUSPENDED: (
        "offer_suspended",
        "Cette offre est suspendue\u00a0: on ne peut pas la commander.",
    ),
    OfferState.WITHDRAWN: (
        "offer_withdrawn",
        "Le fournisseur a retiré cette offre\u00a0: on ne peut pas la commander.",
    ),
    OfferState.REMOVED: ("offer_removed", "Cette offre a été supprimée\u00a0: on ne peut pas la commander."),
    OfferState.DRAFT: (
        "offer_draft",
        "Cette offre n’est pas encore référencée\u00a0: on ne peut pas la commander.",
    ),
}


def refuse_unorderable(offer: Offer) -> None:
    """Raises RuleBroken when no order may name this offer now."""
    if offer.is_internal_state:
        raise RuleBroken(
            "offer_internal_state",
            "Un cloud interne de l’État passe par une convention, sans bon de commande.",
            field="offer",
        )
    if offer.state != OfferState.LISTED or offer.live_version_id is None:
        code, message = _REFUSALS.get(
            OfferState(offer.state), ("offer_not_listed", "Cette offre n’est pas référencée.")
        )
        raise RuleBroken(code, message, field="offer")
    if offer.supplier.organisation_id is None:
        raise RuleBroken(*_REFUSALS[OfferState.UNCLAIMED], field="offer")


def create_order(
    project: Project,
    *,
    actor: Actor,
    offer: Offer,
    plan: str,
    quantities: Mapping[str, Decimal],
    version: OfferVersion | None = None,
    **terms: Any,
) -> Order:
    """A draft on the live version of the offer, or on the `version` that an earlier order had.

    Raises RuleBroken, MoveRefused on a closed project."""
    _refuse_closed(project)
    refuse_unorderable(offer)
    with transaction.atomic():
        version = version or _live_version(offer)
        order = Order(
            number=next_number("CMD"),
            project=project,
            buyer=project.organisation,
            supplier=offer.supplier,
            offer=offer,
            offer_version=version,
            plan=_plan(version, plan),
        )
        _set_terms(order, terms)
        _set_supplier(order)
        order.save()
        if actor.user is not None:
            order.authors.add(actor.user)
        _write_lines(order, quantities)
        order.save()
        order.journal_creation(
            actor=actor, detail={"offer": offer.number, "total_eur_ht": order.total_eur_ht}
        )
    return order


def edit_order(
    order: Order,
    *,
    actor: Actor,
    expected_version: int | None = None,
    plan: str | None = None,
    quantities: Mapping[str, Decimal] | None = None,
    reprice: bool = False,
    **terms: Any,
) -> Order:
    """Change a draft; with `reprice`, on today's live version of the offer: what a counter-proposal agreed
    no longer holds.

    Raises MoveRefused outside the draft, VersionStale, RuleBroken. Who edits becomes an author.
    """

    def apply(row: Order) -> None:
        _refuse_not_draft(row)
        kept = row.quantities()
        code = plan or row.plan.code
        if reprice:
            refuse_unorderable(row.offer)
            row.offer_version = _live_version(row.offer)
            row.counter_proposal, row.agreed_terms = None, ""
        row.plan = _plan(row.offer_version, code)
        _set_terms(row, terms)
        _set_supplier(row)
        wanted = (
            dict(quantities) if quantities is not None else _still_priced(row.plan, kept, reprice=reprice)
        )
        _write_lines(row, wanted)
        if actor.user is not None:
            row.authors.add(actor.user)

    return order.touch("edit", actor=actor, apply=apply, expected_version=expected_version)


def _live_version(offer: Offer) -> OfferVersion:
    if offer.live_version is None:
        raise RuleBroken("offer_not_listed", "Cette offre n’est pas référencée.", field="offer")
    return offer.live_version


def _still_priced(plan: Plan, quantities: dict[str, Decimal], *, reprice: bool) -> dict[str, Decimal]:
    """On new prices, quantities whose line has gone are dropped: the person reads the new lines."""
    if not reprice:
        return quantities
    codes = {line.code for line in orderable_lines(plan)}
    return {code: quantity for code, quantity in quantities.items() if code in codes}


def _refuse_not_draft(order: Order) -> None:
    if order.state != OrderState.DRAFT:
        raise MoveRefused(
            "wrong_state",
            "Seul un brouillon se modifie\u202f; "
            f"l’état est maintenant «\u00a0{order.get_state_display()}\u00a0».",
        )


def _refuse_closed(project: Project) -> None:
    if project.state in {"closed", "abandoned"}:
        raise MoveRefused("project_closed", "Ce projet est clos\u00a0: on ne peut plus commander.")


def _plan(version: OfferVersion, code: str) -> Plan:
    plan = version.plans.filter(code=code).first()
    if plan is None:
        raise RuleBroken(
            "plan_unknown", "Cette formule n’existe pas dans cette version de l’offre.", field="plan"
        )
    return plan


def _set_terms(order: Order, terms: Mapping[str, Any]) -> None:
    for name in terms.keys() - TERMS:
        raise TypeError(f"{name} is not a term of an order")
    for name, value in terms.items():
        if name != "lot":
            setattr(order, name, value)
    if order.starts_on and order.ends_on and order.ends_on < order.starts_on:
        raise RuleBroken(
            "end_before_start",
            "La date de fin précède le début. Choisissez une date de fin postérieure au début.",
            field="ends_on",
        )
    if order.maximum_eur_ht is not None and order.maximum_eur_ht <= 0:
        message = "Le maximum est un montant positif. Ne le donnez pas si le total est ferme."
        raise RuleBroken("maximum_not_positive", message, field="maximum_eur_ht")
    if "budget" in terms:
        _refuse_foreign_budget(order)
    _refuse_foreign_vehicle(order)
    if {"vehicle", "lot"} & terms.keys():
        order.vehicle_lot = lot_for(order.vehicle, supplier=order.offer.supplier, number=terms.get("lot"))


def _refuse_foreign_budget(order: Order) -> None:
    if order.budget_id is None:
        return
    fitting = BudgetLine.objects.open_for(order.project_id, buyer_id=order.buyer_id)
    if not fitting.filter(pk=order.budget_id).exists():
        raise RuleBroken(
            "budget_unknown",
            "Cette ligne est close, réservée à un autre projet ou d’une autre administration. "
            "Choisissez une ligne ouverte de la vôtre.",
            field="budget",
        )


def _refuse_foreign_vehicle(order: Order) -> None:
    vehicle: PurchasingVehicle | None = order.vehicle
    if vehicle is None:
        return
    if order.counter_proposal_id is not None:
        message = "Les prix de ce bon de commande ont été négociés : il ne passe pas par un support d’achat."
        raise RuleBroken("negotiated", message, field="vehicle")
    if not vehicle.buyers.filter(pk=order.buyer_id).exists():
        raise RuleBroken(
            "vehicle_unknown", "Ce support d’achat n’est pas ouvert à votre administration.", field="vehicle"
        )
    if vehicle.holder_id is not None and vehicle.holder_id != order.offer.supplier_id:
        raise RuleBroken(
            "vehicle_other_holder",
            "Le titulaire de ce support d’achat n’est pas le fournisseur de l’offre.",
            field="vehicle",
        )


def counterpart_of(order: Order) -> Supplier:
    """Who answers this order and invoices it: of a central body, the one that its vehicle says."""
    if order.vehicle is not None and order.vehicle.counterpart is not None:
        return order.vehicle.counterpart
    return order.offer.supplier


def _set_supplier(order: Order) -> None:
    """Another vehicle may bind another party; the same one leaves an order with the supplier it names."""
    found = counterpart_of(order)
    former = Order.objects.filter(pk=order.pk).values_list("vehicle_id", flat=True).first()
    if order.pk is None or former != order.vehicle_id:
        order.supplier = found


def _write_lines(order: Order, quantities: Mapping[str, Decimal]) -> None:
    """Replace the lines and the totals (fields only: the caller saves)."""
    order.discount_percent = discount_of(order, on=timezone.localdate())
    priced = priced_lines(
        order.plan,
        quantities=quantities,
        starts_on=order.starts_on,
        ends_on=order.ends_on,
        agreed=agreed_prices(order, on=timezone.localdate()),
        discount=order.discount_percent,
    )
    lines = [
        OrderLine(
            order=order,
            price_line=each.price_line,
            band=each.band,
            position=position,
            label=each.label,
            kind=each.price_line.kind,
            unit=each.price_line.unit,
            period=each.price_line.period,
            unit_price_eur_ht=each.unit_price_eur_ht,
            quantity=each.quantity,
            periods=each.periods.whole,
            parts=parts_of(each.periods),
            prorata=each.price_line.prorata,
            total_eur_ht=each.total_eur_ht,
            private_price=each.private,
            list_price_eur_ht=each.list_price_eur_ht,
        )
        for position, each in enumerate(priced, start=1)
    ]
    set_totals(order, lines, on=timezone.localdate())
    order.lines.all().delete()
    OrderLine.objects.bulk_create(lines)


def set_totals(order: Order, lines: list[OrderLine], *, on: dt.date) -> None:
    result = order_totals(order, lines, on=on)
    order.total_eur_ht = result.total_eur_ht
    order.vat_eur, order.total_eur_ttc = result.vat_eur, result.total_eur_ttc
    order.vat_lines = None
    if result.vat_lines is not None:
        order.vat_lines = [
            {
                "category": line.category,
                "rate": str(line.rate),
                "base_eur_ht": str(line.base_eur_ht),
                "amount_eur": str(line.amount_eur),
                "mention": line.mention,
            }
            for line in result.vat_lines
        ]
