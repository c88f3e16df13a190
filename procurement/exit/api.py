"""/api/v1/exit-plans/; the checklist and the cost of moving hang on contracts and reviews."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts.abilities import require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.files.store import download_response
from marketplace.rest.files import file_endpoint
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.serializers import ReasonInput
from marketplace.rest.viewsets import CreateOnceMixin, ReadViewSet, SerializerClass
from procurement.exit import actions
from procurement.exit.abilities import exit_abilities, exits_abilities, open_ability
from procurement.exit.enums import ExitState
from procurement.exit.serializers import (
    ExitErasureInput,
    ExitExportInput,
    ExitNoticeInput,
    ExitPlanInput,
    ExitPlanSerializer,
    ExitReceiptInput,
    ExitRehearsalInput,
)
from procurement.models import Contract, ExitPlan


class ExitPlanFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=ExitState.choices, label="État, répétable.")
    contract = django_filters.UUIDFilter(field_name="contract__uuid", label="Identifiant du contrat.")

    class Meta:
        model = ExitPlan
        fields: list[str] = []


class ExitPlanViewSet(MoveMixin, CreateOnceMixin, ReadViewSet):
    """Of the administration; the supplier reads it once the notice was given."""

    about = "les plans de réversibilité de ses contrats"
    queryset = ExitPlan.objects.for_pages().order_by("-opened_at", "-pk")
    serializer_class = ExitPlanSerializer
    filterset_class = ExitPlanFilter
    abilities = staticmethod(exit_abilities)
    collection_abilities = staticmethod(exits_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": ExitPlanInput,
        "rehearse": ExitRehearsalInput,
        "request_export": ExitExportInput,
        "receive_export": ExitReceiptInput,
        "record_erasure": ExitErasureInput,
    }
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "give_notice": MoveEndpoint(actions.give_notice, ExitNoticeInput),
        "close": MoveEndpoint(actions.close),
        "abandon": MoveEndpoint(actions.abandon, ReasonInput),
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> ExitPlan:
        contract = Contract.objects.visible_to(actor).filter(uuid=data["contract"]).first()
        if contract is None:
            raise NotVisible("contract_not_found", "Ce contrat n’existe pas ou n’est pas visible pour vous.")
        require({"create": open_ability(actor, contract)}, "create")
        review = None
        if data.get("review") is not None:
            review = contract.reviews.filter(uuid=data["review"]).first()
            if review is None:
                raise NotVisible("review_not_found", "Ce réexamen n’est pas de ce contrat.")
        return actions.open_plan(contract, actor=actor, reason=data["reason"], review=review)

    @extend_schema(request=ExitRehearsalInput, responses=ExitPlanSerializer)
    @action(detail=True, methods=["post"])
    def rehearse(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Enregistrer un essai de sortie."""
        return self._act("rehearse", actions.rehearse)

    @extend_schema(request=ExitExportInput, responses=ExitPlanSerializer)
    @action(detail=True, methods=["post"], url_path="request-export")
    def request_export(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Demander un export de données."""
        return self._act("request_export", actions.request_export)

    @extend_schema(request=ExitReceiptInput, responses=ExitPlanSerializer)
    @action(detail=True, methods=["post"], url_path="receive-export")
    def receive_export(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Enregistrer la réception d’un export, avec son empreinte."""
        plan = self._plan("receive_export")
        data = self.read_input("receive_export")
        export = plan.exports.filter(uuid=data.pop("export")).first()
        if export is None:
            raise NotVisible("export_not_found", "Cet export n’est pas de ce plan.")
        actions.receive_export(export, actor=self.actor, **data)
        return self.answer(self.reloaded(plan))

    @extend_schema(request=ExitErasureInput, responses=ExitPlanSerializer)
    @action(detail=True, methods=["post"], url_path="record-erasure")
    def record_erasure(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Enregistrer l’attestation d’effacement du fournisseur."""
        return self._act("record_erasure", actions.record_erasure)

    @file_endpoint
    def certificate(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Le certificat de clôture, en PDF ; 404 avant la clôture."""
        plan = self.get_object()
        if plan.certificate is None:
            raise NotVisible("certificate_not_found", "Le certificat est produit à la clôture de la sortie.")
        return download_response(plan.certificate, actor=self.actor)

    def _plan(self, act: str) -> ExitPlan:
        plan: ExitPlan = self.get_object()
        self.allow(plan, act)
        actions.refuse_over(plan)
        return plan

    def _act(self, name: str, act: Any) -> Response:
        plan = self._plan(name)
        version = self.expected(plan, name)
        act(plan, actor=self.actor, expected_version=version, **self.read_input(name))
        return self.answer(self.reloaded(plan))


ROUTES: list[tuple[str, Any, str]] = [("exit-plans", ExitPlanViewSet, "exit-plan")]
