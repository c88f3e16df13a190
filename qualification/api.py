"""/api/v1/dossiers/ and /api/v1/checks/."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import Offer
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.rest.idempotency import once
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.serializers import NoInput, ReasonInput
from marketplace.rest.viewsets import CreateOnceMixin, ReadViewSet, SerializerClass
from qualification import actions, decisions, pipeline
from qualification.abilities import dossier_abilities, dossiers_abilities, run_abilities
from qualification.filters import CheckRunFilterSet, DossierFilterSet
from qualification.models import CheckRun, Dossier
from qualification.serializers import (
    CheckRunSerializer,
    DecisionInput,
    DossierSerializer,
    FindingInput,
    InterestInput,
    NewDossierInput,
    ProposalInput,
)


class DossierViewSet(MoveMixin, CreateOnceMixin, ReadViewSet):
    """Listing dossiers: a supplier's own, or all sent ones for the operator and the auditor."""

    about = "les dossiers de référencement"
    queryset = Dossier.objects.for_lists().select_related("offer_version").order_by("-id")
    serializer_class = DossierSerializer
    filterset_class = DossierFilterSet
    abilities = staticmethod(dossier_abilities)
    collection_abilities = staticmethod(dossiers_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": NewDossierInput,
        "record_finding": FindingInput,
        "declare_interest": InterestInput,
        "take": NoInput,
    }
    moves = {
        "submit": MoveEndpoint(actions.submit),
        "request_corrections": MoveEndpoint(actions.request_corrections, input=ReasonInput),
        "answer_corrections": MoveEndpoint(actions.answer_corrections, input=ReasonInput),
        "propose": MoveEndpoint(actions.propose, input=ProposalInput),
        "send_back": MoveEndpoint(actions.send_back, input=ReasonInput),
        "decide": MoveEndpoint(decisions.decide, input=DecisionInput),
        "appeal": MoveEndpoint(decisions.appeal, input=ReasonInput),
        "decide_appeal": MoveEndpoint(decisions.decide_appeal, input=DecisionInput),
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> Dossier:
        offer = Offer.objects.owned_by(actor).filter(uuid=data["offer"]).first()
        if offer is None:
            raise NotVisible("offer_not_found", "Cette offre n’existe pas ou n’est pas l’une des vôtres.")
        return actions.open_dossier(offer, actor=actor)

    @extend_schema(request=NoInput, responses=DossierSerializer)
    @action(detail=True, methods=["post"])
    def take(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Prendre ce dossier"""
        return self._act("take", actions.take)

    @extend_schema(request=FindingInput, responses=DossierSerializer)
    @action(detail=True, methods=["post"])
    def record_finding(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Enregistrer un constat"""
        return self._act("record_finding", actions.record_finding)

    @extend_schema(request=InterestInput, responses=DossierSerializer)
    @action(detail=True, methods=["post"])
    def declare_interest(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Déclarer un lien avec le fournisseur"""
        return self._act("declare_interest", actions.declare_interest, versioned=False)

    def _act(self, name: str, handler: Any, *, versioned: bool = True) -> Response:
        dossier = self.get_object()
        self.allow(dossier, name)
        version = {"expected_version": self.expected(dossier, name)} if versioned else {}
        handler(dossier, actor=self.actor, **version, **self.read_input(name))
        return self.answer(self.reloaded(dossier))


class CheckRunViewSet(ReadViewSet):
    """Runs of automatic checks. A run is never edited: `replay` makes a new one."""

    about = "les passages des contrôles automatiques"
    queryset = CheckRun.objects.select_related("dossier").order_by("-id")
    serializer_class = CheckRunSerializer
    filterset_class = CheckRunFilterSet
    abilities = staticmethod(run_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"replay": NoInput}

    @extend_schema(request=NoInput, responses={201: CheckRunSerializer})
    @action(detail=True, methods=["post"])
    @once
    def replay(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Relancer ce contrôle"""
        run = self.get_object()
        self.allow(run, "replay")
        self.read_input("replay")
        made = pipeline.replay(run.dossier, check_code=run.check_code, actor=self.actor)
        return self.answer(self.reloaded(made), status=201)


ROUTES = [("dossiers", DossierViewSet, "dossier"), ("checks", CheckRunViewSet, "check")]
