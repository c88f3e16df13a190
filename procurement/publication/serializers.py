"""Publications in JSON: the drafts of an administration. What is public has its own addresses."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.models import Publication
from procurement.publication import words
from procurement.publication.enums import MOST_REASON
from procurement.publication.facts import Holder
from procurement.publication.fields import BY_NAME, FIELDS, Field, Kind
from procurement.publication.preview import Preview, preview_of


class HolderSerializer(StrictSerializer):
    scheme = serializers.ChoiceField(list(words.HOLDER_SCHEMES))
    id = serializers.CharField(max_length=30)


def _field(field: Field) -> serializers.Field[Any, Any, Any, Any]:
    options: dict[str, Any] = {"required": False, "help_text": field.help or field.label}
    if field.kind is Kind.MANY:
        child = serializers.ChoiceField(list(field.choices))
        return serializers.ListField(child=child, max_length=len(field.choices), **options)
    if field.kind is Kind.HOLDERS:
        return HolderSerializer(many=True, max_length=20, **options)
    options["allow_null"] = True
    made: dict[Kind, Any] = {
        Kind.ONE: lambda: serializers.ChoiceField(list(field.choices), **options),
        Kind.YES_NO: lambda: serializers.BooleanField(**options),
        Kind.NUMBER: lambda: serializers.IntegerField(min_value=1, max_value=9999, **options),
        Kind.SHARE: lambda: serializers.DecimalField(5, 4, min_value=0, max_value=1, **_share(options)),
        Kind.AMOUNT: lambda: serializers.DecimalField(14, 2, min_value=0, **options),
        Kind.DAY: lambda: serializers.DateField(**options),
    }
    if field.kind not in made:
        return serializers.CharField(max_length=field.longest, allow_blank=True, **options)
    one: serializers.Field[Any, Any, Any, Any] = made[field.kind]()
    return one


def _share(options: dict[str, Any]) -> dict[str, Any]:
    return {**options, "help_text": "Une part : 0.3 pour 30 %. null : taux non connu."}


class PublicationAnswers(StrictSerializer):
    """All optional: what lacks is asked before the review. An empty value or null takes an answer away."""

    def get_fields(self) -> dict[str, Any]:
        return {field.name: _field(field) for field in FIELDS}


def values_of(said: dict[str, Any]) -> dict[str, Any]:
    """Validated data as the facts take them."""
    return {name: _value(BY_NAME[name], value) for name, value in said.items()}


def _value(field: Field, value: Any) -> Any:
    if field.kind is Kind.HOLDERS:
        return holders_of(value)
    return tuple(value) if field.kind is Kind.MANY else value


def holders_of(said: list[dict[str, str]]) -> tuple[Holder, ...]:
    return tuple(Holder(each["scheme"], each["id"]) for each in said)


class PublicationInput(StrictSerializer):
    """One of the two."""

    contract = serializers.UUIDField(required=False, help_text="Un contrat commandé sans support d’achat.")
    vehicle = serializers.UUIDField(required=False, help_text="Un marché de votre administration.")
    own = serializers.BooleanField(
        required=False, help_text="true : votre administration a passé elle-même cet accord-cadre."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("contract" in attrs) == ("vehicle" in attrs):
            raise serializers.ValidationError(
                {"contract": ["Donnez soit un contrat, soit un support d’achat."]}
            )
        return attrs


class AttestInput(StrictSerializer):
    attested = serializers.BooleanField(
        help_text="true : relu, rien n’y est secret, aucun nom de personne, aucune coordonnée."
    )


class ElsewhereInput(StrictSerializer):
    where = serializers.CharField(max_length=200)
    published_on = serializers.DateField()


class DropInput(StrictSerializer):
    reason = serializers.CharField(max_length=MOST_REASON)


class ModificationInput(AttestInput):
    """At least one change."""

    notified_on = serializers.DateField()
    duration_months = serializers.IntegerField(
        min_value=1, max_value=9999, required=False, allow_null=True, help_text="Durée totale, en mois."
    )
    amount_eur_ht = serializers.DecimalField(
        14, 2, min_value=0, required=False, allow_null=True, help_text="Montant total, HT."
    )
    holders = HolderSerializer(many=True, max_length=20, required=False)
    holder_is_person = serializers.BooleanField(required=False, allow_null=True)
    rationale = serializers.CharField(
        max_length=1000, required=False, allow_blank=True, help_text="Ce texte est public."
    )


class DutyOutput(serializers.Serializer[Any]):
    standing = serializers.ChoiceField(["due", "choice", "not_due", "unknown"])
    text = serializers.CharField()
    source = serializers.CharField()
    confidence = serializers.CharField()


class PublicationSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    contract = serializers.UUIDField(source="contract.uuid", read_only=True, allow_null=True, default=None)
    vehicle = serializers.UUIDField(source="vehicle.uuid", read_only=True, allow_null=True, default=None)
    answers = PublicationAnswers(read_only=True)
    held = serializers.DictField(
        child=serializers.CharField(), read_only=True, help_text="Ce qui a été repris d’ici, et d’où."
    )
    missing = serializers.SerializerMethodField(help_text="Ce qui est demandé avant la relecture.")
    warnings = serializers.SerializerMethodField(help_text="Ce qui n’empêche pas de publier, mais se relit.")
    duty = serializers.SerializerMethodField()
    due_on = serializers.DateField(read_only=True, allow_null=True, help_text="Dernier jour pour publier.")
    late = serializers.BooleanField(source="late_today", read_only=True)
    is_draft = serializers.BooleanField(
        source="is_open", read_only=True, help_text="true : rien de `decp` n’est public."
    )
    untold = serializers.BooleanField(
        read_only=True,
        default=False,
        help_text="true : un avenant approuvé depuis n’est pas encore public.",
    )
    decp = serializers.SerializerMethodField(help_text="L’objet DECP ; null tant qu’il manque une réponse.")

    class Meta:
        model = Publication
        fields = (
            "id", "number", "ocid", "state", "state_since", "version", "buyer_siret", "contract", "vehicle",
            "answers", "held", "missing", "warnings", "duty", "notified_on", "due_on", "late", "is_draft",
            "untold", "decp", "reviewed_at", "published_at", "elsewhere", "elsewhere_on", "reason",
            "created_at",
        )  # fmt: skip
        read_only_fields = fields

    def _preview(self, publication: Publication) -> Preview:
        """Once a row."""
        if getattr(self, "_of", None) is not publication:
            self._of, self._made = publication, preview_of(publication, today=timezone.localdate())
        return self._made

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_missing(self, publication: Publication) -> list[str]:
        return list(self._preview(publication).missing)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_warnings(self, publication: Publication) -> list[str]:
        return self._preview(publication).warnings

    @extend_schema_field(DutyOutput)
    def get_duty(self, publication: Publication) -> dict[str, str]:
        told = self._preview(publication).duty
        return {
            "standing": told.standing,
            "text": told.text,
            "source": told.source,
            "confidence": told.confidence,
        }

    @extend_schema_field(serializers.DictField(allow_null=True))
    def get_decp(self, publication: Publication) -> dict[str, Any] | None:
        return self._preview(publication).object
