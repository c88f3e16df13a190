"""A whole purchase in a few lines: an offer with prices, a decided project, people, an order."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from catalog.models import Category, EffectiveTrust, Offer, OfferVersion, Plan, PriceLine, Supplier, TrustMark
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import OrganisationKind, Role
from marketplace.accounts.models import Membership, Organisation
from procurement.actions import order_drafts, orders
from procurement.doctrine.results import OBLIGATIONS
from procurement.models import Assessment, Opinion, Order, Project, PurchasingVehicle, VehicleLot
from procurement.negotiation import proposing
from procurement.numbers import vehicle_number
from tests.builders import fictitious_siren, make_member, make_organisation

_count = itertools.count(1)
PRICE_LINES: tuple[dict[str, Any], ...] = (
    {"code": "base", "label": "Forfait de base", "kind": "fixed"},
    {"code": "poste", "label": "Poste", "kind": "unit", "unit": "poste"},
    {"code": "mise-en-service", "label": "Mise en service", "kind": "one_off", "period": "none"},
)
# Without a vehicle: no competition came before, so the supplier may refuse.
DIRECT: dict[str, Any] = {"vehicle": None, "below_threshold_reason": "Besoin isolé"}
START, END = dt.date(2027, 1, 1), dt.date(2027, 12, 31)


def make_offer(
    *,
    organisation: Organisation | None = None,
    state: str = "listed",
    trust: dict[str, str] | None = None,
    **extra: Any,
) -> Offer:
    """« base »: 120.50 € a month; « poste »: 10 € a seat and a month; « mise-en-service »: 500 € once."""
    n = next(_count)
    organisation = organisation or make_organisation(kind=OrganisationKind.SUPPLIER)
    supplier = Supplier.objects.filter(organisation=organisation).first() or Supplier.objects.create(
        organisation=organisation,
        name=f"Nuage Exemple {n}",
        slug=f"nuage-exemple-{n}",
        country="FR",
        identifier_scheme="SIREN",
        identifier=fictitious_siren(50_000 + n),
    )
    category, _ = Category.objects.get_or_create(code="essai", defaults={"label": "Essai"})
    offer = Offer.objects.create(
        supplier=supplier, name=f"Offre Exemple {n}", slug=f"offre-{n}", state="draft", category=category
    )
    publish_version(offer, state=state, **extra)
    for scheme, status in (trust or {}).items():
        hold(offer, scheme, status)
    return offer


def publish_version(
    offer: Offer,
    *,
    state: str = "listed",
    seat: str = "10",
    answers: dict[str, Any] | None = None,
    **extra: Any,
) -> OfferVersion:
    """A new frozen version put online, written past the moves: the catalogue has its own tests."""
    number = offer.versions.count() + 1
    version = OfferVersion.objects.create(
        offer=offer, number=number, answers=answers or {"exit_notice_months": "2", "exit_retrieval_days": 30}
    )
    plan = Plan.objects.create(version=version, code="standard", name="Standard")
    amounts = {"base": Decimal("120.5"), "poste": Decimal(seat), "mise-en-service": Decimal("500")}
    PriceLine.objects.bulk_create(
        PriceLine(plan=plan, position=position, amount_eur_ht=amounts[str(line["code"])], **line)
        for position, line in enumerate(PRICE_LINES)
    )
    version.freeze()
    Offer.objects.filter(pk=offer.pk).update(
        state=state, live_version=version, **{"regions": ["FR"], **extra}
    )
    offer.refresh_from_db()
    return version


def hold(offer: Offer, scheme: str, status: str = "in_force") -> TrustMark:
    mark = TrustMark.objects.create(
        offer=offer, scheme=scheme, status=status, origin="register", scope="Tout", decision_number="ESSAI-1"
    )
    EffectiveTrust.objects.create(offer=offer, scheme=scheme, status=status, mark=mark)
    return mark


@dataclass
class Purchase:
    """Everybody around one order. Actors are made anew at each reading, like a request does."""

    buyer: Organisation
    requester: Membership
    approver: Membership
    rssi: Membership
    dpo: Membership
    finance: Membership
    manager: Membership
    project: Project
    offer: Offer

    def actor(self, who: str) -> Actor:
        return Actor.of(getattr(self, who))


def frozen_result(schemes: tuple[str, ...]) -> dict[str, Any]:
    obligations = [
        {
            "code": code,
            "level": "required" if code in schemes else "not_required",
            "rules": ["R9"],
            "reason": "Essai",
            "source": "Essai",
        }
        for code in OBLIGATIONS
    ]
    return {
        "date": timezone.localdate().isoformat(),
        "obligations": obligations,
        "warnings": [],
        "unknown": [],
        "rule_sets": [],
        "offer_filter": {},
    }


def make_project(
    organisation: Organisation, *, by: Membership, schemes: tuple[str, ...] = (), decided: bool = True
) -> Project:
    n = next(_count)
    project = Project.objects.create(
        number=f"PRJ-2026-{9000 + n}",
        organisation=organisation,
        title=f"Messagerie {n}",
        state="sourcing",
        created_by=by.user,
    )
    project.authors.add(by.user)
    if decided:
        Assessment.objects.create(
            project=project,
            number=1,
            state="decided",
            facts={},
            assessed_on=timezone.localdate(),
            result=frozen_result(schemes),
        )
    return project


def make_purchase(
    *, schemes: tuple[str, ...] = (), ceiling: str = "100000.00", **offer_values: Any
) -> Purchase:
    buyer = make_organisation(name=f"Ministère d’essai {next(_count)}")
    supplier = make_organisation(kind=OrganisationKind.SUPPLIER)
    requester = make_member(Role.REQUESTER, organisation=buyer)
    return Purchase(
        buyer=buyer,
        requester=requester,
        approver=make_member(Role.APPROVER, organisation=buyer, ceiling_eur=Decimal(ceiling)),
        rssi=make_member(Role.SECURITY_OFFICER, organisation=buyer),
        dpo=make_member(Role.DATA_OFFICER, organisation=buyer),
        finance=make_member(Role.FINANCE, organisation=buyer),
        manager=make_member(Role.SUPPLIER_MANAGER, organisation=supplier),
        project=make_project(buyer, by=requester, schemes=schemes),
        offer=make_offer(organisation=supplier, trust=dict.fromkeys(schemes, "in_force"), **offer_values),
    )


def make_vehicle(buyer: Organisation, **values: Any) -> PurchasingVehicle:
    fields = {
        "number": vehicle_number(),
        "kind": "central_purchasing",
        "title": "Services en nuage",
        "reference": "CENTRALE-ESSAI-1",
        "holder_name": "Centrale d’achat d’essai",
        "starts_on": dt.date(2026, 1, 1),
        "ends_on": dt.date(2028, 12, 31),
        "created_by": make_member(Role.PURCHASING, organisation=buyer).user,
        **values,
    }
    by_lot = fields["kind"] == "framework"
    holder = fields.pop("holder", None) if by_lot else fields.get("holder")
    vehicle = PurchasingVehicle.objects.create(**fields)
    vehicle.buyers.add(buyer)
    if by_lot:
        make_lot(vehicle, *([holder] if holder is not None else []), title=vehicle.title)
    return vehicle


def make_lot(vehicle: PurchasingVehicle, *holders: Supplier, **values: Any) -> VehicleLot:
    """The next lot of a framework agreement; its dates and maximum unless others are given."""
    fields = {
        "number": vehicle.lots.count() + 1,
        "title": "Lot d’essai",
        **{name: getattr(vehicle, name) for name in ("starts_on", "ends_on", "maximum_eur")},
        **values,
    }
    lot = VehicleLot.objects.create(vehicle=vehicle, **fields)
    for holder in holders:
        lot.holdings.create(supplier=holder)
    return lot


def make_order(purchase: Purchase, *, state: str = "draft", seats: str = "10", **terms: Any) -> Order:
    """An order brought to `state` by its own moves."""
    values = {
        "starts_on": START,
        "ends_on": END,
        "vehicle": make_vehicle(purchase.buyer),
        "supplier_vat_regime": "normal",
        **(DIRECT if state in ("refused", "replaced") else {}),
        **terms,
    }
    order = order_drafts.create_order(
        purchase.project,
        actor=purchase.actor("requester"),
        offer=purchase.offer,
        plan="standard",
        quantities={"poste": Decimal(seats)},
        **values,
    )
    return bring_to(order, state, purchase)


def give_opinions(order: Order, purchase: Purchase, *, verdict: str = "favourable") -> None:
    for kind, who in (("rssi", purchase.rssi), ("dpo", purchase.dpo)):
        Opinion.objects.create(
            kind=kind,
            order=order,
            verdict=verdict,
            text="Avis d’essai",
            given_by=who.user,
            content_sha256=order.content_hash(),
        )


def bring_to(order: Order, state: str, purchase: Purchase) -> Order:
    """Straight road to `state`, with the branches refused, rejected and cancelled at their place."""
    actor = purchase.actor
    steps = [
        ("awaiting_opinions", lambda: orders.request_opinions(order, actor=actor("requester"))),
        ("awaiting_approval", lambda: _to_approval(order, purchase)),
        ("approved", lambda: orders.approve(order, actor=actor("approver"))),
        ("committed", lambda: orders.commit(order, actor=actor("finance"), commitment_number="1400001234")),
        ("sent", lambda: orders.send(order, actor=actor("requester"))),
        ("acknowledged", lambda: orders.acknowledge(order, actor=actor("manager"))),
    ]
    branches = {
        "rejected": (
            "awaiting_approval",
            lambda: orders.reject(order, actor=actor("approver"), reason="Trop cher"),
        ),
        "refused": ("sent", lambda: orders.refuse(order, actor=actor("manager"), reason="Complet")),
        "replaced": ("sent", lambda: _take_up_another(order, purchase)),
        "cancelled": ("draft", lambda: orders.cancel(order, actor=actor("requester"), reason="Abandon")),
    }
    stop, branch = branches.get(state, (state, None))
    road = [name for name, _ in steps]
    for name, step in steps[road.index(order.state) + 1 if order.state in road else 0 :]:
        if order.state == stop:
            break
        step()
        assert order.state == name
    if branch is not None:
        branch()
    assert order.state == state
    return order


def _take_up_another(order: Order, purchase: Purchase) -> None:
    """Its supplier proposes a shorter period, which is accepted."""
    proposal = proposing.propose(
        order, actor=purchase.actor("manager"), ends_on=END - dt.timedelta(days=31), reason="Essai"
    )
    proposing.accept(proposal, actor=purchase.actor("requester"))
    order.refresh_from_db()


def _to_approval(order: Order, purchase: Purchase) -> None:
    give_opinions(order, purchase)
    orders.advance_after_opinion(order, actor=purchase.actor("dpo"))
