"""What must hold before an order leaves the draft, is approved, sent or acknowledged."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from catalog.enums import HELD_STATUSES, TrustStatus
from catalog.models import Offer
from catalog.trust import effective_status, lock_stack
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.ui.typography import date_text, euros
from procurement.actions.homogeneous import like_needs
from procurement.actions.order_drafts import counterpart_of, refuse_unorderable
from procurement.approval.steps import chain_refusal
from procurement.budgets import ledger
from procurement.budgets.amounts import committed_amounts, maximum_refusal
from procurement.models import Order, PurchasingVehicle
from procurement.negotiation.agreed import private_price_refusal
from procurement.obligations import required_schemes
from procurement.routes.amounts import amount_on

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEME_WORDS = {"secnumcloud": "La qualification SecNumCloud", "hds": "La certification HDS"}


@dataclass(frozen=True, slots=True)
class TrustGap:
    """A scheme the project's frozen obligations ask for, and the status the offer has instead."""

    scheme: str
    status: str

    @property
    def sentence(self) -> str:
        what = SCHEME_WORDS.get(self.scheme, f"Le statut {self.scheme}")
        words = TrustStatus(self.status).label.lower()
        return f"{what} exigée par le projet n’est pas en vigueur (statut\u00a0: {words})."


def trust_gaps(offer: Offer, *, schemes: Iterable[str], on: dt.date) -> list[TrustGap]:
    """Schemes not held on that day, by the clock; `on` reads the effective trust."""
    statuses = ((scheme, effective_status(offer, scheme, on=on)) for scheme in sorted(schemes))
    return [TrustGap(scheme, status) for scheme, status in statuses if status not in HELD_STATUSES]


def lock_offer(order: Order) -> Offer:
    """Statuses and the offer's row, held until the end of the transaction.

    The statuses' lock comes first: recording a fact takes it, then touches the offer's rows.
    """
    lock_stack(shared=True)
    return (
        Offer.objects.select_for_update(of=("self",), no_key=True)
        .select_related("supplier")
        .get(pk=order.offer_id)
    )


def refuse_lost_offer(order: Order, *, on: dt.date) -> None:
    """Re-check under lock before sending and acknowledging.

    Raises MoveRefused: offer no longer listed, or a required status no longer in force. Call
    inside the transaction that makes the move.
    """
    offer = lock_offer(order)
    try:
        refuse_unorderable(offer)
    except RuleBroken as refusal:
        raise MoveRefused(refusal.code, refusal.message) from refusal
    gaps = trust_gaps(offer, schemes=required_schemes(order.project), on=on)
    if gaps:
        sentences = " ".join(gap.sentence for gap in gaps)
        raise MoveRefused(
            "trust_lost", f"{sentences} Choisissez une offre qui respecte les obligations du projet."
        )


def refuse_changed_supplier(order: Order) -> None:
    """Before sending: an order is not sent to a supplier who has the offer no more. Call under the lock of
    the offer. Raises MoveRefused."""
    offer = lock_offer(order)
    expected = counterpart_of(order)
    if expected.pk == order.supplier_id:
        return
    if order.vehicle is not None and order.vehicle.counterpart_id is not None:
        raise MoveRefused(
            "counterpart_changed",
            f"Sous {order.vehicle.reference}, {expected.name} répond aux bons de commande ; celui-ci nomme "
            f"{order.supplier.name}. Annulez-le et refaites-le.",
        )
    raise MoveRefused(
        "supplier_changed",
        f"{offer.name} est passée de {order.supplier.name} à {offer.supplier.name} : ce bon de commande "
        "nomme l’ancien fournisseur. Annulez-le et refaites-le.",
    )


def refuse_changed_content(order: Order) -> None:
    """Raises MoveRefused when what the database holds is not what was approved."""
    if order.content_hash() != order.approved_hash:
        raise MoveRefused(
            "content_changed",
            "Le bon de commande a changé depuis l’approbation, qui ne vaut plus. Reprenez-le en brouillon.",
        )


def refuse_expired_price(order: Order, *, on: dt.date) -> None:
    """Before approval and sending: a private price holds until its last day. Raises MoveRefused."""
    refusal = private_price_refusal(order, on=on)
    if refusal:
        raise MoveRefused("private_price_over", refusal)


def missing_before_opinions(order: Order) -> dict[str, list[str]]:
    """Fields to complete before the draft may leave, with the sentence of each; {} when ready."""
    missing: dict[str, list[str]] = {}
    if order.project.decided_assessment() is None:
        missing["project"] = [
            "La sensibilité du projet n’est pas décidée\u00a0: ses obligations ne sont pas connues. "
            "Terminez l’analyse de sensibilité."
        ]
    if order.starts_on is None:
        missing["starts_on"] = ["Indiquez la date de début."]
    if order.ends_on is None:
        missing["ends_on"] = ["Indiquez la date de fin."]
    if not order.lines.exists():
        missing["quantities"] = ["Indiquez au moins une quantité."]
    private = private_price_refusal(order, on=timezone.localdate())
    if private:
        missing["quantities"] = [private]
    maximum = maximum_refusal(order)
    if maximum:
        missing["maximum_eur_ht"] = [maximum]
    signed_by = chain_refusal(order)
    if signed_by:
        unknown = "buyer_vat_identified" if order.supplier_vat_regime else "supplier_vat_regime"
        missing[unknown] = [signed_by]
    route = route_refusal(order, on=timezone.localdate())
    if route:
        missing["vehicle" if order.vehicle_id else "below_threshold_reason"] = [route]
    return missing


def route_refusal(order: Order, *, on: dt.date) -> str:
    """Empty, or why the vehicle or the justification does not carry this order."""
    if order.vehicle is not None:
        return _vehicle_refusal(order.vehicle, order)
    if not order.below_threshold_reason.strip():
        return (
            "Indiquez un support d’achat ou justifiez le montant sous le seuil. "
            "Sinon, le bon de commande reste en brouillon."
        )
    threshold = amount_on("dispense", kind=order.buyer.kind, on=on)
    if threshold is None:
        return "Aucun seuil n’est connu à cette date. Indiquez un support d’achat."
    asked = committed_amounts(order).ht
    if asked >= threshold.least:
        return (
            f"Le montant ({euros(asked, tax='HT')}) atteint le seuil de "
            f"{euros(threshold.least, tax='HT')} ({threshold.source}). Indiquez un support d’achat."
        )
    return ""


def split_warning(order: Order, *, on: dt.date) -> str:
    """Empty, or what says that an order under the threshold reaches it with the needs alike known here. A
    warning only: the family is a hint. Four queries at most."""
    if order.vehicle_id is not None:
        return ""
    threshold, alike = amount_on("dispense", kind=order.buyer.kind, on=on), like_needs(order.project, on=on)
    asked, known = committed_amounts(order).ht, alike.total_eur_ht
    if threshold is None or alike.family is None or not known or asked + known < threshold.least:
        return ""
    return (
        f"Avec {euros(known, tax='HT')} de besoins de la même famille (« {alike.family.label} ») depuis "
        f"douze mois, l’achat atteint le seuil de {euros(threshold.least, tax='HT')} ({threshold.source}). "
        "Passez par un support d’achat, ou dites dans la justification en quoi ces besoins diffèrent."
    )


def _vehicle_refusal(vehicle: PurchasingVehicle, order: Order) -> str:
    start = order.starts_on or timezone.localdate()
    if not vehicle.is_open(start):
        return (
            f"Le support d’achat court du {date_text(vehicle.starts_on)} "
            f"au {date_text(vehicle.ends_on)}\u00a0: la commande doit commencer entre ces dates."
        )
    lot = order.vehicle_lot
    if lot is not None and not lot.is_open(start):
        return (
            f"Le lot {lot.number} court du {date_text(lot.starts_on)} au {date_text(lot.ends_on)}\u00a0: "
            "la commande doit commencer entre ces dates."
        )
    refusal = ledger.maximum_refusal(vehicle, lot, committed_amounts(order), without=order.pk)
    return refusal.message if refusal is not None else ""
