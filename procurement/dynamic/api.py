"""/api/v1/dynamic-systems/ and admissions/: the same rules as their pages."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.serializers import NoInput
from marketplace.rest.viewsets import CreateOnceMixin, ReadViewSet, SerializerClass
from procurement.applications.api import ApplicationViewSet
from procurement.applications.serializers import ApplicationPaperInput, ApplicationWithdrawalInput
from procurement.dynamic import admitting
from procurement.dynamic.abilities import (
    admission_abilities,
    admissions_abilities,
    system_abilities,
    systems_abilities,
)
from procurement.dynamic.enums import AdmissionState
from procurement.dynamic.opening import open_system, refuse_applied, write_categories
from procurement.dynamic.serializers import (
    AdmissionInput,
    AdmissionReasonInput,
    AdmissionSerializer,
    DynamicSystemInput,
    DynamicSystemSerializer,
    SystemCategoriesInput,
)
from procurement.models import Admission, DynamicSystem


class DynamicSystemViewSet(CreateOnceMixin, ReadViewSet):
    """Open to any supplier all along their life."""

    about = "les systèmes d’acquisition dynamiques"
    public = True
    queryset = DynamicSystem.objects.for_pages().prefetch_related("categories").order_by("-created_at", "-pk")
    serializer_class = DynamicSystemSerializer
    abilities = staticmethod(system_abilities)
    collection_abilities = staticmethod(systems_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": DynamicSystemInput,
        "write_categories": SystemCategoriesInput,
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> DynamicSystem:
        return open_system(actor=actor, **data)

    @extend_schema(request=SystemCategoriesInput, responses=DynamicSystemSerializer)
    @action(detail=True, methods=["post"], url_path="write-categories")
    def write_categories(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Écrire les catégories, tant que personne n’a candidaté."""
        found = self.get_object()
        self.allow(found, "write_categories")
        refuse_applied(found)
        write_categories(found, actor=self.actor, **self.read_input("write_categories"))
        return self.answer(self.reloaded(found))


class AdmissionFilterSet(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=AdmissionState.choices, label="État, répétable.")
    system = django_filters.UUIDFilter(field_name="system__uuid", label="Identifiant du système.")

    class Meta:
        model = Admission
        fields: ClassVar[list[str]] = []


class AdmissionViewSet(MoveMixin, CreateOnceMixin, ApplicationViewSet, ReadViewSet):
    """Of the administration that admits, of the auditor, and of each supplier its own."""

    about = "les candidatures aux systèmes d’acquisition dynamiques"
    queryset = Admission.objects.for_pages().order_by("-asked_at", "-pk")
    serializer_class = AdmissionSerializer
    filterset_class = AdmissionFilterSet
    abilities = staticmethod(admission_abilities)
    collection_abilities = staticmethod(admissions_abilities)
    refuse_papers = staticmethod(admitting.refuse_answered)
    keep_paper = staticmethod(admitting.add_paper)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": AdmissionInput,
        "extend": AdmissionReasonInput,
        "add_paper": ApplicationPaperInput,
    }
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "admit": MoveEndpoint(admitting.admit, NoInput),
        "refuse": MoveEndpoint(admitting.refuse, AdmissionReasonInput),
        "withdraw": MoveEndpoint(admitting.withdraw, ApplicationWithdrawalInput),
        "end": MoveEndpoint(admitting.end, AdmissionReasonInput),
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> Admission:
        system = DynamicSystem.objects.for_pages().filter(uuid=data.pop("system")).first()
        if system is None:
            raise NotVisible
        if (wanted := data.pop("category", None)) is not None:
            data["category"] = admitting.category_named(system, wanted)
        return admitting.ask(system, actor=actor, **data)

    @extend_schema(request=AdmissionReasonInput, responses=AdmissionSerializer)
    @action(detail=True, methods=["post"])
    def extend(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Prolonger une fois le délai de réponse, avec le motif."""
        found = self.get_object()
        self.allow(found, "extend")
        version = self.expected(found, "extend")
        admitting.refuse_extended(found)
        data = self.read_input("extend")
        admitting.extend(found, actor=self.actor, expected_version=version, **data)
        return self.answer(self.reloaded(found))


ROUTES: list[tuple[str, Any, str]] = [
    ("dynamic-systems", DynamicSystemViewSet, "dynamic-system"),
    ("admissions", AdmissionViewSet, "admission"),
]
