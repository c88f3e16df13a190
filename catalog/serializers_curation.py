"""Claims and proposed versions in JSON: what the claimant or the supplier follows, what a curator decides."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.enums import ClaimProof, ClaimState
from catalog.models import Offer, OfferClaim, VersionReview
from catalog.questions.engine import changed
from catalog.serializers import PlanSerializer
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer


class DecisionReasonInput(StrictSerializer):
    reason = serializers.CharField(max_length=1000, help_text="Le motif, lu par les personnes concernées.")


class AcceptInput(StrictSerializer):
    reason = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")


class RestartInput(StrictSerializer):
    number = serializers.IntegerField(min_value=1, help_text="La version figée d’où repartir.")


class CopyInput(StrictSerializer):
    name = serializers.CharField(max_length=160, help_text="Le nom de la nouvelle offre.")


class ClaimInput(StrictSerializer):
    proof = serializers.ChoiceField(choices=ClaimProof.choices)
    register_contact = serializers.CharField(
        max_length=300,
        required=False,
        allow_blank=True,
        default="",
        help_text="Avec « register_contact » : la personne que le registre publie, son nom et sa fonction.",
    )


class DnsRecordSerializer(StrictSerializer):
    name = serializers.CharField(help_text="Le nom qui doit porter l’enregistrement TXT.")
    value = serializers.CharField()


class RivalSerializer(StrictSerializer):
    organisation_name = serializers.CharField()
    state = serializers.ChoiceField(choices=ClaimState.choices)


class ClaimSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    offer = serializers.SlugRelatedField[Offer](slug_field="uuid", read_only=True)
    offer_name = serializers.CharField(source="offer.name", read_only=True)
    organisation = serializers.UUIDField(source="organisation.uuid", read_only=True)
    organisation_name = serializers.CharField(source="organisation.name", read_only=True)
    dns_record = serializers.SerializerMethodField(help_text="null : la preuve n’est pas un enregistrement.")
    rivals = serializers.SerializerMethodField(help_text="Les autres revendications de la même fiche.")

    class Meta:
        model = OfferClaim
        fields = (
            "id", "offer", "offer_name", "organisation", "organisation_name", "state", "state_since",
            "version", "proof", "dns_record", "dns_checked_at", "dns_verified_at", "register_contact",
            "rivals", "decision_reason", "created_at",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(DnsRecordSerializer(allow_null=True))
    def get_dns_record(self, claim: OfferClaim) -> dict[str, str] | None:
        if claim.proof != ClaimProof.DNS:
            return None
        return {"name": claim.record_name, "value": claim.record_value}

    @extend_schema_field(RivalSerializer(many=True))
    def get_rivals(self, claim: OfferClaim) -> list[dict[str, str]]:
        return [
            {"organisation_name": rival.organisation.name, "state": rival.state}
            for rival in claim.offer.claims.all()
            if rival.pk != claim.pk
        ]


class ChangeSerializer(StrictSerializer):
    question = serializers.CharField()
    # DRF calls a field's title « label » too.
    label = serializers.CharField()  # type: ignore[assignment]  # the name clients read
    before = serializers.JSONField(help_text="null : sans réponse.")
    after = serializers.JSONField(help_text="null : sans réponse.")
    material = serializers.BooleanField(help_text="Un tel changement passe par un dossier.")


class VersionReviewSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    offer = serializers.UUIDField(source="version_proposed.offer.uuid", read_only=True)
    offer_name = serializers.CharField(source="version_proposed.offer.name", read_only=True)
    version_proposed = serializers.IntegerField(source="version_proposed.number", read_only=True)
    replaces = serializers.IntegerField(source="compared_with.number", read_only=True)
    changes = serializers.SerializerMethodField()
    plans = PlanSerializer(source="version_proposed.plans", many=True, read_only=True)
    plans_replaced = PlanSerializer(source="compared_with.plans", many=True, read_only=True)
    price_warning = serializers.CharField(
        read_only=True, default="", help_text="Un prix loin de ceux de la catégorie ; vide dans une liste."
    )

    also_waiting = serializers.ListField(
        child=serializers.IntegerField(),
        read_only=True,
        default=list,
        help_text="Les autres versions de l’offre qui attendent\u202f; vide dans une liste. "
        "Accepter une version remplace les plus anciennes et laisse les plus récentes à modérer.",
    )

    class Meta:
        model = VersionReview
        fields = (
            "id", "offer", "offer_name", "state", "state_since", "version", "version_proposed", "replaces",
            "changes", "plans", "plans_replaced", "price_warning", "also_waiting",
            "proposed_at", "decision_reason",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(ChangeSerializer(many=True))
    def get_changes(self, review: VersionReview) -> list[dict[str, Any]]:
        before, after = review.compared_with.answers, review.version_proposed.answers
        return [
            {
                "question": question.id,
                "label": question.short,
                "before": before.get(question.id),
                "after": after.get(question.id),
                "material": question.material,
            }
            for question in changed(before, after)
        ]
