"""/api/v1/peer-consents/ and /api/v1/peer-messages/: who uses an offer, and what one asks them."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from django.core.exceptions import ValidationError as BadValue
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import Offer
from marketplace.accounts.abilities import require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible, RuleBroken
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.viewsets import CreateOnceMixin, ReadViewSet, SerializerClass
from procurement.models import PeerConsent, PeerMessage
from procurement.models.peer import users_of
from procurement.peers import actions as peers
from procurement.peers.abilities import consent_abilities, message_abilities, peers_abilities
from procurement.peers.serializers import (
    PeerAnswerInput,
    PeerConsentInput,
    PeerConsentSerializer,
    PeerMessageInput,
    PeerMessageSerializer,
    PeerUseSerializer,
)


class PeerConsentFilterSet(django_filters.FilterSet):
    offer = django_filters.UUIDFilter(field_name="offer__uuid", label="Identifiant de l’offre.")

    class Meta:
        model = PeerConsent
        fields: list[str] = []


class PeerConsentViewSet(MoveMixin, CreateOnceMixin, ReadViewSet):
    """Administrations that agreed to be named, read by members of administrations only."""

    about = "les accords de mise en relation entre administrations"
    queryset = PeerConsent.objects.for_pages().order_by("consented_at", "pk")
    serializer_class = PeerConsentSerializer
    filterset_class = PeerConsentFilterSet
    abilities = staticmethod(consent_abilities)
    collection_abilities = staticmethod(peers_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"create": PeerConsentInput}
    moves: ClassVar[dict[str, MoveEndpoint]] = {"withdraw": MoveEndpoint(peers.withdraw)}

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> PeerConsent:
        offer = Offer.objects.visible_to(actor).select_related("supplier").filter(uuid=data["offer"]).first()
        if offer is None:
            raise RuleBroken("offer_unknown", "Cette offre n’existe pas.", field="offer")
        return peers.consent(offer, actor=actor)

    @extend_schema(
        parameters=[OpenApiParameter("offer", str, required=True, description="Identifiant de l’offre.")],
        responses=PeerUseSerializer,
        filters=False,
    )
    @action(detail=False, methods=["get"], pagination_class=None)
    def usage(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Combien d’administrations ont commandé une offre."""
        require(peers_abilities(self.actor), "read")
        offer = _offer(self.actor, request.query_params.get("offer", ""))
        users = set(users_of(offer).values_list("pk", flat=True))
        here = self.actor.organisation
        body = {
            "offer": offer.uuid,
            "administrations": len(users),
            "yours": here is not None and here.pk in users,
            "named": PeerConsent.objects.reachable().filter(offer=offer).count(),
        }
        return Response(PeerUseSerializer(body).data)


def _offer(actor: Actor, given: str) -> Offer:
    """Raises ValidationError (400) on what is no UUID, NotVisible."""
    try:
        uuid = serializers.UUIDField().to_internal_value(given)
    except (ValidationError, BadValue) as error:
        raise ValidationError({"offer": ["Donnez l’identifiant d’une offre."]}) from error
    offer = Offer.objects.visible_to(actor).filter(uuid=uuid).first()
    if offer is None:
        raise NotVisible()
    return offer


class PeerMessageViewSet(MoveMixin, CreateOnceMixin, ReadViewSet):
    """What one wrote to a peer, and what one was asked; addresses are told once it is answered."""

    about = "les messages entre administrations"
    queryset = PeerMessage.objects.for_pages().order_by("-sent_at", "-pk")
    serializer_class = PeerMessageSerializer
    abilities = staticmethod(message_abilities)
    collection_abilities = staticmethod(lambda actor: {"create": peers_abilities(actor)["write"]})
    input_classes: ClassVar[dict[str, SerializerClass]] = {"create": PeerMessageInput}
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "answer": MoveEndpoint(peers.answer, PeerAnswerInput),
        "decline": MoveEndpoint(peers.decline),
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> PeerMessage:
        given = PeerConsent.objects.visible_to(actor).for_pages().filter(uuid=data["consent"]).first()
        if given is None:
            raise RuleBroken("consent_unknown", "Cet accord n’existe pas ou a été retiré.", field="consent")
        return peers.write(given, actor=actor, text=data["text"])


ROUTES = [
    ("peer-consents", PeerConsentViewSet, "peer-consent"),
    ("peer-messages", PeerMessageViewSet, "peer-message"),
]
