"""A lost or suspended status reaches projects, orders and contracts, and the people behind them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from catalog.enums import ENDED_STATUSES, LOST_STATUSES, Scheme, TrustStatus
from catalog.hooks import Effect
from catalog.models import EffectiveTrust, Offer
from catalog.trust import effective_statuses
from marketplace.accounts.actors import system_actor
from marketplace.accounts.enums import Role
from marketplace.accounts.models import Membership, User
from marketplace.audit.journal import record
from marketplace.calendar_months import months_after
from marketplace.errors import MoveRefused
from marketplace.notifications.outbox import notify
from marketplace.ui.typography import date_text
from procurement.actions.eligibility import offers_for
from procurement.approval.people import signers_for
from procurement.enums import Standing
from procurement.enums_orders import OPEN_STATES, OrderState, ReviewKind
from procurement.models import Contract, ContractReview, Order, OrderFlag, Project
from procurement.obligations import project_people, projects_on

if TYPE_CHECKING:
    from marketplace.events.models import DomainEvent

# A suspension may be lifted: it opens a review. The others are losses: they open the exit clause.
_REVIEWED = frozenset({TrustStatus.SUSPENDED})
_ONCE_HELD = frozenset(
    {TrustStatus.IN_FORCE, TrustStatus.RENEWAL_PENDING, TrustStatus.SUSPENDED, TrustStatus.EXPIRED}
)


REPLACEMENTS_LIMIT = 30


@dataclass(frozen=True, slots=True)
class Loss:
    """One event, read: which offers lost what, and since when."""

    event_uuid: str
    scheme: str
    status: str
    offers: tuple[int, ...]
    on: dt.date

    @property
    def scheme_label(self) -> str:
        return str(Scheme(self.scheme).label) if self.scheme in Scheme.values else self.scheme

    @property
    def sentence(self) -> str:
        words = TrustStatus(self.status).label.lower()
        return f"{self.scheme_label}\u00a0: statut «\u00a0{words}\u00a0» depuis le {date_text(self.on)}."

    @property
    def review_kind(self) -> str:
        return ReviewKind.REVIEW if self.status in _REVIEWED else ReviewKind.EXIT_CLAUSE


def losses_of(event: DomainEvent) -> list[Loss]:
    """One loss per effective status the offers of the event now have; empty when nothing was held
    before, or when nothing is lost (obtained, renewed, reinstated, another mark still standing)."""
    if event.payload.get("status") not in ENDED_STATUSES or event.payload.get("from") not in _ONCE_HELD:
        return []
    scheme, day = str(event.payload["scheme"]), timezone.localdate(event.at)
    offers = Offer.objects.filter(pk__in=event.payload.get("offers", ()))
    by_status: dict[str, list[int]] = {}
    given_up = _given_up(event)
    for key, status in effective_statuses(offers, scheme).items():
        if status in LOST_STATUSES or (status == TrustStatus.NONE and key in given_up):
            by_status.setdefault(status, []).append(key)
    return [
        Loss(event_uuid=str(event.uuid), scheme=scheme, status=status, offers=tuple(sorted(keys)), on=day)
        for status, keys in sorted(by_status.items())
    ]


def _given_up(event: DomainEvent) -> set[int]:
    """The offer whose declaration was withdrawn and those that fell with it; never who had none."""
    if event.payload.get("status") != TrustStatus.NONE:
        return set()
    rows = EffectiveTrust.objects.filter(
        Q(mark=event.payload["mark"]) | Q(undermined_by__isnull=False),
        offer__in=event.payload.get("offers", ()),
        scheme=event.payload["scheme"],
    )
    return set(rows.values_list("offer_id", flat=True))


def affected_orders(offers: Iterable[int]) -> list[Order]:
    """Orders still on their way; those acknowledged are followed through their contract."""
    orders = Order.objects.filter(offer__in=list(offers), state__in=OPEN_STATES)
    return list(orders.select_related("offer", "supplier", "approved_by").prefetch_related("authors"))


def affected_contracts(offers: Iterable[int]) -> list[Contract]:
    contracts = Contract.objects.running().filter(offer__in=list(offers))
    return list(
        contracts.select_related(
            "offer", "supplier", "order__project", "order__approved_by"
        ).prefetch_related("owners")
    )


def apply_loss(loss: Loss) -> None:
    """Write reviews, notices and flags, then tell people. Safe to run twice for one event."""
    orders, contracts = affected_orders(loss.offers), affected_contracts(loss.offers)
    for order in orders:
        _flag(order, loss)
    for contract in contracts:
        _open_review(contract, loss)
    _tell(loss, orders=orders, contracts=contracts, projects=projects_on(loss.offers))


def _flag(order: Order, loss: Loss) -> None:
    _, is_new = OrderFlag.objects.get_or_create(
        order=order,
        event_uuid=loss.event_uuid,
        defaults={"scheme": loss.scheme, "status": loss.status, "order_state": order.state},
    )
    if is_new:
        record(
            order,
            "flag_status_loss",
            actor=system_actor("events"),
            detail={"scheme": loss.scheme, "status": loss.status},
        )


def _open_review(contract: Contract, loss: Loss) -> None:
    exits = loss.review_kind == ReviewKind.EXIT_CLAUSE
    notice = None
    if exits and contract.notice_months is not None:
        notice = months_after(loss.on, contract.notice_months)
    review, is_new = ContractReview.objects.get_or_create(
        contract=contract,
        event_uuid=loss.event_uuid,
        defaults={
            "kind": loss.review_kind,
            "scheme": loss.scheme,
            "status": loss.status,
            "opened_on": loss.on,
            "notice_on": notice,
        },
    )
    if is_new:
        review.replacements.set(replacements_for(contract))
        detail = {"kind": review.kind, "scheme": loss.scheme, "status": loss.status, "notice_on": notice}
        record(contract, "open_review", actor=system_actor("events"), detail=detail)


def replacements_for(contract: Contract) -> list[Offer]:
    """Offers of the same category that can be ordered and meet the project's obligations today."""
    try:
        eligible = offers_for(contract.order.project).of(Standing.ELIGIBLE)
    except MoveRefused:  # no analysis: nothing says what would be eligible
        return []
    offers = [judged.offer for judged in eligible if judged.offer.is_orderable]
    same = [offer for offer in offers if offer.category_id == contract.offer.category_id]
    return [offer for offer in same if offer.pk != contract.offer_id][:REPLACEMENTS_LIMIT]


def _tell(loss: Loss, *, orders: list[Order], contracts: list[Contract], projects: list[Project]) -> None:
    """One message a person and an event, whatever the number of objects; keyed by the event."""
    lines: dict[int, list[str]] = {}
    people: dict[int, User] = {}

    def add(users: Iterable[User], line: str) -> None:
        for user in users:
            people[user.pk] = user
            lines.setdefault(user.pk, []).append(line)

    for contract in contracts:
        add(_contract_people(contract), f"Contrat {contract.number}")
    for order in orders:
        add(_order_people(order), f"Bon de commande {order.number}")
    for project in projects:
        add(project_people(project), f"Projet {project.number}")
    managers = _managers_of(loss.offers)
    for user in managers:
        add([user], "Votre offre")
    url = _url(orders=orders, contracts=contracts)
    for key, user in people.items():
        concerned = ", ".join(dict.fromkeys(lines[key]))
        notify(
            [user],
            subject=f"{loss.scheme_label}\u00a0: statut perdu ou suspendu",
            body=f"{loss.sentence} Vous êtes concerné par\u00a0: {concerned}.",
            url=url if user.pk not in {manager.pk for manager in managers} else reverse("procurement:orders"),
            key=f"status_loss:{loss.event_uuid}",
        )


def _managers_of(offers: tuple[int, ...]) -> list[User]:
    organisations = Offer.objects.filter(pk__in=offers, supplier__organisation__isnull=False).values(
        "supplier__organisation_id"
    )
    members = Membership.objects.holding(Role.SUPPLIER_MANAGER).filter(organisation_id__in=organisations)
    return list(User.objects.filter(pk__in=members.values("user_id")))


def _url(*, orders: list[Order], contracts: list[Contract]) -> str:
    """The one object concerned, else the list."""
    if len(contracts) == 1 and not orders:
        return reverse("procurement:contract", args=[contracts[0].number])
    if len(orders) == 1 and not contracts:
        return reverse("procurement:order", args=[orders[0].number])
    return reverse("procurement:contracts" if contracts else "procurement:orders")


def effects_of(offers: list[Offer]) -> list[Effect]:
    """What a loss on these offers would touch, for the preview before it is recorded."""
    keys = [offer.pk for offer in offers]
    orders, contracts, projects = affected_orders(keys), affected_contracts(keys), projects_on(keys)
    managers = frozenset(user.pk for user in _managers_of(tuple(keys)))
    return [
        Effect(
            "projet",
            "projets",
            tuple((str(project), project.get_absolute_url()) for project in projects),
            frozenset(user.pk for project in projects for user in project_people(project)),
        ),
        Effect(
            "bon de commande",
            "bons de commande",
            tuple((order.number, reverse("procurement:order", args=[order.number])) for order in orders),
            managers | {user.pk for order in orders for user in _order_people(order)},
        ),
        Effect(
            "contrat",
            "contrats",
            tuple((each.number, reverse("procurement:contract", args=[each.number])) for each in contracts),
            frozenset(user.pk for contract in contracts for user in _contract_people(contract)),
        ),
    ]


def _order_people(order: Order) -> set[User]:
    """Authors and who approved; before that, while approval is awaited, those who may give it."""
    approvers = {order.approved_by} if order.approved_by is not None else set()
    if order.state == OrderState.AWAITING_APPROVAL:
        approvers |= set(signers_for(order))
    return set(order.authors.all()) | approvers


def _contract_people(contract: Contract) -> set[User]:
    approver = {contract.order.approved_by} if contract.order.approved_by is not None else set()
    return set(contract.owners.all()) | approver
