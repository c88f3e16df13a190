"""What the desk tells about buying: to the administration what its person wrote or acted on, to the
supplier the orders it received; and the offers that a person's projects, orders and contracts rest on."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.urls import reverse

from catalog.followed import MARK_ACTS, NEW_VERSION
from catalog.models import EffectiveTrust, Offer, StackEdge, TrustMark
from catalog.states import OFFER_MOVES
from marketplace.accounts.actors import Actor
from marketplace.ui.followed import Followed, follow
from procurement import states, states_orders
from procurement.derogations import states as states_derogation
from procurement.models import Assessment, Contract, Derogation, Opinion, Order, Project
from procurement.models.eligibility import ShortlistEntry

LOSSES = frozenset({"flag_status_loss"})
REVIEWS = frozenset({"open_review", "decide_review"})
ORDER_ACTS, CONTRACT_ACTS = frozenset(states_orders.ORDER), frozenset(states_orders.CONTRACT)
# What the administration does before sending is not the supplier's to read.
BETWEEN_PARTIES = frozenset({"send", "acknowledge", "refuse", "cancel"})


def _projects(actor: Actor) -> QuerySet[Project] | None:
    return Project.objects.visible_to(actor) if actor.is_buyer else None


def _assessments(actor: Actor) -> QuerySet[Assessment] | None:
    return Assessment.objects.visible_to(actor).for_lists() if actor.is_buyer else None


def _opinions(actor: Actor) -> QuerySet[Opinion] | None:
    return Opinion.objects.visible_to(actor).for_lists() if actor.is_buyer else None


def _derogations(actor: Actor) -> QuerySet[Derogation] | None:
    return Derogation.objects.visible_to(actor).select_related("project") if actor.is_buyer else None


def _orders(actor: Actor) -> QuerySet[Order] | None:
    return Order.objects.visible_to(actor).for_lists() if actor.is_buyer else None


def _orders_received(actor: Actor) -> QuerySet[Order] | None:
    return Order.objects.visible_to(actor).for_lists() if actor.is_supplier and actor.roles else None


def _contracts(actor: Actor) -> QuerySet[Contract] | None:
    return Contract.objects.visible_to(actor).for_lists() if actor.is_buyer else None


def _contracts_held(actor: Actor) -> QuerySet[Contract] | None:
    return Contract.objects.visible_to(actor).for_lists() if actor.is_supplier and actor.roles else None


def _offers(actor: Actor) -> QuerySet[Offer] | None:
    return Offer.objects.visible_to(actor) if actor.is_buyer else None


def _marks(actor: Actor) -> QuerySet[TrustMark] | None:
    return TrustMark.objects.visible_to(actor).select_related("offer") if actor.is_buyer else None


def _offers_of(actor: Actor) -> Q:
    """Kept for a project of mine, ordered by me, or under a contract that I follow."""
    kept = ShortlistEntry.objects.filter(project__authors=actor.user).values("offer_id")
    ordered = Order.objects.filter(authors=actor.user).values("offer_id")
    held = Contract.objects.filter(owners=actor.user).values("offer_id")
    return Q(pk__in=kept) | Q(pk__in=ordered) | Q(pk__in=held)


def _marks_of(actor: Actor) -> Q:
    """Theirs, and those of the offers that they stand on: a status lost below is lost above."""
    offers = Offer.objects.filter(_offers_of(actor)).values("pk")
    below = StackEdge.objects.filter(offer__in=offers, inherits=True, base__isnull=False).values("base_id")
    lost = EffectiveTrust.objects.filter(offer__in=offers, undermined_by__isnull=False)
    return Q(offer__in=offers) | Q(offer__in=below) | Q(offer__in=lost.values("undermined_by_id"))


def _order_url(order: Order) -> str:
    return reverse("procurement:order", args=[order.number])


def _contract_url(contract: Contract) -> str:
    return reverse("procurement:contract", args=[contract.number])


def _opinion_url(opinion: Opinion) -> str:
    if opinion.assessment is not None:
        return opinion.assessment.get_absolute_url()
    return _order_url(opinion.order) if opinion.order is not None else ""


def _opinion_label(opinion: Opinion) -> str:
    about = opinion.order.number if opinion.order is not None else ""
    if opinion.assessment is not None:
        about = opinion.assessment.project.number
    return f"Avis du {opinion.get_kind_display()}, {about}"


def _order_label(order: Order) -> str:
    return f"{order.number} {order.offer.name}"


NEEDS = (
    Followed(
        "procurement.project",
        seen=_projects,
        own=lambda actor: Q(authors=actor.user),
        url=Project.get_absolute_url,
        done=frozenset({"run", "close", "abandon"}),
        told=frozenset(states.PROJECT) | {"freeze_offers", "add_author"},
    ),
    Followed(
        "procurement.assessment",
        seen=_assessments,
        own=lambda actor: Q(authors=actor.user),
        url=Assessment.get_absolute_url,
        label=lambda row: f"Analyse de {row.project}",
        done=frozenset({"request_opinions", "send_back", "decide"}),
        told=frozenset(states.ASSESSMENT),
    ),
    Followed(
        "procurement.opinion",
        seen=_opinions,
        own=lambda actor: Q(order__authors=actor.user) | Q(assessment__authors=actor.user),
        url=_opinion_url,
        label=_opinion_label,
        done=frozenset({"give"}),
        told=frozenset({"give"}),
    ),
    Followed(
        "procurement.derogation",
        seen=_derogations,
        own=lambda actor: Q(asked_by=actor.user) | Q(project__authors=actor.user),
        url=Derogation.get_absolute_url,
        label=lambda row: f"Dérogation {row}",
        done=frozenset(states_derogation.DEROGATION) | {"create"},
        told=frozenset(states_derogation.DEROGATION),
    ),
)
PURCHASES = (
    Followed(
        "procurement.order",
        seen=_orders,
        own=lambda actor: Q(authors=actor.user),
        url=_order_url,
        label=_order_label,
        done=frozenset({"approve", "reject", "commit", "send", "cancel"}),
        told=ORDER_ACTS | LOSSES,
    ),
    Followed(
        "procurement.order",
        seen=_orders_received,
        own=lambda actor: Q(supplier__organisation=actor.organisation),
        url=_order_url,
        label=_order_label,
        done=frozenset({"acknowledge", "refuse"}),
        told=BETWEEN_PARTIES,
    ),
    Followed(
        "procurement.contract",
        seen=_contracts,
        own=lambda actor: Q(owners=actor.user),
        url=_contract_url,
        label=_order_label,
        done=CONTRACT_ACTS | {"decide_review"},
        told=CONTRACT_ACTS | REVIEWS,
    ),
    Followed(
        "procurement.contract",
        seen=_contracts_held,
        own=lambda actor: Q(supplier__organisation=actor.organisation),
        url=_contract_url,
        label=_order_label,
        told=CONTRACT_ACTS,
    ),
)
OFFERS = (
    Followed(
        "catalog.offer",
        seen=_offers,
        own=_offers_of,
        url=Offer.get_absolute_url,
        told=frozenset(OFFER_MOVES) | NEW_VERSION,
    ),
    Followed(
        "catalog.trustmark",
        seen=_marks,
        own=_marks_of,
        url=lambda mark: mark.offer.get_absolute_url(),
        label=lambda mark: f"{mark.name} de {mark.offer.name}",
        told=MARK_ACTS,
    ),
)


def register() -> None:
    follow(*NEEDS, *PURCHASES, *OFFERS)
