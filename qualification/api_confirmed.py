"""/api/v1/waivers/ and register-links/: asked by one person, answered by another."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import Offer
from catalog.registers.specs import REGISTERS
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.rest.idempotency import once
from marketplace.rest.serializers import ReasonInput, StrictModelSerializer, StrictSerializer
from marketplace.rest.viewsets import CreateOnceMixin, ReadViewSet, SerializerClass
from qualification import confirmations
from qualification.abilities_confirmed import confirmed_abilities, links_abilities, waivers_abilities
from qualification.models import CheckRun, RegisterLink, Waiver
from qualification.models.confirmed import STANDINGS

REGISTER_CHOICES = [(code, known.label) for code, known in REGISTERS.items()]
DATED = (
    "reason", "asked_by", "asked_at", "standing", "accepted", "answer", "answered_by", "answered_at",
    "end_reason", "ended_at",
)  # fmt: skip


class ConfirmedSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    offer = serializers.UUIDField(source="offer.uuid", read_only=True)
    offer_name = serializers.CharField(source="offer.name", read_only=True)
    asked_by = serializers.CharField(source="asked_by.full_name", read_only=True)
    answered_by = serializers.CharField(
        source="answered_by.full_name", read_only=True, allow_null=True, default=None
    )
    standing = serializers.ChoiceField(choices=list(STANDINGS.items()), read_only=True)


class WaiverSerializer(ConfirmedSerializer):
    title = serializers.CharField(read_only=True)
    check = serializers.UUIDField(source="run.uuid", read_only=True)

    class Meta:
        model = Waiver
        fields = ("id", "offer", "offer_name", "check_code", "title", "check", "valid_until", *DATED)
        read_only_fields = fields


class RegisterLinkSerializer(ConfirmedSerializer):
    decision = serializers.CharField(source="number", read_only=True)
    service = serializers.CharField(source="row.service", read_only=True, allow_null=True, default=None)
    provider = serializers.CharField(source="row.provider", read_only=True, allow_null=True, default=None)
    organisation = serializers.CharField(source="organisation.name", read_only=True)

    class Meta:
        model = RegisterLink
        fields = (
            "id", "offer", "offer_name", "organisation", "register", "edition", "decision", "service",
            "provider", *DATED,
        )  # fmt: skip
        read_only_fields = fields


class WaiverInput(StrictSerializer):
    check = serializers.UUIDField(help_text="Le passage de contrôle qui n’a pas pu conclure.")
    reason = serializers.CharField(max_length=2000)
    valid_until = serializers.DateField(help_text="Dans un an au plus.")


class RegisterLinkInput(StrictSerializer):
    offer = serializers.UUIDField()
    register = serializers.ChoiceField(choices=REGISTER_CHOICES)
    decision = serializers.CharField(max_length=60, help_text="Le numéro, exactement comme au registre.")
    reason = serializers.CharField(max_length=2000)


class ConfirmedMixin:
    """accept, refuse and end, each with its reason."""

    abilities = staticmethod(confirmed_abilities)

    def _act(self: Any, name: str, handler: Any) -> Response:
        row = self.get_object()
        self.allow(row, name)
        handler(row, actor=self.actor, **self.read_input(name))
        return self.answer(self.reloaded(row))

    @extend_schema(request=ReasonInput)
    @action(detail=True, methods=["post"])
    @once
    def accept(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Accepter, par une autre personne que son auteur"""
        return self._act("accept", confirmations.accept)

    @extend_schema(request=ReasonInput)
    @action(detail=True, methods=["post"])
    @once
    def refuse(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Refuser, par une autre personne que son auteur"""
        return self._act("refuse", confirmations.refuse)

    @extend_schema(request=ReasonInput)
    @action(detail=True, methods=["post"])
    @once
    def end(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Y mettre fin, ou retirer la demande"""
        return self._act("end", confirmations.end)


ANSWERS: dict[str, SerializerClass] = {"accept": ReasonInput, "refuse": ReasonInput, "end": ReasonInput}


class WaiverFilterSet(django_filters.FilterSet):
    offer = django_filters.UUIDFilter(field_name="offer__uuid")
    dossier = django_filters.UUIDFilter(field_name="dossier__uuid")

    class Meta:
        model = Waiver
        fields = ("offer", "dossier")


class WaiverViewSet(ConfirmedMixin, CreateOnceMixin, ReadViewSet):
    """Checks that could not conclude, let pass by two persons until a date; accepted, they are public."""

    about = "les écarts acceptés"
    queryset = Waiver.objects.for_lists().select_related("run").order_by("-pk")
    serializer_class = WaiverSerializer
    filterset_class = WaiverFilterSet
    collection_abilities = staticmethod(waivers_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"create": WaiverInput, **ANSWERS}

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> Waiver:
        runs = CheckRun.objects.visible_to(actor).select_related("dossier")
        run = runs.filter(uuid=data.pop("check")).first()
        if run is None:
            raise NotVisible("check_not_found", "Ce passage de contrôle n’existe pas.")
        return confirmations.ask_waiver(run, actor=actor, **data)


class RegisterLinkFilterSet(django_filters.FilterSet):
    offer = django_filters.UUIDFilter(field_name="offer__uuid")
    register = django_filters.MultipleChoiceFilter(choices=REGISTER_CHOICES)

    class Meta:
        model = RegisterLink
        fields = ("offer", "register")


class RegisterLinkViewSet(ConfirmedMixin, CreateOnceMixin, ReadViewSet):
    """Lines of registers that two persons linked to an offer of a verified supplier."""

    about = "les rattachements aux registres"
    queryset = RegisterLink.objects.for_lists().select_related("organisation").order_by("-pk")
    serializer_class = RegisterLinkSerializer
    filterset_class = RegisterLinkFilterSet
    collection_abilities = staticmethod(links_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"create": RegisterLinkInput, **ANSWERS}

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> RegisterLink:
        rows = Offer.objects.visible_to(actor).select_related("supplier__organisation")
        offer = rows.filter(uuid=data.pop("offer")).first()
        if offer is None:
            raise NotVisible("offer_not_found", "Cette offre n’existe pas.")
        return confirmations.ask_link(offer, actor=actor, **data)


ROUTES = [
    ("waivers", WaiverViewSet, "waiver"),
    ("register-links", RegisterLinkViewSet, "register-link"),
]
