"""A private price: given by a supplier to one administration, until a day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.models import Offer, PriceLine
from marketplace.accounts.enums import OrganisationKind, OrganisationState, Role
from marketplace.accounts.models import Organisation
from marketplace.errors import NotAllowed, RuleBroken
from marketplace.notifications.outbox import notify
from marketplace.numbering import next_number
from marketplace.ui.typography import date_text, euros
from procurement.models import PrivatePrice
from procurement.order_people import people_holding
from procurement.pricing import orderable_lines

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

LONGEST = dt.timedelta(days=3 * 366)
STANDS = "Un prix privé est déjà donné pour cette ligne à cette administration : retirez-le d’abord."


def priced_components(offer: Offer) -> list[PriceLine]:
    """What may have one: every price ordered in advance, in the formulas online; two queries."""
    if offer.live_version is None:
        return []
    plans = offer.live_version.plans.prefetch_related("lines")
    return [line for plan in plans for line in orderable_lines(plan)]


def give(
    offer: Offer,
    *,
    actor: Actor,
    buyer: Organisation,
    plan_code: str,
    component_code: str,
    unit_price_eur_ht: Decimal,
    expires_on: dt.date,
    starts_on: dt.date | None = None,
    reason: str = "",
) -> PrivatePrice:
    """Told to that administration's requesters and service achats. Raises RuleBroken by field."""
    if actor.user is None:
        raise NotAllowed("not_allowed", "Un prix privé est donné par une personne.")
    today = timezone.localdate()
    starts_on = starts_on or today
    _check(buyer, starts_on=starts_on, expires_on=expires_on, today=today, price=unit_price_eur_ht)
    line = _component(offer, plan_code, component_code)
    try:
        with transaction.atomic():
            made = PrivatePrice.objects.create(
                number=next_number("PRX"),
                offer=offer,
                buyer=buyer,
                plan_code=plan_code,
                component_code=component_code,
                label=f"{line.label}, formule {line.plan.name}"[:200],
                unit_price_eur_ht=unit_price_eur_ht,
                starts_on=starts_on,
                expires_on=expires_on,
                reason=reason,
                given_by=actor.user,
            )
            made.journal_creation(actor=actor)
            words = f"{made.label} : {euros(unit_price_eur_ht, tax='HT', unit_price=True)}"
            _tell(made, f"{words}, jusqu’au {date_text(expires_on)}, pour un achat sans support.", "donné")
    except IntegrityError as error:
        raise RuleBroken("private_price_stands", STANDS, field="component") from error
    return made


def _component(offer: Offer, plan_code: str, code: str) -> PriceLine:
    """Of the offer online. Raises RuleBroken."""
    for line in priced_components(offer):
        if (line.plan.code, line.code) == (plan_code, code):
            return line
    message = "Cette ligne de prix n’est pas dans l’offre en ligne."
    raise RuleBroken("price_line_unknown", message, field="component")


def _tell(price: PrivatePrice, body: str, word: str) -> None:
    notify(
        people_holding(price.buyer_id, Role.REQUESTER, Role.PURCHASING),
        subject=f"Prix privé {price.number} {word}",
        body=body,
        url=price.get_absolute_url(),
        organisation=price.buyer,
    )


def _check(
    buyer: Organisation, *, starts_on: dt.date, expires_on: dt.date, today: dt.date, price: Decimal
) -> None:
    if buyer.kind == OrganisationKind.SUPPLIER or buyer.state != OrganisationState.VERIFIED:
        message = "Choisissez une administration vérifiée."
        raise RuleBroken("buyer_unknown", message, field="buyer")
    if expires_on < max(starts_on, today):
        message = "Le dernier jour est passé, ou précède le premier."
        raise RuleBroken("already_expired", message, field="expires_on")
    if expires_on > today + LONGEST:
        raise RuleBroken("too_long", "Un prix privé vaut trois ans au plus.", field="expires_on")
    exact = price.is_finite() and 0 <= price <= Decimal("999999999999.999999")
    if not exact or price != price.quantize(Decimal("0.000001")):
        message = "Un prix compte au plus 12 chiffres et 6 décimales, et n’est pas négatif."
        raise RuleBroken("price_out_of_range", message, field="unit_price_eur_ht")


def withdraw(
    price: PrivatePrice, *, actor: Actor, reason: str = "", expected_version: int | None = None
) -> PrivatePrice:
    """Orders already sent at this price keep it; those still on their way are refused."""
    with transaction.atomic():
        price.withdraw(actor=actor, reason=reason, expected_version=expected_version)
        _tell(price, reason or price.label, "retiré")
    return price
