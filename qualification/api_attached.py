"""/api/v1/gaiax/attachments/: the Gaia-X presentation attached to an offer, how it stands, its detaching."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.rest.idempotency import once
from marketplace.rest.serializers import ReasonInput, StrictSerializer
from marketplace.rest.viewsets import ReadViewSet, SerializerClass
from qualification import attaching
from qualification.enums import CredentialStanding
from qualification.models import OfferCredential
from qualification.signing.abilities import attached_abilities


class AttachmentSerializer(StrictSerializer):
    id = serializers.UUIDField(source="uuid", help_text="Du texte rattaché : un autre texte, un autre.")
    offer = serializers.UUIDField(source="offer.uuid")
    offer_name = serializers.CharField(source="offer.name")
    issuer = serializers.CharField()
    level = serializers.CharField(allow_blank=True, help_text="Vide : aucun label d’une chambre reconnue.")
    standing = serializers.ChoiceField(
        choices=CredentialStanding.choices, help_text="Telle qu’elle se lit maintenant."
    )
    said = serializers.CharField(allow_blank=True, help_text="Ce qui ne passe plus.")
    attached_at = serializers.DateTimeField()
    judged_at = serializers.DateTimeField(help_text="Dernier jugement qui a conclu.")
    valid_until = serializers.DateTimeField(allow_null=True)
    detached_at = serializers.DateTimeField(allow_null=True)
    detached_reason = serializers.CharField(allow_blank=True)


class AttachmentFilterSet(django_filters.FilterSet):
    offer = django_filters.UUIDFilter(field_name="offer__uuid", label="Identifiant de l’offre.")

    class Meta:
        model = OfferCredential
        fields: ClassVar[list[str]] = []


class AttachmentViewSet(ReadViewSet):
    """Presentations attached to offers: one's own, all of them for those who instruct."""

    about = "les présentations Gaia-X rattachées aux offres"
    queryset = OfferCredential.objects.select_related("offer__supplier").order_by("-attached_at", "-pk")
    serializer_class = AttachmentSerializer
    filterset_class = AttachmentFilterSet
    abilities = staticmethod(attached_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"detach": ReasonInput}

    @extend_schema(request=ReasonInput, responses=AttachmentSerializer)
    @action(detail=True, methods=["post"])
    @once
    def detach(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Détacher la présentation, avec un motif : elle n’est plus montrée"""
        kept = self.get_object()
        self.allow(kept, "detach")
        attaching.detach(kept, actor=self.actor, **self.read_input("detach"))
        return self.answer(self.reloaded(kept))


ROUTES = [("gaiax/attachments", AttachmentViewSet, "gaiax-attachment")]
