"""Reviews by users in JSON."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.models import Offer
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.models import UserReview
from procurement.voices.enums import Criterion, LegalGround, Step


class RatingsInput(StrictSerializer):
    """A criterion left out or null is « sans avis »."""

    onboarding = serializers.ChoiceField(Step.choices, required=False, allow_null=True)
    availability = serializers.ChoiceField(Step.choices, required=False, allow_null=True)
    support = serializers.ChoiceField(Step.choices, required=False, allow_null=True)
    reversibility = serializers.ChoiceField(Step.choices, required=False, allow_null=True)
    documentation = serializers.ChoiceField(Step.choices, required=False, allow_null=True)


class UserReviewSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    offer = serializers.SlugRelatedField[Offer](slug_field="uuid", read_only=True)
    administration = serializers.CharField(source="organisation.name", read_only=True)
    ratings = serializers.SerializerMethodField(help_text="null : sans avis.")
    page = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = UserReview
        fields = (
            "id", "state", "state_since", "version", "offer", "administration", "ratings", "text",
            "written_at", "revised_at", "reply", "replied_at", "reply_revised_at", "ground",
            "ground_text", "contest_text", "decision_text", "page",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(RatingsInput)
    def get_ratings(self, review: UserReview) -> dict[str, str | None]:
        return {code: review.ratings.get(code) for code in Criterion.values}

    def to_representation(self, review: UserReview) -> dict[str, object]:
        """What moderation said is told to those concerned; a published review shows none of it."""
        told = super().to_representation(review)
        if review.state == "published":
            told |= {
                name: ""
                for name in told
                if name in ("ground", "ground_text", "contest_text", "decision_text")
            }
        return told


class ReviseInput(StrictSerializer):
    text = serializers.CharField(max_length=5000)
    ratings = RatingsInput(required=False)


class ReviewInput(ReviseInput):
    offer = serializers.UUIDField()


class ReplyInput(StrictSerializer):
    text = serializers.CharField(max_length=3000)


class HideInput(StrictSerializer):
    ground = serializers.ChoiceField(LegalGround.choices)
    reason = serializers.CharField(max_length=2000)
