"""/api/v1/gaiax/credentials/ and /api/v1/gaiax/descriptions/{offer}/: what we sign, and the draft to sign."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import Offer
from marketplace.errors import NotVisible, RuleBroken
from marketplace.rest.serializers import ReasonInput, StrictSerializer
from marketplace.rest.viewsets import CreateOnceMixin, MarketViewSet, ReadViewSet, SerializerClass
from qualification.enums import SignedKind
from qualification.models import GaiaxVerification, SignedFinding
from qualification.signing import issue
from qualification.signing.abilities import asking_abilities, revoking_abilities
from qualification.signing.drafts import draft_of


class SignedFindingSerializer(StrictSerializer):
    id = serializers.UUIDField(source="uuid")
    kind = serializers.ChoiceField(choices=SignedKind.choices)
    offer = serializers.UUIDField(source="offer.uuid", allow_null=True, default=None)
    address = serializers.URLField(help_text="L’identifiant du titre : le VC-JWT s’y lit.")
    credential = serializers.CharField(source="text", help_text="Le VC-JWT.")
    valid_from = serializers.DateTimeField()
    valid_until = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)
    revoked_reason = serializers.CharField(allow_blank=True)
    suspended = serializers.BooleanField(source="is_suspended")


class IssueInput(StrictSerializer):
    offer = serializers.UUIDField(required=False, help_text="L’une de vos offres référencées.")
    verification = serializers.UUIDField(
        required=False, help_text="Une de vos vérifications conformes, rendue sur nos ancres."
    )


class SignedFindingViewSet(CreateOnceMixin, ReadViewSet):
    """Credentials that the marketplace has signed for one's organisation."""

    about = "les titres signés par la place de marché"
    queryset = SignedFinding.objects.select_related("offer", "key").order_by("-id")
    serializer_class = SignedFindingSerializer
    abilities = staticmethod(revoking_abilities)
    collection_abilities = staticmethod(asking_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"create": IssueInput, "revoke": ReasonInput}

    @extend_schema(request=IssueInput, responses={201: SignedFindingSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Demander un titre signé : les constats sur une offre, ou le verdict sur un titre vérifié"""
        return super().create(request, *args, **kwargs)

    def create_object(self, *, actor: Any, data: dict[str, Any]) -> SignedFinding:
        if len(data) != 1:
            message = "Donnez « offer » ou « verification », l’un des deux."
            raise RuleBroken("offer_or_verification", message, field="offer")
        if "offer" in data:
            offer = Offer.objects.owned_by(actor).for_sheet().filter(uuid=data["offer"]).first()
            if offer is None:
                raise NotVisible("offer_not_found", "Cette offre n’est pas l’une des vôtres.")
            return issue.issue_for_offer(offer, actor=actor)
        row = GaiaxVerification.objects.visible_to(actor).filter(uuid=data["verification"]).first()
        if row is None:
            raise NotVisible("verification_not_found", "Cette vérification n’est pas l’une des vôtres.")
        return issue.issue_for_verification(row, actor=actor)

    @extend_schema(request=ReasonInput, responses=SignedFindingSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Révoquer un titre : la liste de statuts le dit aussitôt"""
        finding = self.get_object()
        self.allow(finding, "revoke")
        issue.revoke(finding, actor=self.actor, reason=self.read_input("revoke")["reason"])
        return self.answer(self.reloaded(finding))


class DraftSerializer(StrictSerializer):
    credentials = serializers.ListField(
        child=serializers.DictField(), help_text="À compléter, puis à signer."
    )
    missing = serializers.ListField(child=serializers.CharField())


class DescriptionViewSet(MarketViewSet):
    """Draft Gaia-X descriptions (Loire) of the offers of one's own organisation."""

    about = "les brouillons de description Gaia-X"
    queryset = Offer.objects.all()
    serializer_class = DraftSerializer

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False) or not self.actor.is_supplier:
            return Offer.objects.none()
        return Offer.objects.owned_by(self.actor).exclude(state="removed").for_sheet()

    @extend_schema(filters=False, operation_id="gaiax_descriptions_retrieve")
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Le brouillon de description Gaia-X d’une offre, d’après ses réponses."""
        return Response(self.get_serializer(draft_of(self.get_object())).data)


ROUTES = [
    ("gaiax/credentials", SignedFindingViewSet, "gaiax-credential"),
    ("gaiax/descriptions", DescriptionViewSet, "gaiax-description"),
]
