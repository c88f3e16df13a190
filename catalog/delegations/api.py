"""/api/v1/section-delegations/: sections of an offer answered by link."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.abilities import delegation_abilities, delegations_abilities
from catalog.delegations import actions as delegations
from catalog.models import Offer, SectionDelegation
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.rest.serializers import NoInput, StrictModelSerializer, StrictSerializer
from marketplace.rest.viewsets import CreateOnceMixin, ReadViewSet, SerializerClass


class DelegationSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    offer = serializers.UUIDField(source="offer.uuid", read_only=True)
    is_over = serializers.BooleanField(read_only=True, help_text="Révoqué ou expiré : il n’ouvre plus rien.")
    link = serializers.SerializerMethodField(help_text="Donné à la création seulement.")

    class Meta:
        model = SectionDelegation
        fields = (
            "id", "offer", "section", "email", "link", "created_at", "expires_at", "revoked_at", "opened_at",
            "answered_at", "is_over",
        )  # fmt: skip
        read_only_fields = fields

    def get_link(self, delegation: SectionDelegation) -> str | None:
        return getattr(delegation, "link", None)


class DelegationInput(StrictSerializer):
    offer = serializers.UUIDField()
    section = serializers.CharField(max_length=40, help_text="L’identifiant d’une section de questions.")
    email = serializers.EmailField(max_length=254)
    days = serializers.IntegerField(min_value=1, max_value=delegations.MOST_DAYS, default=delegations.DAYS)


class SectionDelegationViewSet(CreateOnceMixin, ReadViewSet):
    """Links sent by one's own organisation."""

    about = "les sections d’offres déléguées par lien"
    queryset = SectionDelegation.objects.select_related("offer__supplier").order_by("-id")
    serializer_class = DelegationSerializer
    abilities = staticmethod(delegation_abilities)
    collection_abilities = staticmethod(delegations_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"create": DelegationInput, "revoke": NoInput}

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> SectionDelegation:
        own = Offer.objects.owned_by(actor).select_related("supplier__organisation")
        offer = own.filter(uuid=data["offer"]).first()
        if offer is None:
            raise NotVisible("offer_not_found", "Cette offre n’existe pas ou n’est pas l’une des vôtres.")
        made, self._link = delegations.delegate(
            offer, actor=actor, name=data["section"], email=data["email"], days=data["days"]
        )
        return made

    def reloaded(self, obj: Any) -> Any:
        row = super().reloaded(obj)
        row.link = getattr(self, "_link", None)
        return row

    @extend_schema(request=NoInput, responses=DelegationSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Révoquer le lien : il n’ouvre plus rien."""
        found = self.get_object()
        self.allow(found, "revoke")
        self.read_input("revoke")
        return self.answer(self.reloaded(delegations.revoke(found, actor=self.actor)))


ROUTES = [("section-delegations", SectionDelegationViewSet, "section-delegation")]
