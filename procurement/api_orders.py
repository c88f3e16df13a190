"""/api/v1/orders/, contracts/; contract-reviews/ is in api_reviews, vehicles in api_vehicles."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import Offer
from marketplace.accounts.abilities import require
from marketplace.accounts.actors import Actor
from marketplace.errors import MoveRefused, NotVisible
from marketplace.files.store import download_response
from marketplace.rest.desk import DeskRowOutput
from marketplace.rest.files import file_endpoint
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.renderers import XmlRenderer
from marketplace.rest.serializers import ReasonInput
from marketplace.rest.viewsets import CreateOnceMixin, PatchMixin, ReadViewSet
from procurement import api_reviews, api_vehicles
from procurement.abilities_orders import (
    contract_abilities,
    order_abilities,
    orders_abilities,
)
from procurement.actions import orders
from procurement.actions.contracts import announce_end, end_contract, terminate_contract
from procurement.actions.order_drafts import create_order, edit_order
from procurement.amendments import api as api_amendments
from procurement.api_order_messages import OrderMessageInput, OrderMessagesMixin
from procurement.approval import api as api_approval
from procurement.budgets import api as api_budgets
from procurement.budgets.api import visible_line
from procurement.desk_contract import waiting_on
from procurement.discounts import api as api_discounts
from procurement.enums_orders import OrderState
from procurement.exit import api as api_exit
from procurement.exit import checklist
from procurement.exit.abilities import secure_ability
from procurement.exit.serializers import SecurityAnswerInput, SecurityChecklistSerializer
from procurement.filters_orders import ContractFilter, OrderFilter
from procurement.invoicing import api as api_invoicing
from procurement.models import Contract, Order, Project, PurchasingVehicle
from procurement.negotiation import api as api_negotiation
from procurement.register import api as api_register
from procurement.register.abilities import owners_ability
from procurement.register.owners import set_owners
from procurement.serializers_orders import (
    CommitInput,
    ContractSerializer,
    OrderEditInput,
    OrderInput,
    OrderSerializer,
    ReopenInput,
)
from procurement.statements import api as api_statements


class OrderViewSet(OrderMessagesMixin, MoveMixin, CreateOnceMixin, PatchMixin, ReadViewSet):
    """Purchase orders of the actor's administration, or those sent to the actor's company."""

    about = "les bons de commande de son administration, ou reçus par son entreprise"
    queryset = (
        Order.objects.select_related(
            "project",
            "buyer",
            "supplier",
            "offer__supplier",
            "offer_version",
            "plan",
            "vehicle",
            "budget",
            "counter_proposal",
            "contract",
            "document",
            "ubl",
        )
        .prefetch_related("lines__price_line", "flags", "approvals")
        .order_by("-created_at", "-pk")
    )
    serializer_class = OrderSerializer
    filterset_class = OrderFilter
    abilities = staticmethod(order_abilities)
    collection_abilities = staticmethod(orders_abilities)
    if_match = frozenset({"edit"})
    input_classes = {"create": OrderInput, "edit": OrderEditInput, "write_message": OrderMessageInput}
    moves = {
        "request_opinions": MoveEndpoint(orders.request_opinions),
        "request_approval": MoveEndpoint(orders.request_approval),
        "approve": MoveEndpoint(orders.approve),
        "reject": MoveEndpoint(orders.reject, input=ReasonInput),
        "commit": MoveEndpoint(orders.commit, input=CommitInput),
        "send": MoveEndpoint(orders.send),
        "acknowledge": MoveEndpoint(orders.acknowledge),
        "refuse": MoveEndpoint(orders.refuse, input=ReasonInput),
        "cancel": MoveEndpoint(orders.cancel, input=ReasonInput),
        "reopen": MoveEndpoint(orders.reopen, input=ReopenInput),
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> Order:
        project = Project.objects.named(data.pop("project"), actor=actor)
        offers = Offer.objects.visible_to(actor).select_related("supplier", "live_version")
        offer = offers.filter(uuid=data.pop("offer")).first()
        if offer is None:
            raise NotVisible("offer_not_found", "Cette offre n’existe pas ou n’est pas visible pour vous.")
        return create_order(project, actor=actor, offer=offer, **terms_of(data, actor=actor))

    def check_editable(self, obj: Order) -> None:
        if obj.state != OrderState.DRAFT:
            raise MoveRefused(
                "wrong_state", "Seul un brouillon se modifie. Reprenez-le d’abord en brouillon."
            )

    @file_endpoint
    def document(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Le bon de commande envoyé, en PDF ; 404 avant l’envoi."""
        order = self.get_object()
        if order.document is None:
            raise NotVisible("document_not_found", "Le document est produit à l’envoi du bon de commande.")
        return download_response(order.document, actor=self.actor)

    @file_endpoint(renderer=XmlRenderer)
    def ubl(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Le bon de commande envoyé, en UBL 2.1 ; 404 avant l’envoi."""
        order = self.get_object()
        if order.ubl is None:
            raise NotVisible("document_not_found", "Le document est produit à l’envoi du bon de commande.")
        return download_response(order.ubl, actor=self.actor)

    def edit_object(
        self, obj: Order, *, actor: Actor, data: dict[str, Any], expected_version: int | None
    ) -> Order:
        return edit_order(obj, actor=actor, expected_version=expected_version, **terms_of(data, actor=actor))


def terms_of(data: dict[str, Any], *, actor: Actor) -> dict[str, Any]:
    """Lines become quantities by code, the vehicle its row. Raises NotVisible on one not ours."""
    terms = dict(data)
    if "lines" in terms:
        terms["quantities"] = {line["price_line"]: line["quantity"] for line in terms.pop("lines")}
    if terms.get("budget") is not None:
        terms["budget"] = visible_line(terms["budget"], actor=actor)
    if terms.get("vehicle") is not None:
        terms["vehicle"] = _vehicle(terms["vehicle"], actor=actor)
    return terms


def _vehicle(uuid: uuids.UUID, *, actor: Actor) -> PurchasingVehicle:
    vehicle = PurchasingVehicle.objects.visible_to(actor).filter(uuid=uuid).first()
    if vehicle is None:
        message = "Ce support d’achat n’existe pas ou n’est pas ouvert à votre administration."
        raise NotVisible("vehicle_not_found", message)
    return vehicle


class ContractViewSet(MoveMixin, ReadViewSet):
    """Contracts of the actor's administration or company."""

    about = "les contrats de son administration ou de son entreprise"
    queryset = (
        Contract.objects.select_related("order", "buyer", "supplier", "offer__supplier", "offer_version")
        .prefetch_related("offer__effective_trust", "reviews__replacements", "amendments", "owners")
        .order_by("-signed_at", "-pk")
    )
    serializer_class = ContractSerializer
    filterset_class = ContractFilter
    abilities = staticmethod(contract_abilities)
    moves = {
        "start_ending": MoveEndpoint(announce_end, input=ReasonInput),
        "end": MoveEndpoint(end_contract, input=ReasonInput),
        "terminate": MoveEndpoint(terminate_contract, input=ReasonInput),
    }
    input_classes = {"owners": api_register.OwnersInput, "answer_security": SecurityAnswerInput}

    @extend_schema(responses=DeskRowOutput(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, sparse=False)
    def waiting(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ce qui vous attend sur ce contrat, le plus pressé d’abord."""
        return Response(DeskRowOutput(waiting_on(self.get_object(), self.actor), many=True).data)

    @extend_schema(responses=SecurityChecklistSerializer, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, sparse=False)
    def security(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """La liste de sécurité des 30 jours ouvrés qui suivent la signature."""
        return self._checklist(self._secured())

    @extend_schema(request=SecurityAnswerInput, responses=SecurityChecklistSerializer)
    @action(detail=True, methods=["post"], url_path="answer-security")
    def answer_security(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Répondre à un point de la liste de sécurité."""
        contract = self._secured()
        require({"answer": secure_ability(self.actor, contract)}, "answer")
        checklist.refuse_over(contract)
        checklist.answer(contract, actor=self.actor, **self.read_input("answer_security"))
        return self._checklist(contract)

    def _secured(self) -> Contract:
        """How an administration secures itself is not its supplier's to read."""
        contract: Contract = self.get_object()
        if self.actor.is_supplier:
            raise NotVisible
        return contract

    def _checklist(self, contract: Contract) -> Response:
        return Response(SecurityChecklistSerializer(checklist.checklist_of(contract)).data)

    @extend_schema(request=api_register.OwnersInput, responses=ContractSerializer)
    @action(detail=True, methods=["post"])
    def owners(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Dire qui suit le contrat ; ces personnes sont prévenues avant chaque préavis."""
        contract = self.get_object()
        require({"set_owners": owners_ability(self.actor, contract)}, "set_owners")
        version = self.expected(contract, "owners")
        emails = self.read_input("owners")["owners"]
        set_owners(contract, actor=self.actor, emails=emails, expected_version=version)
        return self.answer(self.reloaded(contract))


ROUTES = [
    ("orders", OrderViewSet, "order"),
    ("contracts", ContractViewSet, "contract"),
    *api_vehicles.ROUTES,
    *api_discounts.ROUTES,
    *api_reviews.ROUTES,
    *api_budgets.ROUTES,
    *api_approval.ROUTES,
    *api_amendments.ROUTES,
    *api_negotiation.ROUTES,
    *api_statements.ROUTES,
    *api_register.ROUTES,
    *api_invoicing.ROUTES,
    *api_exit.ROUTES,
]
