"""Programmes in JSON, as their pages say them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.rest.serializers import ReasonInput, StrictModelSerializer, StrictSerializer
from qualification.programmes.content import conditions_of
from qualification.programmes.enums import CallPhase, EligibilityVerdict, Milestone, ProgrammeKind
from qualification.programmes.facts import programmes
from qualification.programmes.models import (
    ApplicationMilestone,
    ProgrammeApplication,
    ProgrammeCall,
    ProgressReport,
)
from qualification.programmes.serializers_projects import CallNeedSerializer

MONEY: dict[str, Any] = {"max_digits": 14, "decimal_places": 2, "min_value": 0, "allow_null": True}


class PastCutOffSerializer(StrictSerializer):
    # DRF calls a field's title « label » too.
    label = serializers.CharField()  # type: ignore[assignment]  # the name clients read
    words = serializers.CharField()
    selected = serializers.IntegerField(allow_null=True)
    amount_eur = serializers.DecimalField(**MONEY)


class ProgrammeSerializer(StrictSerializer):
    code = serializers.CharField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(ProgrammeKind.choices)
    operator = serializers.CharField(help_text="Qui choisit et qui verse.")
    summary = serializers.CharField()
    sizes = serializers.ListField(child=serializers.CharField(), help_text="Vide : aucune condition tenue.")
    models = serializers.ListField(child=serializers.CharField(), help_text="Vide : aucune condition tenue.")
    target_months = serializers.IntegerField(allow_null=True)
    cutoffs = PastCutOffSerializer(many=True, help_text="Relèves passées, selon les annonces.")
    source = serializers.CharField()
    read_on = serializers.DateField()


class CallSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    programme = serializers.CharField(source="programme_code", read_only=True)
    phase = serializers.ChoiceField(CallPhase.choices, read_only=True, help_text="L’état, lu à l’horloge.")

    class Meta:
        model = ProgrammeCall
        fields = (
            "id", "number", "state", "version", "phase", "programme", "title", "description", "opens_at",
            "closes_at", "source", "source_url", "published_at",
        )  # fmt: skip
        read_only_fields = fields


class OneCallSerializer(CallSerializer):
    needs = CallNeedSerializer(many=True, read_only=True, help_text="D’un appel à projets.")

    class Meta(CallSerializer.Meta):
        fields = (*CallSerializer.Meta.fields, "needs")
        read_only_fields = fields


class CallInput(StrictSerializer):
    programme = serializers.ChoiceField([(one.code, one.name) for one in programmes().values()])
    title = serializers.CharField(max_length=160)
    description = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")
    opens_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField(help_text="À la minute ; cette minute est déjà trop tard.")
    source = serializers.CharField(max_length=300)
    source_url = serializers.URLField(max_length=500, required=False, allow_blank=True, default="")


class PostponeInput(ReasonInput):
    closes_at = serializers.DateTimeField(help_text="Plus tard que la clôture annoncée.")


class ConditionSerializer(StrictSerializer):
    code = serializers.CharField()
    title = serializers.CharField()
    verdict = serializers.ChoiceField(EligibilityVerdict.choices)
    message = serializers.CharField()
    remedy = serializers.CharField(allow_blank=True)
    rule = serializers.CharField()


class MilestoneSerializer(StrictModelSerializer):
    class Meta:
        model = ApplicationMilestone
        fields = ("code", "reached_on", "reference", "note", "recorded_at")
        read_only_fields = fields


class ReportSerializer(StrictModelSerializer):
    class Meta:
        model = ProgressReport
        fields = (
            "year", "quarter", "done", "next_steps", "difficulties", "person_days", "spent_eur_ht", "sent_at",
            "was_late",
        )  # fmt: skip
        read_only_fields = fields

    was_late = serializers.BooleanField(read_only=True)


class QuarterSerializer(StrictSerializer):
    year = serializers.IntegerField()
    quarter = serializers.IntegerField(source="number")
    due_on = serializers.DateField()


class ApplicationSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    call = serializers.UUIDField(source="call.uuid", read_only=True)
    offer = serializers.UUIDField(source="offer.uuid", read_only=True)
    offer_name = serializers.CharField(source="offer.name", read_only=True)
    organisation = serializers.CharField(source="organisation.name", read_only=True)
    milestones = serializers.SerializerMethodField(help_text="Le dernier constat de chacun.")
    reports = ReportSerializer(many=True, read_only=True)
    missing_reports = serializers.SerializerMethodField(help_text="Trimestres écoulés sans rapport.")
    moves = serializers.SerializerMethodField(help_text="Les actes que l’état permet.")

    class Meta:
        model = ProgrammeApplication
        fields = (
            "id", "number", "state", "version", "call", "offer", "offer_name", "organisation", "summary",
            "work_plan", "difficulties", "contact_email", "planned_months", "planned_cost_eur_ht",
            "shares_evidence", "sent_at", "sent_sha256", "decided_on", "decision_reference", "awarded_eur",
            "milestones", "reports", "missing_reports", "moves",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(MilestoneSerializer(many=True))
    def get_milestones(self, application: ProgrammeApplication) -> Any:
        return MilestoneSerializer(list(application.reached.values()), many=True).data

    @extend_schema_field(QuarterSerializer(many=True))
    def get_missing_reports(self, application: ProgrammeApplication) -> Any:
        return QuarterSerializer(application.missing_reports(), many=True).data

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_moves(self, application: ProgrammeApplication) -> list[str]:
        return [move.name for move in application.available_moves()]


class OneApplicationSerializer(ApplicationSerializer):
    conditions = serializers.SerializerMethodField(help_text="Lues sur l’offre aujourd’hui.")
    sent_content = serializers.JSONField(read_only=True, help_text="Ce qui a été envoyé, figé.")

    class Meta(ApplicationSerializer.Meta):
        fields = (*ApplicationSerializer.Meta.fields, "conditions", "sent_content")
        read_only_fields = fields

    @extend_schema_field(ConditionSerializer(many=True))
    def get_conditions(self, application: ProgrammeApplication) -> Any:
        found = conditions_of(application.call.programme, application.offer)
        return ConditionSerializer(found, many=True).data


class NewApplicationInput(StrictSerializer):
    call = serializers.UUIDField()
    offer = serializers.UUIDField(help_text="L’une de vos offres.")


class DraftInput(StrictSerializer):
    summary = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    work_plan = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    difficulties = serializers.CharField(max_length=3000, required=False, allow_blank=True)
    contact_email = serializers.EmailField(max_length=200, required=False, allow_blank=True)
    planned_months = serializers.IntegerField(min_value=1, max_value=120, required=False, allow_null=True)
    planned_cost_eur_ht = serializers.DecimalField(required=False, **MONEY)
    shares_evidence = serializers.BooleanField(required=False)


class OperatorChoiceInput(StrictSerializer):
    decided_on = serializers.DateField(help_text="La date de la lettre de l’opérateur.")
    decision_reference = serializers.CharField(max_length=120)
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class SelectedInput(OperatorChoiceInput):
    awarded_eur = serializers.DecimalField(required=False, default=None, **MONEY)


class MilestoneInput(StrictSerializer):
    code = serializers.ChoiceField(Milestone.choices)
    reached_on = serializers.DateField()
    reference = serializers.CharField(max_length=200, help_text="L’acte de l’ANSSI.")
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class ReportInput(StrictSerializer):
    year = serializers.IntegerField(min_value=2000, max_value=2999)
    quarter = serializers.IntegerField(min_value=1, max_value=4)
    done = serializers.CharField(max_length=4000)
    next_steps = serializers.CharField(max_length=4000)
    difficulties = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")
    person_days = serializers.DecimalField(
        max_digits=6, decimal_places=1, min_value=0, required=False, allow_null=True, default=None
    )
    spent_eur_ht = serializers.DecimalField(required=False, default=None, **MONEY)


class HelpOfferSerializer(StrictSerializer):
    id = serializers.UUIDField(source="uuid")
    name = serializers.CharField()
    supplier = serializers.CharField(source="supplier.name")


class InheritedSerializer(StrictSerializer):
    code = serializers.CharField()
    name = serializers.CharField()
    layer = serializers.CharField()
    proven = serializers.BooleanField()
    until = serializers.DateField(allow_null=True)


class CompanionSerializer(StrictSerializer):
    offer = HelpOfferSerializer()
    base = serializers.CharField()
    contact = serializers.CharField(allow_blank=True, help_text="Vide : n’a pas accepté l’échange.")


class HelpEstimateSerializer(StrictSerializer):
    months_min = serializers.IntegerField(source="target.months_min", allow_null=True)
    months_max = serializers.IntegerField(source="target.months_max", allow_null=True)
    cost_words = serializers.CharField(source="target.cost_words", allow_blank=True)
    source = serializers.CharField(source="target.source")
    target_words = serializers.CharField(allow_blank=True)
    open_requirements = serializers.IntegerField()
    unanswered = serializers.IntegerField()
    planned_months = serializers.IntegerField(allow_null=True)
    planned_cost_eur_ht = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)


class HelpSerializer(StrictSerializer):
    advisors = HelpOfferSerializer(many=True)
    inherited = InheritedSerializer(many=True)
    companions = CompanionSerializer(many=True)
    estimate = HelpEstimateSerializer()
