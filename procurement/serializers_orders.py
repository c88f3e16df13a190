"""What orders, contracts and vehicles look like in JSON. Amounts are decimal text, unknown is null."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.approval.serializers import OrderApprovalSerializer
from procurement.enums_orders import ContractPhase, ReviewDecision, VatRegime
from procurement.models import Contract, ContractReview, Order, OrderLine
from procurement.serializers_periods import PartsField

MONEY = {"max_digits": 14, "decimal_places": 2}


class VatLineSerializer(serializers.Serializer[Any]):
    category = serializers.CharField(help_text="UNTDID 5305\u00a0: S, AE, E, O.")
    rate = serializers.DecimalField(max_digits=5, decimal_places=2)
    base_eur_ht = serializers.DecimalField(**MONEY)
    amount_eur = serializers.DecimalField(**MONEY)
    mention = serializers.CharField()


class OrderLineSerializer(StrictModelSerializer):
    price_line = serializers.CharField(source="price_line.code")
    parts = PartsField()

    class Meta:
        model = OrderLine
        fields = (
            "position",
            "price_line",
            "label",
            "kind",
            "unit",
            "period",
            "unit_price_eur_ht",
            "list_price_eur_ht",
            "quantity",
            "periods",
            "prorata",
            "parts",
            "total_eur_ht",
        )


class OrderSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    project = serializers.UUIDField(source="project.uuid", read_only=True)
    buyer = serializers.UUIDField(source="buyer.uuid", read_only=True)
    buyer_name = serializers.CharField(source="buyer.name", read_only=True)
    supplier = serializers.UUIDField(source="supplier.uuid", read_only=True)
    supplier_name = serializers.CharField(source="supplier.name", read_only=True)
    offer_supplier = serializers.UUIDField(
        source="offer.supplier.uuid", read_only=True, help_text="À qui l’offre est aujourd’hui."
    )
    offer = serializers.UUIDField(source="offer.uuid", read_only=True)
    offer_version = serializers.IntegerField(source="offer_version.number", read_only=True)
    plan = serializers.CharField(source="plan.code", read_only=True)
    vehicle = serializers.SerializerMethodField()
    lot = serializers.IntegerField(source="vehicle_lot.number", read_only=True, allow_null=True, default=None)
    budget = serializers.UUIDField(source="budget.uuid", read_only=True, allow_null=True, default=None)
    counter_proposal = serializers.UUIDField(
        source="counter_proposal.uuid",
        read_only=True,
        allow_null=True,
        default=None,
        help_text="Celle que ce bon de commande reprend.",
    )
    lines = OrderLineSerializer(many=True, read_only=True)
    vat_lines = VatLineSerializer(many=True, read_only=True, allow_null=True)
    contract = serializers.SerializerMethodField()
    approvals = serializers.SerializerMethodField(help_text="Signatures ; vide pour le fournisseur.")
    flags = serializers.SerializerMethodField(help_text="Statuts perdus ou suspendus pendant la commande.")

    class Meta:
        model = Order
        fields = (
            "id",
            "number",
            "state",
            "version",
            "state_since",
            "project",
            "buyer",
            "buyer_name",
            "supplier",
            "supplier_name",
            "offer_supplier",
            "offer",
            "offer_version",
            "plan",
            "vehicle",
            "lot",
            "below_threshold_reason",
            "budget_line",
            "budget",
            "maximum_eur_ht",
            "discount_percent",
            "counter_proposal",
            "agreed_terms",
            "starts_on",
            "ends_on",
            "supplier_vat_regime",
            "buyer_vat_identified",
            "lines",
            "total_eur_ht",
            "vat_lines",
            "vat_eur",
            "total_eur_ttc",
            "rejection_reason",
            "approvals",
            "approved_at",
            "commitment_number",
            "sent_number",
            "sent_at",
            "reply_due_on",
            "answered_at",
            "refusal_reason",
            "contract",
            "flags",
            "created_at",
        )
        read_only_fields = fields

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_vehicle(self, order: Order) -> str | None:
        return str(order.vehicle.uuid) if order.vehicle is not None else None

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_contract(self, order: Order) -> str | None:
        contract = getattr(order, "contract", None)
        return str(contract.uuid) if contract is not None else None

    @extend_schema_field(OrderApprovalSerializer(many=True))
    def get_approvals(self, order: Order) -> list[dict[str, Any]]:
        """Who signs inside the administration is not the supplier's to read."""
        if self.context["request"].actor.is_supplier:
            return []
        living = [each for each in order.approvals.all() if each.voided_at is None]
        return list(OrderApprovalSerializer(living, many=True, context=self.context).data)

    @extend_schema_field(serializers.ListField(child=serializers.DictField(child=serializers.CharField())))
    def get_flags(self, order: Order) -> list[dict[str, str]]:
        return [
            {"scheme": flag.scheme, "status": flag.status, "raised_at": flag.raised_at.isoformat()}
            for flag in order.flags.all()
        ]


class QuantityInput(StrictSerializer):
    price_line = serializers.SlugField(max_length=40, help_text="Code de la ligne de prix de la formule.")
    quantity = serializers.DecimalField(max_digits=14, decimal_places=3, min_value=0)


class OrderTermsInput(StrictSerializer):
    """What may be given at creation and changed while the order is a draft."""

    plan = serializers.SlugField(max_length=40, help_text="Code de la formule dans la version en ligne.")
    lines = QuantityInput(many=True, allow_empty=False, max_length=200)
    starts_on = serializers.DateField(required=False, allow_null=True)
    ends_on = serializers.DateField(required=False, allow_null=True, help_text="Dernier jour, compris.")
    vehicle = serializers.UUIDField(required=False, allow_null=True)
    lot = serializers.IntegerField(
        min_value=1,
        required=False,
        allow_null=True,
        help_text="Numéro du lot de l’accord-cadre, si le fournisseur en tient plusieurs.",
    )
    below_threshold_reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    budget_line = serializers.CharField(required=False, allow_blank=True, max_length=100)
    budget = serializers.UUIDField(required=False, allow_null=True, help_text="Une ligne de « budgets ».")
    maximum_eur_ht = serializers.DecimalField(
        required=False,
        allow_null=True,
        min_value=0,
        help_text="Obligatoire si un prix est à l’usage.",
        **MONEY,
    )
    supplier_vat_regime = serializers.ChoiceField(
        required=False,
        allow_blank=True,
        choices=VatRegime.choices,
        help_text="Vide\u00a0: inconnu, sans TTC.",
    )
    buyer_vat_identified = serializers.BooleanField(required=False, allow_null=True)

    def validate_lines(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        codes = [line["price_line"] for line in lines]
        if len(set(codes)) != len(codes):
            raise serializers.ValidationError(
                "Une ligne de prix est donnée deux fois. Ajoutez les quantités."
            )
        return lines


class OrderInput(OrderTermsInput):
    project = serializers.UUIDField()
    offer = serializers.UUIDField()


class OrderEditInput(OrderTermsInput):
    reprice = serializers.BooleanField(required=False, help_text="Reprend les prix en ligne.")


class CommitInput(StrictSerializer):
    commitment_number = serializers.CharField(max_length=30)


class ReopenInput(StrictSerializer):
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class ReviewSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    replacements = serializers.SlugRelatedField(slug_field="uuid", many=True, read_only=True)

    class Meta:
        model = ContractReview
        fields = (
            "id",
            "kind",
            "scheme",
            "status",
            "opened_on",
            "notice_on",
            "replacements",
            "decision",
            "decision_reason",
            "decided_at",
        )
        read_only_fields = fields


class ContractReviewSerializer(ReviewSerializer):
    """A review by itself, with its contract."""

    contract = serializers.SlugRelatedField[Contract](slug_field="uuid", read_only=True)
    contract_number = serializers.CharField(source="contract.number", read_only=True)
    contract_notice_on = serializers.DateField(
        source="contract.notice_on",
        read_only=True,
        allow_null=True,
        help_text="Date limite pour dénoncer le contrat ; une suspension n’ouvre pas d’autre préavis.",
    )

    class Meta(ReviewSerializer.Meta):
        fields = (
            "id",
            "contract",
            "contract_number",
            "contract_notice_on",
            *ReviewSerializer.Meta.fields[1:],
        )
        read_only_fields = fields


class ReviewDecisionInput(StrictSerializer):
    decision = serializers.ChoiceField(choices=ReviewDecision.choices)
    reason = serializers.CharField(max_length=2000, help_text="Le motif, gardé avec la décision.")


class TrustSerializer(serializers.Serializer[Any]):
    scheme = serializers.CharField()
    status = serializers.CharField()
    valid_until = serializers.DateField(allow_null=True)


class ContractSerializer(StrictModelSerializer):
    """`state` is read by the clock: to come before the first day, ended after the last one."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    state = serializers.ChoiceField(
        source="state_today",
        choices=ContractPhase.choices,
        read_only=True,
        help_text="À la date du jour : « upcoming » avant le premier jour, « ended » après le dernier.",
    )
    order = serializers.UUIDField(source="order.uuid", read_only=True)
    buyer = serializers.UUIDField(source="buyer.uuid", read_only=True)
    buyer_name = serializers.CharField(source="buyer.name", read_only=True)
    supplier = serializers.UUIDField(source="supplier.uuid", read_only=True)
    supplier_name = serializers.CharField(source="supplier.name", read_only=True)
    offer_supplier = serializers.UUIDField(
        source="offer.supplier.uuid", read_only=True, help_text="À qui l’offre est aujourd’hui."
    )
    offer = serializers.UUIDField(source="offer.uuid", read_only=True)
    offer_version = serializers.IntegerField(source="offer_version.number", read_only=True)
    total_eur_ht = serializers.DecimalField(source="order.total_eur_ht", read_only=True, **MONEY)
    total_eur_ttc = serializers.DecimalField(
        source="order.total_eur_ttc", read_only=True, allow_null=True, **MONEY
    )
    total_now_eur_ht = serializers.SerializerMethodField(help_text="Avec les avenants approuvés.")
    notice_on = serializers.DateField(read_only=True, allow_null=True)
    exit_terms = serializers.JSONField(read_only=True)
    signed_trust = TrustSerializer(many=True, read_only=True)
    current_trust = TrustSerializer(many=True, read_only=True)
    reviews = serializers.SerializerMethodField()
    owners = serializers.SerializerMethodField(help_text="Qui le suit ; vide pour le fournisseur.")

    class Meta:
        model = Contract
        fields = (
            "id",
            "number",
            "state",
            "version",
            "order",
            "buyer",
            "buyer_name",
            "supplier",
            "supplier_name",
            "offer_supplier",
            "offer",
            "offer_version",
            "total_eur_ht",
            "total_eur_ttc",
            "total_now_eur_ht",
            "signed_at",
            "starts_on",
            "ends_on",
            "notice_months",
            "notice_on",
            "exit_terms",
            "signed_trust",
            "current_trust",
            "reviews",
            "owners",
            "end_reason",
            "closed_on",
        )
        read_only_fields = fields

    @extend_schema_field(serializers.DecimalField(**MONEY))
    def get_total_now_eur_ht(self, contract: Contract) -> str:
        approved = [each.delta_eur_ht for each in contract.amendments.all() if each.state == "approved"]
        return f"{sum(approved, contract.order.total_eur_ht):.2f}"

    @extend_schema_field(serializers.ListField(child=serializers.DictField(child=serializers.CharField())))
    def get_owners(self, contract: Contract) -> list[dict[str, str]]:
        if self.context["request"].actor.is_supplier:
            return []
        return [{"name": str(owner), "email": owner.email} for owner in contract.owners.all()]

    @extend_schema_field(ReviewSerializer(many=True))
    def get_reviews(self, contract: Contract) -> list[dict[str, Any]]:
        """The buyer's reviews are not the supplier's to read."""
        if self.context["request"].actor.is_supplier:
            return []
        return list(ReviewSerializer(contract.reviews.all(), many=True, context=self.context).data)
