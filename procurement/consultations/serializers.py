"""The API's words for consultations."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.enums import Scheme
from marketplace.accounts.enums import Role
from marketplace.rest.principal import actor_of
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.consultations.delays import delays_told
from procurement.consultations.enums import (
    MOST_CRITERIA,
    MOST_INVITED,
    MOST_LOTS,
    MOST_PRICE_ITEMS,
    MOST_QUESTION,
    MOST_REASON,
    MOST_TEXT,
    Access,
    ConsultationState,
    CriterionKind,
    DelayReduction,
    NoticeKind,
    PriceFormula,
)
from procurement.consultations.notices.enums import MOST_REFERENCE, MOST_URL, Medium
from procurement.models import Consultation, ConsultationQuestion

# -- inputs


class NewConsultationInput(StrictSerializer):
    project = serializers.UUIDField(help_text="Un projet dont la voie d’achat est confirmée.")
    title = serializers.CharField(max_length=160, required=False)


class PriceItemInput(StrictSerializer):
    label = serializers.CharField(max_length=160)
    unit = serializers.CharField(max_length=60)
    quantity = serializers.DecimalField(max_digits=14, decimal_places=3, min_value=0)
    is_usage = serializers.BooleanField(default=False, help_text="true : la quantité est une estimation.")

    def validate_quantity(self, value: Any) -> Any:
        if value == 0:
            raise serializers.ValidationError("La quantité est plus grande que zéro.")
        return value


class ConsultationLotInput(StrictSerializer):
    title = serializers.CharField(max_length=160)
    description = serializers.CharField(max_length=MOST_TEXT, required=False, allow_blank=True)
    price_items = PriceItemInput(
        many=True,
        required=False,
        max_length=MOST_PRICE_ITEMS,
        help_text="Absents : ceux du lot de cette place restent.",
    )


class AwardCriterionInput(StrictSerializer):
    kind = serializers.ChoiceField(CriterionKind.choices)
    label = serializers.CharField(max_length=160)
    weight = serializers.IntegerField(min_value=1, max_value=100)


class ConsultationEditInput(StrictSerializer):
    title = serializers.CharField(max_length=160, required=False)
    description = serializers.CharField(max_length=MOST_TEXT, required=False, allow_blank=True)
    category = serializers.UUIDField(
        required=False, allow_null=True, help_text="D’un marché spécifique, si son système en a."
    )
    access = serializers.ChoiceField(Access.choices, required=False)
    required_schemes = serializers.ListField(
        child=serializers.ChoiceField(Scheme.choices), required=False, max_length=len(Scheme)
    )
    pay_per_use = serializers.BooleanField(required=False)
    price_formula = serializers.ChoiceField(PriceFormula.choices, required=False)
    response_days = serializers.IntegerField(min_value=1, max_value=250, required=False)
    question_days = serializers.IntegerField(min_value=0, max_value=250, required=False)
    answer_days = serializers.IntegerField(min_value=0, max_value=250, required=False)
    closing_time = serializers.TimeField(required=False, help_text="Heure de Paris, à la minute.")
    reduction = serializers.ChoiceField(
        DelayReduction.choices, required=False, allow_blank=True, help_text="Raison d’un délai réduit."
    )
    reduction_reason = serializers.CharField(
        max_length=MOST_REASON, required=False, allow_blank=True, help_text="Dû avec `reduction` ; publié."
    )
    prior_notice_on = serializers.DateField(
        required=False, allow_null=True, help_text="Jour d’envoi de l’avis de préinformation."
    )
    candidature_days = serializers.IntegerField(min_value=1, max_value=250, required=False)
    selection_criteria = serializers.CharField(
        max_length=MOST_TEXT, required=False, allow_blank=True, help_text="D’une procédure restreinte."
    )
    candidates_least = serializers.IntegerField(min_value=1, max_value=MOST_INVITED, required=False)
    candidates_most = serializers.IntegerField(
        min_value=1, max_value=MOST_INVITED, required=False, allow_null=True
    )
    criteria = AwardCriterionInput(many=True, required=False, max_length=MOST_CRITERIA)
    lots = ConsultationLotInput(many=True, required=False, max_length=MOST_LOTS)
    invited = serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        max_length=MOST_INVITED,
        help_text="Identifiants de fournisseurs.",
    )

    def validate_closing_time(self, value: Any) -> Any:
        return value.replace(second=0, microsecond=0)


class KeyHoldersInput(StrictSerializer):
    openers = serializers.ListField(
        child=serializers.EmailField(), min_length=2, max_length=2, help_text="Adresses de deux personnes."
    )
    recovery = serializers.EmailField(help_text="Qui garde le secours hors ligne.")


class ReplaceHolderInput(StrictSerializer):
    position = serializers.IntegerField(min_value=1, max_value=3)
    person = serializers.EmailField()
    reason = serializers.CharField(max_length=MOST_REASON)


class HolderSecretInput(StrictSerializer):
    secret = serializers.CharField(max_length=100)


class ConsultationExtensionInput(StrictSerializer):
    closes_at = serializers.DateTimeField(help_text="À la minute, après la clôture actuelle.")
    reason = serializers.CharField(max_length=MOST_REASON)
    after_outage = serializers.BooleanField(default=False)


class ConsultationPublicationInput(StrictSerializer):
    attested = serializers.BooleanField(
        default=False,
        help_text="Relu, rien n’y est secret ni personnel. Dû pour une consultation ouverte à tous.",
    )


class ConsultationNoticeInput(StrictSerializer):
    text = serializers.CharField(max_length=MOST_TEXT)
    title = serializers.CharField(
        max_length=160, required=False, allow_blank=True, help_text="Du document joint, s’il y en a un."
    )
    file = serializers.FileField(
        required=False, help_text="En multipart : un document joint par ce changement."
    )


class NoticeSendingInput(StrictSerializer):
    medium = serializers.ChoiceField(Medium.choices)
    reference = serializers.CharField(max_length=MOST_REFERENCE, help_text="Celle que le support a donnée.")
    sent_on = serializers.DateField()
    published_on = serializers.DateField(required=False, allow_null=True)
    url = serializers.URLField(max_length=MOST_URL, required=False, allow_blank=True)


class ConsultationDocumentInput(StrictSerializer):
    title = serializers.CharField(max_length=160)
    file = serializers.FileField(help_text="PDF, ODT, ODS, DOCX, XLSX, image, CSV ou texte, 10 Mo au plus.")


class ConsultationQuestionInput(StrictSerializer):
    consultation = serializers.UUIDField()
    text = serializers.CharField(max_length=MOST_QUESTION)


class ConsultationAnswerInput(StrictSerializer):
    answer = serializers.CharField(max_length=MOST_TEXT)


# -- answers


class HolderSecretOutput(serializers.Serializer):
    secret = serializers.CharField(help_text="Montré cette seule fois : le serveur ne le garde pas.")


class RehearsalOutput(serializers.Serializer):
    given = serializers.IntegerField(help_text="Sur trois.")
    proved = serializers.BooleanField()


class CeremonyOutput(serializers.Serializer):
    opened = serializers.BooleanField()
    waits_for = serializers.ListField(
        child=serializers.CharField(), help_text="Les personnes dont une seule suffit encore."
    )


class EligibilityConditionOutput(serializers.Serializer):
    code = serializers.CharField()
    label = serializers.CharField()
    met = serializers.BooleanField(allow_null=True, help_text="null : pas connu ici.")
    reason = serializers.CharField()


class EligibilityOutput(serializers.Serializer):
    may_respond = serializers.BooleanField()
    conditions = EligibilityConditionOutput(many=True)


class AwardCriterionOutput(serializers.Serializer):
    kind = serializers.ChoiceField(CriterionKind.choices)
    label = serializers.CharField()
    weight = serializers.IntegerField()


class PriceItemOutput(serializers.Serializer):
    id = serializers.UUIDField(source="uuid")
    label = serializers.CharField()
    unit = serializers.CharField()
    quantity = serializers.DecimalField(max_digits=14, decimal_places=3)
    is_usage = serializers.BooleanField()


class ConsultationLotOutput(serializers.Serializer):
    id = serializers.UUIDField(source="uuid")
    number = serializers.IntegerField()
    title = serializers.CharField()
    description = serializers.CharField()
    price_items = PriceItemOutput(many=True)


class ConsultationDocumentOutput(serializers.Serializer):
    id = serializers.UUIDField(source="uuid")
    title = serializers.CharField()
    name = serializers.CharField(source="file.name")
    size = serializers.IntegerField(source="file.size")
    sha256 = serializers.CharField(source="file.sha256")


class ConsultationNoticeOutput(serializers.Serializer):
    kind = serializers.ChoiceField(NoticeKind.choices)
    text = serializers.CharField()
    closes_at = serializers.DateTimeField(allow_null=True)
    published_at = serializers.DateTimeField()


class NoticeSendingOutput(serializers.Serializer):
    medium = serializers.ChoiceField(Medium.choices)
    reference = serializers.CharField()
    sent_on = serializers.DateField()
    published_on = serializers.DateField(allow_null=True)
    url = serializers.CharField()


class DelayReductionOutput(serializers.Serializer):
    code = serializers.CharField()
    days = serializers.IntegerField()
    text = serializers.CharField()
    source = serializers.CharField()
    confidence = serializers.CharField()


class MinimalDelayOutput(serializers.Serializer):
    phase = serializers.CharField()
    days = serializers.IntegerField(help_text="Jours entiers, réductions comprises.")
    base_days = serializers.IntegerField(help_text="Avant toute réduction.")
    text = serializers.CharField()
    source = serializers.CharField()
    confidence = serializers.CharField()
    reductions = DelayReductionOutput(many=True)


class KeyHolderOutput(serializers.Serializer):
    position = serializers.IntegerField()
    role = serializers.CharField()
    person = serializers.CharField(source="user.full_name")
    has_secret = serializers.BooleanField()


class ConsultationSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    organisation = serializers.CharField(source="organisation.name", read_only=True)
    phase = serializers.ChoiceField(
        ConsultationState.choices,
        read_only=True,
        help_text="L’état selon l’horloge : « closed » dès la clôture.",
    )

    class Meta:
        model = Consultation
        fields = (
            "id", "number", "state", "phase", "state_since", "version", "kind", "access", "title",
            "organisation", "published_at", "candidatures_until", "invited_at", "questions_until",
            "answers_by", "closes_at", "closed_at", "opened_at", "closing_reason",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


class OneConsultationSerializer(ConsultationSerializer):
    criteria = AwardCriterionOutput(many=True, read_only=True)
    lots = ConsultationLotOutput(many=True, read_only=True)
    documents = ConsultationDocumentOutput(many=True, read_only=True)
    notices = ConsultationNoticeOutput(many=True, read_only=True)
    sendings = NoticeSendingOutput(many=True, read_only=True, source="notice_sendings")
    category = serializers.UUIDField(source="category.uuid", read_only=True, allow_null=True, default=None)
    price_formula_text = serializers.CharField(source="formula.text", read_only=True)
    key_fingerprint = serializers.SerializerMethodField(
        help_text="SHA-256 de la clé publique en service, null tant qu’elle n’est pas éprouvée."
    )
    minimal_delays = serializers.SerializerMethodField(help_text="Ceux que le code impose ; vide sans texte.")
    project = serializers.SerializerMethodField(help_text="null hors de l’administration.")
    holders = serializers.SerializerMethodField(help_text="Vide hors de l’administration.")
    invited = serializers.SerializerMethodField(help_text="Vide hors de l’administration.")

    class Meta(ConsultationSerializer.Meta):
        fields = (
            *ConsultationSerializer.Meta.fields, "project", "description", "category", "required_schemes",
            "pay_per_use", "price_formula", "price_formula_text", "response_days", "question_days",
            "answer_days", "closing_time", "reduction", "reduction_reason", "prior_notice_on",
            "minimal_delays", "candidature_days", "selection_criteria", "candidates_least",
            "candidates_most", "criteria",
            "lots", "documents", "notices", "sendings", "key_fingerprint", "holders", "invited", "commitment",
        )  # fmt: skip
        read_only_fields = fields

    def get_key_fingerprint(self, row: Consultation) -> str | None:
        current = (key for key in row.keys.all() if key.proved_at is not None and key.retired_at is None)
        return next((key.fingerprint for key in current), None)

    @extend_schema_field(MinimalDelayOutput(many=True))
    def get_minimal_delays(self, row: Consultation) -> list[dict[str, Any]]:
        told = delays_told(row, today=timezone.localdate())
        return [dict(one) for one in MinimalDelayOutput(told, many=True).data]

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_project(self, row: Consultation) -> str | None:
        return str(row.project.uuid) if self._is_inside(row) else None

    @extend_schema_field(KeyHolderOutput(many=True))
    def get_holders(self, row: Consultation) -> list[dict[str, Any]]:
        if not self._is_inside(row):
            return []
        current = [holder for holder in row.holders.all() if holder.ended_at is None]
        return [dict(one) for one in KeyHolderOutput(current, many=True).data]

    @extend_schema_field(serializers.ListField(child=serializers.UUIDField()))
    def get_invited(self, row: Consultation) -> list[str]:
        if not self._is_inside(row):
            return []
        return [str(one.supplier.uuid) for one in row.invitations.all()]

    def _is_inside(self, row: Consultation) -> bool:
        actor = actor_of(self.context["request"])
        own = actor.organisation is not None and actor.organisation.pk == row.organisation_id
        return (own and bool(actor.roles)) or actor.has(Role.AUDITOR)


class ConsultationQuestionSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    consultation = serializers.UUIDField(source="consultation.uuid", read_only=True)

    class Meta:
        model = ConsultationQuestion
        fields = ("id", "consultation", "text", "asked_at", "answer", "answered_at")
        read_only_fields = fields
