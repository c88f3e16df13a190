"""The API's words for the doctrine, projects, analyses and avis. No query here: viewsets prefetch."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from catalog.enums import ServiceModel
from marketplace.accounts.enums import BUYER_KINDS
from marketplace.rest.fields import CodeField
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.actions.assessments import result_now
from procurement.actions.reassessments import moved_since, moved_today, previous_decided
from procurement.doctrine.results import LEVELS, OBLIGATIONS, UNKNOWN
from procurement.enums import (
    Aspect,
    Criticality,
    Harm,
    Hosting,
    OpinionKind,
    OpinionVerdict,
    ProjectKind,
    SensitiveData,
)
from procurement.models import Assessment, Opinion, Project
from procurement.models.project import MOST_ZONES


class GivenOrNull(serializers.ChoiceField):
    """A choice that may be not given: null outside, blank inside."""

    def __init__(self, choices: Any, **options: Any) -> None:
        super().__init__(choices, required=False, allow_null=True, **options)

    def to_representation(self, value: Any) -> Any:
        return super().to_representation(value) if value else None


def codes(choices: Any, **options: Any) -> serializers.ListField:
    """A list of codes, in any case; [] is « none of them », null is « not given »."""
    return serializers.ListField(
        child=CodeField(choices), required=False, allow_null=True, max_length=20, **options
    )


class HarmAspectsField(serializers.DictField):
    """`{"health_life": ["integrity"]}`: by which breach each harm would come."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "unknown_harm": "« {harm} » n’est pas un dommage. Employez : {harms}."
    }
    child = serializers.ListField(child=CodeField(Aspect.choices), max_length=len(Aspect.values))

    def to_internal_value(self, data: Any) -> dict[str, list[str]]:
        found = super().to_internal_value(data)
        unknown = sorted(found.keys() - set(Harm.values))
        if unknown:
            self.fail("unknown_harm", harm=unknown[0][:40], harms=", ".join(Harm.values))
        return {harm: sorted(set(aspects)) for harm, aspects in found.items() if aspects}


class DataAnswers(StrictSerializer):
    sensitive_data = codes(SensitiveData.choices)
    harms = codes(Harm.choices)
    harm_aspects = HarmAspectsField(
        required=False, allow_null=True, help_text="Par quelle atteinte viendrait chaque dommage."
    )
    personal_data = serializers.BooleanField(required=False, allow_null=True)
    health_data = serializers.BooleanField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """What one request says of a breach agrees with what it says of its harm."""
        harms, told = attrs.get("harms"), attrs.get("harm_aspects")
        if harms is not None and told and (strangers := sorted(told.keys() - set(harms))):
            message = f"« {strangers[0]} » n’est pas parmi « harms ». Ajoutez-le, ou retirez son atteinte."
            raise serializers.ValidationError({"harm_aspects": [message]})
        return attrs


class DoctrineInput(DataAnswers):
    date = serializers.DateField(required=False, allow_null=True, help_text="Aujourd’hui si elle manque.")
    buyer_kind = GivenOrNull([(kind.value, kind.label) for kind in sorted(BUYER_KINDS)])
    hosting = GivenOrNull(Hosting.choices)
    service_models = codes(ServiceModel.choices)
    full_cost_eur_ht = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, required=False, allow_null=True
    )
    project_kind = GivenOrNull(ProjectKind.choices)


class ObligationOutput(serializers.Serializer):
    code = serializers.ChoiceField(list(OBLIGATIONS))
    level = serializers.ChoiceField([*LEVELS, UNKNOWN])
    rules = serializers.ListField(child=serializers.CharField())
    reason = serializers.CharField()
    source = serializers.CharField()


class RuleSetOutput(serializers.Serializer):
    code = serializers.CharField()
    title = serializers.CharField()
    in_force_from = serializers.DateField()
    sha256 = serializers.CharField()


class DoctrineOutput(serializers.Serializer):
    date = serializers.DateField()
    obligations = ObligationOutput(many=True)
    warnings = serializers.ListField(child=serializers.CharField())
    unknown = serializers.ListField(child=serializers.CharField())
    rule_sets = RuleSetOutput(many=True)
    offer_filter = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))


class RuleOutput(serializers.Serializer):
    code = serializers.CharField()
    rule_set = serializers.CharField()
    kind = serializers.ChoiceField(["automatic", "attested", "informative"])
    title = serializers.CharField()
    summary = serializers.CharField()
    source = serializers.CharField()
    binds = serializers.ListField(child=serializers.CharField())
    encourages = serializers.ListField(child=serializers.CharField())


@extend_schema_serializer(many=False)  # one answer, although the action is « list »
class RulesOutput(serializers.Serializer):
    date = serializers.DateField()
    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = RuleOutput(many=True)
    rule_sets = RuleSetOutput(many=True)


class ProjectSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    organisation = serializers.UUIDField(source="organisation.uuid", read_only=True)
    organisation_name = serializers.CharField(source="organisation.name", read_only=True)
    authors = serializers.SlugRelatedField(slug_field="uuid", many=True, read_only=True)
    project_kind = GivenOrNull(ProjectKind.choices)
    hosting = GivenOrNull(Hosting.choices)
    service_models = codes(ServiceModel.choices)
    full_cost_eur_ht = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, required=False, allow_null=True
    )
    cpv = serializers.RegexField(
        r"^[0-9]{8}(-[0-9])?$",
        required=False,
        allow_blank=True,
        help_text="Code CPV de 8 chiffres ; le chiffre de contrôle n’est pas gardé.",
        error_messages={"invalid": "Un code CPV compte 8 chiffres, comme 72416000."},
    )
    categories = serializers.ListField(
        child=serializers.SlugField(max_length=60),
        required=False,
        allow_null=True,
        max_length=50,
        help_text="Codes de catégories du catalogue.",
    )
    criticality = GivenOrNull(Criticality.choices)
    least_zones = serializers.IntegerField(
        min_value=1, max_value=MOST_ZONES, required=False, allow_null=True, help_text="Règle R5."
    )
    exit_provision_eur_ht = serializers.DecimalField(
        max_digits=14, decimal_places=2, min_value=0, required=False, allow_null=True, help_text="Règle R4."
    )
    assessment = serializers.SerializerMethodField(help_text="La dernière analyse de sensibilité.")

    class Meta:
        model = Project
        fields = (
            "id",
            "number",
            "state",
            "state_since",
            "version",
            "title",
            "description",
            "organisation",
            "organisation_name",
            "authors",
            "project_kind",
            "hosting",
            "service_models",
            "full_cost_eur_ht",
            "cpv",
            "starts_on",
            "ends_on",
            "users",
            "categories",
            "criticality",
            "least_zones",
            "interoperability",
            "exit_plan",
            "exit_provision_eur_ht",
            "portability",
            "equivalents",
            "assessment",
            "closing_reason",
            "created_at",
        )
        read_only_fields = ("number", "state", "state_since", "version", "closing_reason", "created_at")

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_assessment(self, project: Project) -> str | None:
        newest = max(project.assessments.all(), key=lambda a: a.number, default=None)
        return str(newest.uuid) if newest else None

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Null means blank for the choices; a CPV code loses its check digit."""
        if "cpv" in attrs:
            attrs["cpv"] = attrs["cpv"][:8]
        choices = ("project_kind", "hosting", "criticality")
        return {k: "" if v is None and k in choices else v for k, v in attrs.items()}


class DecisionOutput(serializers.Serializer):
    decided_by = serializers.CharField()
    decided_at = serializers.DateTimeField()
    reason = serializers.CharField()
    result_sha256 = serializers.CharField()


class OpinionSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    assessment = serializers.UUIDField(
        source="assessment.uuid", read_only=True, allow_null=True, default=None
    )
    order = serializers.UUIDField(source="order.uuid", read_only=True, allow_null=True, default=None)
    given_by = serializers.CharField(read_only=True)

    class Meta:
        model = Opinion
        fields = (
            "id",
            "kind",
            "assessment",
            "order",
            "verdict",
            "text",
            "given_by",
            "given_at",
            "content_sha256",
        )
        read_only_fields = fields


class OpinionInput(StrictSerializer):
    """On an analysis or on an order, one of the two."""

    assessment = serializers.UUIDField(required=False)
    order = serializers.UUIDField(required=False)
    kind = serializers.ChoiceField(OpinionKind.choices)
    verdict = serializers.ChoiceField(OpinionVerdict.choices)
    text = serializers.CharField(max_length=5000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("assessment" in attrs) == ("order" in attrs):
            message = "Donnez « assessment » ou « order », l’un des deux."
            raise serializers.ValidationError({"assessment": [message]})
        return attrs


class ChangeOutput(serializers.Serializer):
    code = serializers.ChoiceField(list(OBLIGATIONS))
    before = serializers.ChoiceField([*LEVELS, UNKNOWN])
    after = serializers.ChoiceField([*LEVELS, UNKNOWN])


class MovedOutput(serializers.Serializer):
    changes = ChangeOutput(many=True)
    texts_added = serializers.ListField(child=serializers.CharField())
    texts_removed = serializers.ListField(child=serializers.CharField())


class AssessmentSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    project = serializers.UUIDField(source="project.uuid", read_only=True)
    answers = serializers.SerializerMethodField()
    result = serializers.SerializerMethodField(help_text="Figé dès la demande d’avis.")
    moved = serializers.SerializerMethodField(
        help_text="Ce que les textes et le projet d’aujourd’hui changeraient ; null tant que rien n’est figé."
    )
    since_previous = serializers.SerializerMethodField(
        help_text="Ce qui change depuis l’analyse décidée d’avant ; null pour la première."
    )
    opinions = OpinionSerializer(many=True, read_only=True)
    decision = DecisionOutput(read_only=True, allow_null=True, default=None)

    class Meta:
        model = Assessment
        fields = (
            "id",
            "project",
            "number",
            "state",
            "version",
            "answers",
            "result",
            "assessed_on",
            "requested_at",
            "moved",
            "since_previous",
            "opinions",
            "decision",
            "created_at",
        )
        read_only_fields = fields

    @extend_schema_field(DataAnswers)
    def get_answers(self, assessment: Assessment) -> dict[str, Any]:
        return assessment.answers

    @extend_schema_field(DoctrineOutput)
    def get_result(self, assessment: Assessment) -> dict[str, Any]:
        return result_now(assessment).as_dict()

    @extend_schema_field(MovedOutput(allow_null=True))
    def get_moved(self, assessment: Assessment) -> dict[str, Any] | None:
        return moved_today(assessment).as_dict() if assessment.result else None

    @extend_schema_field(MovedOutput(allow_null=True))
    def get_since_previous(self, assessment: Assessment) -> dict[str, Any] | None:
        previous = previous_decided(assessment)
        return moved_since(previous, result_now(assessment)).as_dict() if previous else None


class AssessmentCreate(StrictSerializer):
    project = serializers.UUIDField()


class OfferInput(StrictSerializer):
    offer = serializers.UUIDField()


class AuthorInput(StrictSerializer):
    author = serializers.UUIDField()


class FindingOutput(serializers.Serializer):
    obligation = serializers.CharField()
    standing = serializers.CharField()
    text = serializers.CharField()
    seen = serializers.CharField()
    seen_on = serializers.DateField(allow_null=True)


class JudgedOfferOutput(serializers.Serializer):
    id = serializers.UUIDField()
    slug = serializers.CharField()
    name = serializers.CharField()
    standing = serializers.CharField()
    shortlisted = serializers.BooleanField()
    statuses = serializers.DictField(child=serializers.CharField())
    findings = FindingOutput(many=True)


class DerogationBesideOutput(serializers.Serializer):
    number = serializers.CharField()
    state = serializers.CharField()
    ends_on = serializers.DateField(allow_null=True)


class EligibleOffersOutput(serializers.Serializer):
    count = serializers.IntegerField(help_text="Offres des conformités demandées.")
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    derogation = DerogationBesideOutput(
        allow_null=True, help_text="La dérogation R9 du projet. Elle ne rend aucune offre conforme."
    )
    obligations = serializers.ListField(child=serializers.CharField())
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="De chaque conformité, demandée ou non."
    )
    results = JudgedOfferOutput(many=True)
