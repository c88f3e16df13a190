"""/api/v1/reviews/: what administrations say of the offers that they use."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import Offer
from marketplace.accounts.actors import Actor
from marketplace.errors import RuleBroken
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.serializers import ReasonInput
from marketplace.rest.viewsets import CreateOnceMixin, PatchMixin, ReadViewSet, SerializerClass
from procurement.models import UserReview
from procurement.voices import actions as voices
from procurement.voices.abilities import user_review_abilities, voices_abilities
from procurement.voices.serializers import (
    HideInput,
    ReplyInput,
    ReviewInput,
    ReviseInput,
    UserReviewSerializer,
)


class UserReviewFilterSet(django_filters.FilterSet):
    offer = django_filters.UUIDFilter(field_name="offer__uuid", label="Identifiant de l’offre.")

    class Meta:
        model = UserReview
        fields: list[str] = []


class UserReviewViewSet(MoveMixin, CreateOnceMixin, PatchMixin, ReadViewSet):
    """Published ones are public; the others are for their administration, the operator and the auditor."""

    about = "les avis d’utilisateurs"
    public = True
    queryset = UserReview.objects.for_pages().order_by("-written_at", "-pk")
    serializer_class = UserReviewSerializer
    filterset_class = UserReviewFilterSet
    abilities = staticmethod(user_review_abilities)
    collection_abilities = staticmethod(voices_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": ReviewInput,
        "edit": ReviseInput,
        "reply": ReplyInput,
    }
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "hide": MoveEndpoint(voices.hide, HideInput),
        "contest": MoveEndpoint(voices.contest, ReasonInput),
        "uphold": MoveEndpoint(voices.uphold, ReasonInput),
        "restore": MoveEndpoint(voices.restore, ReasonInput),
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> UserReview:
        offer = Offer.objects.visible_to(actor).select_related("supplier").filter(uuid=data["offer"]).first()
        if offer is None:
            raise RuleBroken("offer_unknown", "Cette offre n’existe pas.", field="offer")
        return voices.write(offer, actor=actor, text=data["text"], ratings=_ratings(data))

    def edit_object(
        self, obj: UserReview, *, actor: Actor, data: dict[str, Any], expected_version: int | None
    ) -> UserReview:
        said = _ratings(data) if "ratings" in data else obj.ratings
        text = data.get("text", obj.text)
        return voices.revise(obj, actor=actor, text=text, ratings=said, expected_version=expected_version)

    @extend_schema(request=ReplyInput, responses=UserReviewSerializer)
    @action(detail=True, methods=["post"])
    def reply(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Répondre à l’avis, ou modifier sa réponse : une par avis."""
        review = self.get_object()
        self.allow(review, "reply")
        data = self.read_input("reply")
        voices.reply(review, actor=self.actor, expected_version=self.expected(review, "reply"), **data)
        return self.answer(self.reloaded(review))


def _ratings(data: dict[str, Any]) -> dict[str, str]:
    return {code: step or "" for code, step in (data.get("ratings") or {}).items()}


ROUTES = [("reviews", UserReviewViewSet, "user-review")]
