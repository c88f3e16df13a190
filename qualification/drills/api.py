"""/api/v1/security-drills/: drills of security contacts, the same rules as their pages.

The contact's own answer is a page of a link, on purpose: a person confirms, not a machine.
"""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from rest_framework import serializers

from catalog.models import Offer
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.serializers import ReasonInput, StrictModelSerializer, StrictSerializer
from marketplace.rest.viewsets import CreateOnceMixin, ReadViewSet, SerializerClass
from qualification.drills import actions
from qualification.drills.abilities import drill_abilities, drills_abilities
from qualification.drills.models import SecurityDrill
from qualification.drills.states import DrillState
from qualification.models import CheckAlert


class SecurityDrillSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    offer = serializers.UUIDField(source="offer.uuid", read_only=True)
    offer_name = serializers.CharField(source="offer.name", read_only=True)
    organisation = serializers.CharField(source="organisation.name", read_only=True)
    answer_by = serializers.DateTimeField(
        read_only=True,
        allow_null=True,
        help_text="Nul tant que le serveur de messagerie n’a pas pris le message.",
    )

    class Meta:
        model = SecurityDrill
        fields = (
            "id", "number", "state", "version", "offer", "offer_name", "organisation", "address",
            "address_source", "window_from", "window_until", "limit_hours", "by_supplier", "announced_at",
            "sent_at", "answer_by", "answered_at", "response_seconds",
        )  # fmt: skip
        read_only_fields = fields


class AnnounceInput(StrictSerializer):
    offer = serializers.UUIDField(help_text="L’identifiant de l’offre.")
    window_from = serializers.DateField(help_text="Premier jour possible du message.")
    window_until = serializers.DateField(help_text="Dernier jour possible ; l’heure est tirée au sort.")


class SecurityDrillFilterSet(django_filters.FilterSet):
    offer = django_filters.UUIDFilter(field_name="offer__uuid", label="Identifiant de l’offre.")
    state = django_filters.MultipleChoiceFilter(choices=DrillState.choices, label="État, répétable.")

    class Meta:
        model = SecurityDrill
        fields: ClassVar[list[str]] = []


class SecurityDrillViewSet(MoveMixin, CreateOnceMixin, ReadViewSet):
    """Announced messages to offers' security contacts, and how long their answers took."""

    about = "les exercices des contacts de sécurité"
    queryset = SecurityDrill.objects.for_lists().order_by("-pk")
    serializer_class = SecurityDrillSerializer
    filterset_class = SecurityDrillFilterSet
    abilities = staticmethod(drill_abilities)
    collection_abilities = staticmethod(drills_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"create": AnnounceInput}
    moves: ClassVar[dict[str, MoveEndpoint]] = {"cancel": MoveEndpoint(actions.cancel, ReasonInput)}

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> SecurityDrill:
        rows = Offer.objects.all() if CheckAlert.readable_by(actor) else Offer.objects.owned_by(actor)
        offer = rows.filter(uuid=data.pop("offer")).select_related("supplier").first()
        if offer is None:
            raise NotVisible("offer_not_found", "Cette offre n’existe pas ou n’est pas l’une des vôtres.")
        return actions.announce(offer, actor=actor, **data)


ROUTES = [("security-drills", SecurityDrillViewSet, "security-drill")]
