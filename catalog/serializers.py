"""The catalogue in JSON. Inputs of answers are made from the questions; the engine judges again."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.actions.authoring import LineInput, PlanInput
from catalog.enums import (
    UNTIMED_KINDS,
    Freshness,
    Meter,
    PriceKind,
    PricePeriod,
    Prorata,
    ServiceModel,
    TierMode,
)
from catalog.freshness import facts_age
from catalog.models import Offer, OfferVersion, Plan, PriceLine, Supplier
from catalog.prices.components import Tier, step_fault, tier_faults
from catalog.prices.proration import prorata_fault
from catalog.questions.engine import questions
from catalog.serializers_answers import AnswersSerializer, given_fields
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer


class SupplierSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    claimed = serializers.SerializerMethodField(help_text="Une organisation vérifiée l’a revendiqué.")
    offers_count = serializers.IntegerField(read_only=True)
    page = serializers.SerializerMethodField(help_text="Adresse de sa page.")

    class Meta:
        model = Supplier
        fields = (
            "id", "number", "slug", "name", "legal_name", "country", "identifier_scheme", "identifier",
            "size", "region", "is_ess", "inclusion", "is_independent", "group_name", "founded_year",
            "public_share_percent", "facts_declared_at", "website", "claimed", "offers_count", "page",
        )  # fmt: skip
        read_only_fields = fields

    def get_claimed(self, supplier: Supplier) -> bool:
        return supplier.organisation_id is not None

    def get_page(self, supplier: Supplier) -> str:
        return supplier.get_absolute_url()


class SupplierRefSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)

    class Meta:
        model = Supplier
        fields = ("id", "number", "slug", "name", "country")
        read_only_fields = fields


class WholeInput(StrictSerializer):
    """Given whole even inside a PATCH, where DRF forgets what is required and the defaults."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        fields = self.fields
        if isinstance(data, Mapping):
            missing = [name for name, field in fields.items() if field.required and name not in data]
            if missing:
                raise serializers.ValidationError(
                    {name: [fields[name].error_messages["required"]] for name in missing}
                )
        defaults = {
            name: field.default() if callable(field.default) else field.default
            for name, field in fields.items()
            if field.default is not serializers.empty
        }
        return {**defaults, **super().to_internal_value(data)}


class TierSerializer(WholeInput):
    above = serializers.DecimalField(max_digits=14, decimal_places=3, min_value=0)
    amount_eur_ht = serializers.DecimalField(max_digits=18, decimal_places=6, min_value=0)


class PriceLineSerializer(StrictModelSerializer):
    tiers = TierSerializer(many=True, read_only=True)

    class Meta:
        model = PriceLine
        fields = (
            "code", "label", "kind", "unit", "period", "amount_eur_ht", "meter", "included_quantity",
            "minimum_quantity", "tier_mode", "tiers", "next_amount_eur_ht", "next_from", "prorata",
            "usage_step",
        )  # fmt: skip
        read_only_fields = fields


class PlanSerializer(StrictModelSerializer):
    lines = PriceLineSerializer(many=True, read_only=True)

    class Meta:
        model = Plan
        fields = ("code", "name", "description", "commitment_months", "lines")
        read_only_fields = fields


class OfferTrustSerializer(StrictSerializer):
    scheme = serializers.CharField()
    status = serializers.CharField()
    level = serializers.CharField()
    valid_until = serializers.DateField(allow_null=True)
    undermined_by = serializers.UUIDField(allow_null=True)


class OfferSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    supplier = SupplierRefSerializer(read_only=True)
    category = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    orderable = serializers.BooleanField(source="is_orderable", read_only=True)
    live_version = serializers.SerializerMethodField(help_text="Numéro de la version en ligne.")
    answers = serializers.SerializerMethodField(
        help_text="Réponses de la version en ligne, sinon du brouillon ou de la version envoyée."
    )
    plans = serializers.SerializerMethodField()
    draft = serializers.SerializerMethodField(help_text="La version en préparation, pour son fournisseur.")
    trust = serializers.SerializerMethodField()
    page = serializers.SerializerMethodField(help_text="Adresse de sa page.")
    facts_freshness = serializers.SerializerMethodField(
        help_text="Ce que vaut aujourd’hui la dernière confirmation du fournisseur ; « unknown » : aucune."
    )

    class Meta:
        model = Offer
        fields = (
            "id", "number", "slug", "name", "state", "state_since", "version", "supplier", "service_models",
            "category", "description", "website", "regions", "open_source", "public_prices",
            "is_internal_state", "orderable", "listed_on", "facts_read_on", "facts_confirmed_on",
            "facts_freshness", "sources", "live_version", "answers", "plans", "draft", "trust", "page",
        )  # fmt: skip
        read_only_fields = fields

    def _shown(self, offer: Offer) -> OfferVersion | None:
        """Online; else, for who may read it, in edition for its supplier and last sent for the operator."""
        if offer.live_version is not None or not self.context.get("may_see_draft", False):
            return offer.live_version
        return offer.shown_to(owner=self.context.get("is_owner", False))

    def _draft(self, offer: Offer) -> OfferVersion | None:
        """From the prefetched versions in edition; only its supplier and the operator see it."""
        found = next(iter(getattr(offer, "editing", [])), None)
        return found if found is not None and self.context.get("may_see_draft", False) else None

    def get_live_version(self, offer: Offer) -> int | None:
        return offer.live_version.number if offer.live_version else None

    @extend_schema_field(AnswersSerializer)
    def get_answers(self, offer: Offer) -> dict[str, Any]:
        shown = self._shown(offer)
        return dict(shown.answers) if shown else {}

    @extend_schema_field(PlanSerializer(many=True))
    def get_plans(self, offer: Offer) -> Any:
        shown = self._shown(offer)
        return PlanSerializer(shown.plans.all(), many=True).data if shown else []

    def get_draft(self, offer: Offer) -> dict[str, Any] | None:
        draft = self._draft(offer)
        if draft is None:
            return None
        return {
            "number": draft.number,
            "answers": dict(draft.answers),
            "plans": PlanSerializer(draft.plans.all(), many=True).data,
        }

    @extend_schema_field(OfferTrustSerializer(many=True))
    def get_trust(self, offer: Offer) -> list[dict[str, Any]]:
        today = timezone.localdate()
        return [
            {
                "scheme": row.scheme,
                "status": row.status_on(today).value,
                "level": row.level,
                "valid_until": row.valid_until.isoformat() if row.valid_until else None,
                "undermined_by": str(row.undermined_by.uuid)
                if row.undermined_by is not None and row.is_undermined(today)
                else None,
            }
            for row in offer.effective_trust.all()
        ]

    @extend_schema_field(serializers.ChoiceField(choices=Freshness.choices))
    def get_facts_freshness(self, offer: Offer) -> str:
        return facts_age(offer, on=timezone.localdate()).freshness.value

    def get_page(self, offer: Offer) -> str:
        return offer.get_absolute_url()


def _quantity(help_text: str) -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=14, decimal_places=3, min_value=0, required=False, default=Decimal(0), help_text=help_text
    )


class LineInputSerializer(WholeInput):
    label = serializers.CharField(max_length=160)
    kind = serializers.ChoiceField(choices=PriceKind.choices)
    unit = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    period = serializers.ChoiceField(
        choices=PricePeriod.choices,
        required=False,
        help_text="Absente : « month », ou « none » pour un prix payé une seule fois.",
    )
    amount_eur_ht = serializers.DecimalField(max_digits=18, decimal_places=6, min_value=0)
    meter = serializers.ChoiceField(
        choices=Meter.choices,
        required=False,
        default=Meter.OTHER.value,
        help_text="Ce que la ligne mesure, pour le coût d’un usage.",
    )
    included_quantity = _quantity("Volume compris par période, sans supplément.")
    minimum_quantity = _quantity("Quantité facturée au moins, par période.")
    tiers = TierSerializer(
        many=True, required=False, default=list, help_text="Paliers croissants ; au-delà de « above »."
    )
    tier_mode = serializers.ChoiceField(
        choices=TierMode.choices, required=False, default=TierMode.GRADUATED.value
    )
    next_amount_eur_ht = serializers.DecimalField(
        max_digits=18, decimal_places=6, min_value=0, required=False, allow_null=True, default=None
    )
    next_from = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="Premier jour du prix annoncé."
    )
    prorata = serializers.ChoiceField(
        choices=Prorata.choices,
        required=False,
        default=Prorata.NONE.value,
        help_text="Ce qui est dû d’un mois ou d’une année utilisés en partie.",
    )
    usage_step = _quantity("L’usage est arrondi au multiple supérieur ; 0 : compté tel quel.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The same rules as the constraints of a price line, said by field."""
        once = attrs["kind"] in UNTIMED_KINDS
        attrs.setdefault("period", (PricePeriod.NONE if once else PricePeriod.MONTH).value)
        if attrs["kind"] == PriceKind.UNIT and not attrs["unit"].strip():
            raise serializers.ValidationError({"unit": ["Nommez l’unité du prix, par exemple « poste »."]})
        if once and attrs["period"] != PricePeriod.NONE:
            raise serializers.ValidationError(
                {"period": ["Un prix payé une seule fois ou à la sortie n’a pas de durée : « none »."]}
            )
        if (attrs["next_amount_eur_ht"] is None) != (attrs["next_from"] is None):
            raise serializers.ValidationError(
                {"next_from": ["Un prix annoncé va avec son premier jour : donnez les deux, ou aucun."]}
            )
        attrs["tiers"] = tuple((tier["above"], tier["amount_eur_ht"]) for tier in attrs["tiers"])
        tiers = [Tier(above, amount) for above, amount in attrs["tiers"]]
        if fault := tier_faults(tiers, included=attrs["included_quantity"]):
            raise serializers.ValidationError({"tiers": [fault]})
        if fault := prorata_fault(attrs["prorata"], period=attrs["period"]):
            raise serializers.ValidationError({"prorata": [fault]})
        if fault := step_fault(attrs["usage_step"], kind=attrs["kind"]):
            raise serializers.ValidationError({"usage_step": [fault]})
        return attrs


class PlanInputSerializer(WholeInput):
    name = serializers.CharField(max_length=120)
    description = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")
    commitment_months = serializers.IntegerField(
        min_value=0, max_value=120, required=False, default=0, help_text="Engagement minimal, en mois."
    )
    lines = LineInputSerializer(many=True, required=False, default=list)


def plan_inputs(plans: list[dict[str, Any]]) -> list[PlanInput]:
    """Of validated data."""
    return [
        PlanInput(**plan | {"lines": tuple(LineInput(**line) for line in plan["lines"])}) for plan in plans
    ]


class AnswersInput(StrictSerializer):
    """One field per question, and the plans. What is absent is left as it was; null is « unknown »."""

    plans = PlanInputSerializer(many=True, required=False)

    def get_fields(self) -> dict[str, Any]:
        return {**given_fields(), **super().get_fields()}


class DraftInput(AnswersInput):
    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        fields["name"] = serializers.CharField(max_length=160, help_text=questions()["name"].label)
        return fields


class FacetValueSerializer(StrictSerializer):
    value = serializers.CharField()
    label = serializers.CharField()
    count = serializers.IntegerField()
    parent = serializers.CharField(
        required=False, help_text="La valeur au-dessus, quand les valeurs forment un arbre."
    )


class UsagePriceSerializer(StrictSerializer):
    total_eur_ht = serializers.DecimalField(
        16, 2, allow_null=True, help_text="De la formule la moins chère, départ non compté. Null : inconnu."
    )
    total_eur_ttc = serializers.DecimalField(16, 2, allow_null=True, help_text="Null : TVA inconnue.")
    plan = serializers.CharField(allow_null=True)
    months = serializers.IntegerField(allow_null=True, help_text="Mois comptés, engagement minimal compris.")
    missing = serializers.ListField(
        child=serializers.CharField(), help_text="Pourquoi le prix est inconnu, en mots."
    )


class OfferCardSerializer(StrictSerializer):
    id = serializers.UUIDField()
    number = serializers.IntegerField()
    slug = serializers.CharField()
    name = serializers.CharField()
    state = serializers.CharField()
    supplier = serializers.DictField()
    service_models = serializers.ListField(child=serializers.ChoiceField(choices=ServiceModel.choices))
    category = serializers.CharField(allow_null=True)
    description = serializers.CharField()
    regions = serializers.ListField(child=serializers.CharField(), allow_null=True)
    open_source = serializers.BooleanField(allow_null=True)
    is_internal_state = serializers.BooleanField()
    orderable = serializers.BooleanField()
    price_from = serializers.DictField(allow_null=True)
    trust = serializers.ListField(child=serializers.DictField())
    usage_price = UsagePriceSerializer(required=False, help_text="Avec ordering=usage.")


class ReadingSerializer(StrictSerializer):
    kind = serializers.ChoiceField(
        choices=[("corrected", "Une lettre corrigée"), ("prefix", "Lu comme le début d’un mot")]
    )
    typed = serializers.CharField(help_text="Le mot donné.")
    used = serializers.CharField(help_text="Ce qui a été cherché à la place.")


class OfferListSerializer(StrictSerializer):
    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = OfferCardSerializer(many=True)
    unpriced = serializers.IntegerField(
        required=False, help_text="Avec ordering=usage : offres au prix inconnu, rangées à la suite."
    )
    readings = ReadingSerializer(
        many=True,
        required=False,
        help_text="Mots de « q » qu’aucune offre ne contient, et comment ils ont été lus.",
    )
    facets = serializers.DictField(
        child=FacetValueSerializer(many=True), required=False, help_text="Avec facets=1."
    )
    ignored = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Paramètres inconnus, laissés de côté."
    )
