"""Agreements and messages between peers in JSON. Names and addresses of people follow the pages' rule."""

from __future__ import annotations

from rest_framework import serializers

from catalog.models import Offer
from marketplace.rest.principal import actor_of
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.models import PeerConsent, PeerMessage
from procurement.peers.enums import MOST_TEXT


class PeerConsentSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    offer = serializers.SlugRelatedField[Offer](slug_field="uuid", read_only=True)
    administration = serializers.CharField(source="organisation.name", read_only=True)
    person = serializers.SerializerMethodField(
        help_text="La personne contactée\u202f; null hors de son administration."
    )

    class Meta:
        model = PeerConsent
        fields = (
            "id", "state", "state_since", "version", "offer", "administration", "person", "consented_at",
            "withdrawn_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_person(self, consent: PeerConsent) -> str | None:
        organisation = actor_of(self.context["request"]).organisation
        own = organisation is not None and organisation.pk == consent.organisation_id
        return str(consent.user) if own else None


class PeerMessageSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    consent = serializers.SlugRelatedField[PeerConsent](slug_field="uuid", read_only=True)
    offer = serializers.UUIDField(source="consent.offer.uuid", read_only=True)
    from_administration = serializers.CharField(source="organisation.name", read_only=True)
    from_person = serializers.CharField(source="user", read_only=True)
    from_email = serializers.SerializerMethodField(help_text="Null avant la réponse.")
    to_administration = serializers.CharField(source="consent.organisation.name", read_only=True)
    to_person = serializers.SerializerMethodField(help_text="Null avant la réponse.")
    to_email = serializers.SerializerMethodField(help_text="Null avant la réponse.")
    page = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = PeerMessage
        fields = (
            "id", "state", "state_since", "version", "consent", "offer", "from_administration", "from_person",
            "from_email", "to_administration", "to_person", "to_email", "text", "sent_at", "answer_text",
            "answered_at", "page",
        )  # fmt: skip
        read_only_fields = fields

    def get_from_email(self, message: PeerMessage) -> str | None:
        return message.user.email if message.shows_addresses else None

    def get_to_person(self, message: PeerMessage) -> str | None:
        return str(message.consent.user) if message.shows_addresses else None

    def get_to_email(self, message: PeerMessage) -> str | None:
        return message.consent.user.email if message.shows_addresses else None


class PeerConsentInput(StrictSerializer):
    offer = serializers.UUIDField()


class PeerMessageInput(StrictSerializer):
    consent = serializers.UUIDField()
    text = serializers.CharField(max_length=MOST_TEXT)


class PeerAnswerInput(StrictSerializer):
    text = serializers.CharField(max_length=MOST_TEXT)


class PeerUseSerializer(StrictSerializer):
    offer = serializers.UUIDField()
    administrations = serializers.IntegerField(help_text="Combien ont commandé l’offre, la vôtre comprise.")
    yours = serializers.BooleanField(help_text="La vôtre en est.")
    named = serializers.IntegerField(help_text="Combien acceptent d’être nommées et contactées.")
