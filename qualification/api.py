"""/api/v1/dossiers/ and /api/v1/checks/."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Prefetch
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import Offer
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.files.store import download_response
from marketplace.leases import LeaseState
from marketplace.rest.files import file_endpoint
from marketplace.rest.idempotency import once
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.serializers import NoInput, ReasonInput
from marketplace.rest.viewsets import CreateOnceMixin, ReadViewSet, SerializerClass
from qualification import (
    actions,
    api_attached,
    api_confirmed,
    api_coverage,
    api_disputes,
    api_durations,
    api_evidence,
    api_gaiax,
    api_labels,
    api_schemes,
    api_signed,
    api_watch,
    api_work,
    decisions,
    interests,
    pipeline,
)
from qualification import findings as judging
from qualification.abilities import dossier_abilities, dossiers_abilities, run_abilities
from qualification.api_copies import CopiesMixin, EvidenceCopyInput, PublicCopyInput
from qualification.api_messages import MessageInput, MessagesMixin
from qualification.drills import api as api_drills
from qualification.enums import DecisionStage
from qualification.filters import CheckRunFilterSet, DossierFilterSet
from qualification.models import CheckRun, Decision, Dossier
from qualification.programmes import api as api_programmes
from qualification.progress import lines_of, progress_of
from qualification.releases import api as api_releases
from qualification.serializers import (
    CheckRunSerializer,
    DecisionInput,
    DossierSerializer,
    FindingInput,
    FindingLineSerializer,
    InterestInput,
    NewDossierInput,
    ProposalInput,
    TakeInput,
)

# The checks that wait for a worker, of which a pause is told.
DUE_RUNS = Prefetch("runs", CheckRun.objects.filter(lease_state=LeaseState.DUE), to_attr="due_runs")


class DossierViewSet(MoveMixin, CreateOnceMixin, MessagesMixin, CopiesMixin, ReadViewSet):
    """Listing dossiers: a supplier's own, or all sent ones for the operator and the auditor."""

    about = "les dossiers de référencement"
    queryset = (
        Dossier.objects.for_lists().select_related("offer_version").prefetch_related(DUE_RUNS).order_by("-id")
    )
    serializer_class = DossierSerializer
    filterset_class = DossierFilterSet
    abilities = staticmethod(dossier_abilities)
    collection_abilities = staticmethod(dossiers_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": NewDossierInput,
        "record_finding": FindingInput,
        "declare_interest": InterestInput,
        "take": TakeInput,
        "say": MessageInput,
        "redact": PublicCopyInput,
        "hand_out": EvidenceCopyInput,
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

    @extend_schema(request=TakeInput, responses=DossierSerializer)
    @action(detail=True, methods=["post"])
    def take(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Prendre ce dossier"""
        return self._act("take", interests.take)

    @extend_schema(request=FindingInput, responses=DossierSerializer)
    @action(detail=True, methods=["post"])
    def record_finding(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Enregistrer un constat"""
        return self._act("record_finding", judging.record_finding)

    @extend_schema(request=InterestInput, responses=DossierSerializer)
    @action(detail=True, methods=["post"])
    def declare_interest(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Déclarer un lien avec le fournisseur"""
        return self._act("declare_interest", interests.declare_interest, versioned=False)

    @file_endpoint(parameters=[OpenApiParameter("stage", str, enum=DecisionStage.values)])
    def letter(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """La lettre de la dernière décision en PDF, ou de celle de « stage » ; 404 avant la décision."""
        taken = Decision.objects.of(self.get_object()).order_by("-pk")
        stage = request.query_params.get("stage")
        decision = (taken.filter(stage=stage) if stage else taken).first()
        if decision is None or decision.letter is None:
            raise NotVisible("letter_not_found", "La lettre est produite à la décision.")
        return download_response(decision.letter, actor=self.actor)

    @extend_schema(responses=FindingLineSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def findings(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """La grille : par exigence, la règle, le constat, sa gravité, la preuve et comment réparer."""
        dossier = self.get_object()
        lines = lines_of(dossier, progress_of(dossier))
        shown = [line for line in lines if line.finding] if self.actor.is_supplier else lines
        return Response(FindingLineSerializer(shown, many=True).data)

    def _act(self, name: str, handler: Any, *, versioned: bool = True) -> Response:
        dossier = self.get_object()
        self.allow(dossier, name)
        version = {"expected_version": self.expected(dossier, name)} if versioned else {}
        handler(dossier, actor=self.actor, **version, **self.read_input(name))
        return self.answer(self.reloaded(dossier))


class CheckRunViewSet(ReadViewSet):
    """Runs of automatic checks. A run is never edited: `replay` makes a new one. Of old looks that say the
    same, the first, the last and one a month stay, and every failure; `thinned_before` counts the others."""

    about = "les passages des contrôles automatiques"
    queryset = (
        CheckRun.objects.select_related("dossier", "dispute", "carried_from").with_gaps().order_by("-id")
    )
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


ROUTES = [
    ("dossiers", DossierViewSet, "dossier"),
    ("checks", CheckRunViewSet, "check"),
    *api_disputes.ROUTES,
    *api_durations.ROUTES,
    *api_evidence.ROUTES,
    *api_schemes.ROUTES,
    *api_coverage.ROUTES,
    *api_gaiax.ROUTES,
    *api_attached.ROUTES,
    *api_releases.ROUTES,
    *api_watch.ROUTES,
    *api_work.ROUTES,
    *api_drills.ROUTES,
    *api_confirmed.ROUTES,
    *api_labels.ROUTES,
    *api_programmes.ROUTES,
    *api_signed.ROUTES,
]
