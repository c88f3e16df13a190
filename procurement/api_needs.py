"""Projects, analyses and avis by API: the same actions as the pages."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import Offer
from marketplace.accounts.models import Membership, User
from marketplace.errors import MoveRefused, NotVisible
from marketplace.rest.idempotency import once
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.paging import PAGE_PARAMETERS, Paged
from marketplace.rest.serializers import NoInput, ReasonInput
from marketplace.rest.viewsets import CreateOnceMixin, PatchMixin, ReadViewSet
from procurement.abilities import (
    assessment_abilities,
    assessments_abilities,
    opinions_abilities,
    project_abilities,
    projects_abilities,
    require_project,
)
from procurement.actions import assessments as actions
from procurement.actions.eligibility import JudgedOffer, freeze_offers
from procurement.actions.eligible_catalogue import offers_page
from procurement.actions.opinions import advise_on_assessment, advise_on_order
from procurement.actions.projects import (
    add_author,
    add_to_shortlist,
    create_project,
    edit_project,
    refuse_closed,
    remove_from_shortlist,
)
from procurement.api_frozen_lists import FrozenListOutput, FrozenListsMixin
from procurement.api_project_alike import LikeNeedsMixin
from procurement.api_project_needs import ProjectNeedInput, ProjectNeedsMixin
from procurement.api_project_parts import ProjectDocumentInput, ProjectPartsMixin
from procurement.controls.api import OwedFilesMixin
from procurement.enums import Standing
from procurement.models import Assessment, Derogation, Opinion, Order, Project
from procurement.serializers import (
    AssessmentCreate,
    AssessmentSerializer,
    AuthorInput,
    DataAnswers,
    EligibleOffersOutput,
    OfferInput,
    OpinionInput,
    OpinionSerializer,
    ProjectSerializer,
)

STANDING = OpenApiParameter(
    "standing", str, enum=Standing.values, many=True, description="Conformité, répétable ; toutes sinon."
)


def assess_project(project: Project, *, actor: Any, reason: str) -> Project:
    """The project's move made by deciding its analysis."""
    assessment = project.current_assessment()
    if assessment is None:
        raise MoveRefused("assessment_missing", "Le projet n’a pas d’analyse de sensibilité.")
    actions.decide(assessment, actor=actor, reason=reason)
    project.refresh_from_db()
    return project


class ProjectViewSet(
    ProjectPartsMixin,
    FrozenListsMixin,
    LikeNeedsMixin,
    OwedFilesMixin,
    ProjectNeedsMixin,
    MoveMixin,
    CreateOnceMixin,
    PatchMixin,
    ReadViewSet,
):
    about = "les projets de son administration"
    queryset = (
        Project.objects.select_related("organisation")
        .prefetch_related("authors", "assessments")
        .order_by("-id")
    )
    serializer_class = ProjectSerializer
    abilities = staticmethod(project_abilities)
    collection_abilities = staticmethod(projects_abilities)
    if_match = frozenset({"edit"})
    input_classes: ClassVar[dict[str, Any]] = {
        "shortlist": OfferInput,
        "unshortlist": OfferInput,
        "add_author": AuthorInput,
        "freeze_offers": NoInput,
        "report_need": ProjectNeedInput,
        "add_document": ProjectDocumentInput,
        "copy": NoInput,
    }
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "assess": MoveEndpoint(assess_project, input=ReasonInput),
        "source": MoveEndpoint(Project.source),
        "buy": MoveEndpoint(Project.buy),
        "run": MoveEndpoint(Project.run),
        "close": MoveEndpoint(Project.close),
        "abandon": MoveEndpoint(Project.abandon, input=ReasonInput),
    }

    def create_object(self, *, actor: Any, data: dict[str, Any]) -> Project:
        return create_project(actor=actor, **data)

    def check_editable(self, obj: Project) -> None:
        refuse_closed(obj)

    def edit_object(
        self, obj: Project, *, actor: Any, data: dict[str, Any], expected_version: int | None
    ) -> Project:
        return edit_project(obj, actor=actor, expected_version=expected_version, **data)

    @extend_schema(parameters=[STANDING, *PAGE_PARAMETERS], responses=EligibleOffersOutput, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def eligible_offers(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Les offres publiques, par pages : conformes, puis à vérifier, puis écartées avec la raison."""
        project, paged = self.get_object(), Paged(request)
        standings = _standings(request)
        choice = offers_page(project, standings=standings, first=paged.first, size=paged.size)
        kept = set(project.shortlist.values_list("offer_id", flat=True))
        return Response(
            {
                **paged.links(count=sum(choice.counts[name] for name in standings)),
                "derogation": derogation_as_dict(project.derogations.first()),
                "obligations": [obligation.code for obligation in choice.result.required],
                "counts": choice.counts,
                "results": [judged_as_dict(row, kept=kept) for row in choice.rows],
            }
        )

    @extend_schema(request=None, responses={201: FrozenListOutput})
    @action(detail=True, methods=["post"])
    @once
    def freeze_offers(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Figer la liste du jour, avec les statuts et les raisons."""
        project = self.get_object()
        self.allow(project, "freeze_offers")
        version = self.expected(project, "freeze_offers")
        made = freeze_offers(project, actor=self.actor, expected_version=version)
        return Response(FrozenListOutput(made).data, status=201)

    @extend_schema(request=OfferInput, responses=ProjectSerializer)
    @action(detail=True, methods=["post"])
    def shortlist(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ajouter une offre à la présélection (sans effet si elle y est)."""
        return self._keep("shortlist", add_to_shortlist)

    @extend_schema(request=OfferInput, responses=ProjectSerializer)
    @action(detail=True, methods=["post"])
    def unshortlist(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Retirer une offre de la présélection (sans effet si elle n’y est pas)."""
        return self._keep("unshortlist", remove_from_shortlist)

    @extend_schema(request=AuthorInput, responses=ProjectSerializer)
    @action(detail=True, methods=["post"])
    def add_author(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ajouter un auteur, prescripteur de la même administration."""
        project = self.get_object()
        self.allow(project, "add_author")
        colleagues = Membership.objects.active().filter(organisation=project.organisation)
        people = User.objects.filter(pk__in=colleagues.values("user_id"))
        wanted = people.filter(uuid=self.read_input("add_author")["author"]).first()
        if wanted is None:
            raise NotVisible("author_not_found", "Cette personne n’est pas de votre administration.")
        add_author(project, actor=self.actor, user=wanted)
        return self.answer(self.reloaded(project))

    def _keep(self, act: str, handler: Any) -> Response:
        project = self.get_object()
        self.allow(project, "shortlist")
        wanted = self.read_input(act)["offer"]
        offer = Offer.objects.visible_to(self.actor).filter(uuid=wanted).first()
        if offer is None:
            raise NotVisible("offer_not_found", "Cette offre n’existe pas ou n’est pas visible pour vous.")
        handler(project, actor=self.actor, offer=offer)
        return self.answer(self.reloaded(project))


def derogation_as_dict(derogation: Derogation | None) -> dict[str, Any] | None:
    """Said beside the offers: it makes none of them comply."""
    if derogation is None:
        return None
    return {
        "number": derogation.number,
        "state": str(derogation.state_today),
        "ends_on": derogation.ends_on.isoformat() if derogation.ends_on else None,
    }


def _standings(request: Request) -> set[str]:
    """Those asked by name, else all. Raises ValidationError (400)."""
    asked = set(request.query_params.getlist("standing")) or set(Standing.values)
    if wrong := asked - set(Standing.values):
        known = ", ".join(Standing.values)
        raise ValidationError({"standing": [f"« {min(wrong)[:40]} » est inconnu. Donnez {known}."]})
    return asked


def judged_as_dict(row: JudgedOffer, *, kept: set[int]) -> dict[str, Any]:
    return {
        "id": str(row.offer.uuid),
        "slug": row.offer.slug,
        "name": row.offer.name,
        "standing": row.standing,
        "shortlisted": row.offer.pk in kept,
        "statuses": {scheme: seen.status for scheme, seen in row.statuses.items()},
        "findings": [finding.as_dict() for finding in row.judgement.findings],
    }


class AssessmentViewSet(MoveMixin, CreateOnceMixin, PatchMixin, ReadViewSet):
    about = "les analyses de sensibilité de son administration"
    queryset = (
        Assessment.objects.select_related("project__organisation", "decision__decided_by")
        .prefetch_related("authors", "project__authors", "project__assessments", "opinions__given_by")
        .order_by("-id")
    )
    serializer_class = AssessmentSerializer
    abilities = staticmethod(assessment_abilities)
    collection_abilities = staticmethod(assessments_abilities)
    if_match = frozenset({"edit"})
    input_classes: ClassVar[dict[str, Any]] = {"create": AssessmentCreate, "edit": DataAnswers}
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "request_opinions": MoveEndpoint(actions.request_opinions),
        "resume": MoveEndpoint(actions.resume),
        "send_back": MoveEndpoint(actions.send_back, input=ReasonInput),
        "decide": MoveEndpoint(actions.decide, input=ReasonInput),
    }

    def create_object(self, *, actor: Any, data: dict[str, Any]) -> Assessment:
        """The open analysis of a project of mine, or a new one from the last answers."""
        project = Project.objects.visible_to(actor).filter(uuid=data["project"]).first()
        if project is None:
            raise NotVisible("project_not_found", "Ce projet n’existe pas ou n’est pas visible pour vous.")
        require_project(actor, project, "edit")
        return actions.start_assessment(project, actor=actor)

    def check_editable(self, obj: Assessment) -> None:
        actions.refuse_frozen(obj)

    def edit_object(
        self, obj: Assessment, *, actor: Any, data: dict[str, Any], expected_version: int | None
    ) -> Assessment:
        return actions.save_answers(obj, actor=actor, answers=data, expected_version=expected_version)


class OpinionViewSet(CreateOnceMixin, ReadViewSet):
    about = "les avis du RSSI et du DPO"
    queryset = Opinion.objects.select_related("given_by", "assessment", "order").order_by("-id")
    serializer_class = OpinionSerializer
    abilities = staticmethod(lambda actor, obj: {})
    collection_abilities = staticmethod(opinions_abilities)
    input_classes: ClassVar[dict[str, Any]] = {"create": OpinionInput}

    def create_object(self, *, actor: Any, data: dict[str, Any]) -> Opinion:
        name = "assessment" if "assessment" in data else "order"
        model: Any = Assessment if name == "assessment" else Order
        target = model.objects.visible_to(actor).filter(uuid=data.pop(name)).first()
        data.pop("assessment" if name == "order" else "order", None)
        if target is None:
            message = "L’objet de l’avis n’existe pas ou n’est pas visible pour vous."
            raise NotVisible(f"{name}_not_found", message)
        advise: Any = advise_on_assessment if name == "assessment" else advise_on_order
        given: Opinion = advise(target, actor=actor, **data)
        return given
