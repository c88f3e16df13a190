"""/api/v1/need-shares/, group-purchases/, group-members/: merged demand."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts.abilities import Verdicts, require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.files.store import download_response
from marketplace.rest.idempotency import once
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.parsers import StrictJSONParser
from marketplace.rest.principal import actor_of
from marketplace.rest.serializers import NoInput, ReasonInput
from marketplace.rest.viewsets import CreateOnceMixin, ReadViewSet, SerializerClass
from procurement.groups import forming, sharing
from procurement.groups.abilities import (
    group_abilities,
    groups_abilities,
    member_abilities,
    share_abilities,
    share_ability,
    shares_abilities,
)
from procurement.groups.enums import GroupState, ShareState
from procurement.groups.serializers import (
    GroupConventionInput,
    GroupInput,
    GroupInviteInput,
    GroupJoinInput,
    GroupMemberSerializer,
    GroupPurchaseSerializer,
    NeedShareInput,
    NeedShareSerializer,
)
from procurement.models import GroupMember, GroupPurchase, NeedShare, Project


class NeedShareFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=ShareState.choices, label="État, répétable.")
    like = django_filters.UUIDFilter(method="like_project", label="Semblables au besoin de ce projet.")

    class Meta:
        model = NeedShare
        fields: list[str] = []

    def like_project(self, rows: Any, name: str, uuid: Any) -> Any:
        """Of a project that the actor sees; nothing is like another."""
        project = Project.objects.visible_to(actor_of(self.request)).filter(uuid=uuid).first()
        if project is None:
            return rows.none()
        own = project.shares.living().first()
        return rows.like(project, **({"volume": own.volume, "unit": own.unit} if own is not None else {}))


class NeedShareViewSet(MoveMixin, CreateOnceMixin, ReadViewSet):
    """Shared needs are read by members of administrations; proposed ones by their own."""

    about = "les besoins que des administrations partagent"
    queryset = NeedShare.objects.for_pages().order_by("-proposed_at", "-pk")
    serializer_class = NeedShareSerializer
    filterset_class = NeedShareFilter
    abilities = staticmethod(share_abilities)
    collection_abilities = staticmethod(shares_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"create": NeedShareInput, "consent": NoInput}
    moves: ClassVar[dict[str, MoveEndpoint]] = {"withdraw": MoveEndpoint(sharing.withdraw)}

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> NeedShare:
        project = Project.objects.named(data.pop("project"), actor=actor)
        require(share_ability(actor, project), "create")
        return sharing.propose(project, actor=actor, **data)

    @extend_schema(request=None, responses=NeedShareSerializer)
    @action(detail=True, methods=["post"])
    @once
    def consent(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Donner son accord d’auteur ; le dernier partage le besoin."""
        found = self.get_object()
        self.allow(found, "consent")
        version = self.expected(found, "consent")
        sharing.refuse_decided(found)
        self.read_input("consent")
        sharing.consent(found, actor=self.actor, expected_version=version)
        return self.answer(self.reloaded(found))


class GroupPurchaseFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=GroupState.choices, label="État, répétable.")

    class Meta:
        model = GroupPurchase
        fields: list[str] = []


class GroupPurchaseViewSet(MoveMixin, CreateOnceMixin, ReadViewSet):
    """Read by its members, those invited, and the auditor."""

    about = "les groupements d’achat de son administration"
    queryset = (
        GroupPurchase.objects.for_pages().prefetch_related("members__group").order_by("-created_at", "-pk")
    )
    serializer_class = GroupPurchaseSerializer
    filterset_class = GroupPurchaseFilter
    parser_classes = (MultiPartParser, StrictJSONParser)
    abilities = staticmethod(group_abilities)
    collection_abilities = staticmethod(groups_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"create": GroupInput, "invite": GroupInviteInput}
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "propose_convention": MoveEndpoint(forming.propose_convention, GroupConventionInput),
        "reopen": MoveEndpoint(forming.reopen, ReasonInput),
        "dissolve": MoveEndpoint(forming.dissolve, ReasonInput),
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> GroupPurchase:
        project = Project.objects.named(data.pop("project"), actor=actor)
        require(share_ability(actor, project), "create")
        return forming.create_group(project, actor=actor, **data)

    @extend_schema(request=GroupInviteInput, responses=GroupPurchaseSerializer)
    @action(detail=True, methods=["post"])
    @once
    def invite(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Inviter l’administration d’un besoin partagé."""
        found = self.get_object()
        self.allow(found, "invite")
        forming.refuse_not(found, GroupState.FORMING)
        wanted = self.read_input("invite")["share"]
        share = NeedShare.objects.visible_to(self.actor).for_pages().filter(uuid=wanted).first()
        if share is None:
            raise NotVisible("share_not_found", "Ce besoin n’existe pas ou n’est pas visible pour vous.")
        forming.invite(found, actor=self.actor, share=share)
        return self.answer(self.reloaded(found))

    @extend_schema(responses={200: OpenApiTypes.BINARY}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def document(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """La convention de groupement ; chaque lecture est journalisée."""
        found = self.get_object()
        if found.document is None:
            raise NotVisible()
        return download_response(found.document, actor=self.actor)


def _nothing(actor: Actor) -> Verdicts:
    return {}


class GroupMemberViewSet(MoveMixin, ReadViewSet):
    """Members are made by an invitation; each acts for its own administration."""

    about = "les membres des groupements de son administration"
    queryset = GroupMember.objects.for_pages().order_by("-invited_at", "-pk")
    serializer_class = GroupMemberSerializer
    abilities = staticmethod(member_abilities)
    collection_abilities = staticmethod(_nothing)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"sign": NoInput}
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "join": MoveEndpoint(forming.join, GroupJoinInput),
        "decline": MoveEndpoint(forming.decline),
        "leave": MoveEndpoint(forming.leave, ReasonInput),
    }

    @extend_schema(request=None, responses=GroupMemberSerializer)
    @action(detail=True, methods=["post"])
    @once
    def sign(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Signer la convention pour son administration ; l’empreinte signée est gardée."""
        found = self.get_object()
        self.allow(found, "sign")
        version = self.expected(found, "sign")
        forming.refuse_unsignable(found)
        self.read_input("sign")
        forming.sign(found, actor=self.actor, expected_version=version)
        return self.answer(self.reloaded(found))


ROUTES: list[tuple[str, Any, str]] = [
    ("need-shares", NeedShareViewSet, "need-share"),
    ("group-purchases", GroupPurchaseViewSet, "group-purchase"),
    ("group-members", GroupMemberViewSet, "group-member"),
]
