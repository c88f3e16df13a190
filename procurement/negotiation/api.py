"""/api/v1/counter-proposals/ and private-prices/: the same rules as their pages."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters

from catalog.models import Offer
from marketplace.accounts.abilities import require
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import BUYER_KINDS
from marketplace.accounts.models import Organisation
from marketplace.errors import NotVisible
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.serializers import ReasonInput
from marketplace.rest.viewsets import CreateOnceMixin, ReadViewSet, SerializerClass
from procurement.models import CounterProposal, Order, PrivatePrice
from procurement.negotiation import private_prices, proposing
from procurement.negotiation.abilities import (
    counter_proposal_abilities,
    counter_proposals_abilities,
    private_price_abilities,
    private_prices_abilities,
    propose_ability,
)
from procurement.negotiation.enums import CounterProposalState, PrivatePriceState
from procurement.negotiation.proposing import ProposedLine
from procurement.negotiation.serializers import (
    CounterProposalInput,
    CounterProposalSerializer,
    PrivatePriceInput,
    PrivatePriceSerializer,
)


class CounterProposalFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(
        choices=CounterProposalState.choices, label="État, répétable."
    )
    order = django_filters.UUIDFilter(field_name="order__uuid", label="Identifiant du bon de commande.")

    class Meta:
        model = CounterProposal
        fields: ClassVar[list[str]] = []


class CounterProposalViewSet(MoveMixin, CreateOnceMixin, ReadViewSet):
    """Of the orders that the actor's organisation made or received."""

    about = "les contre-propositions sur ses bons de commande"
    queryset = CounterProposal.objects.for_pages().order_by("-written_at", "-pk")
    serializer_class = CounterProposalSerializer
    filterset_class = CounterProposalFilter
    abilities = staticmethod(counter_proposal_abilities)
    collection_abilities = staticmethod(counter_proposals_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"create": CounterProposalInput}
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "accept": MoveEndpoint(proposing.accept),
        "refuse": MoveEndpoint(proposing.refuse, ReasonInput),
        "withdraw": MoveEndpoint(proposing.withdraw, ReasonInput),
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> CounterProposal:
        rows = Order.objects.visible_to(actor).select_related("supplier", "vehicle")
        order = rows.filter(uuid=data.pop("order")).first()
        if order is None:
            message = "Ce bon de commande n’existe pas ou n’est pas visible pour vous."
            raise NotVisible("order_not_found", message)
        require({"create": propose_ability(actor, order)}, "create")
        lines = {
            line["price_line"]: ProposedLine(line["quantity"], line["unit_price_eur_ht"])
            for line in data.pop("lines", [])
        }
        return proposing.propose(order, actor=actor, lines=lines, **data)


class PrivatePriceFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=PrivatePriceState.choices, label="État, répétable.")
    offer = django_filters.UUIDFilter(field_name="offer__uuid", label="Identifiant de l’offre.")

    class Meta:
        model = PrivatePrice
        fields: ClassVar[list[str]] = []


class PrivatePriceViewSet(MoveMixin, CreateOnceMixin, ReadViewSet):
    """Read by the supplier, by the administration that it is for, and by the auditor."""

    about = "les prix privés donnés ou reçus"
    queryset = PrivatePrice.objects.for_pages().order_by("-given_at", "-pk")
    serializer_class = PrivatePriceSerializer
    filterset_class = PrivatePriceFilter
    abilities = staticmethod(private_price_abilities)
    collection_abilities = staticmethod(private_prices_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"create": PrivatePriceInput}
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "withdraw": MoveEndpoint(private_prices.withdraw, ReasonInput)
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> PrivatePrice:
        offers = Offer.objects.visible_to(actor).select_related("live_version", "supplier")
        offer = offers.filter(uuid=data.pop("offer"), supplier__organisation=actor.organisation).first()
        if offer is None:
            raise NotVisible("offer_not_found", "Cette offre n’existe pas ou n’est pas la vôtre.")
        buyer = Organisation.objects.filter(uuid=data.pop("buyer"), kind__in=BUYER_KINDS).first()
        if buyer is None:
            raise NotVisible("buyer_not_found", "Cette administration n’existe pas.")
        return private_prices.give(
            offer,
            actor=actor,
            buyer=buyer,
            plan_code=data.pop("plan"),
            component_code=data.pop("price_line"),
            **data,
        )


ROUTES: list[tuple[str, Any, str]] = [
    ("counter-proposals", CounterProposalViewSet, "counter-proposal"),
    ("private-prices", PrivatePriceViewSet, "private-price"),
]
