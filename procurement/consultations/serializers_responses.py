"""The API's words for responses: drafts, deposits, what the opening gave."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from procurement.consultations import drafts
from procurement.consultations.depositing import receipt_of
from procurement.consultations.enums import MOST_PRICE_ITEMS, MOST_TEXT, Candidacy
from procurement.consultations.prices import priced
from procurement.models import OpenedResponse, ResponseDraft, SealedDeposit


class NewDraftInput(StrictSerializer):
    consultation = serializers.UUIDField()
    lot = serializers.IntegerField(min_value=1, help_text="Son numéro.")


class UnitPriceInput(StrictSerializer):
    item = serializers.UUIDField(help_text="Identifiant du poste de prix.")
    unit_price_eur_ht = serializers.DecimalField(
        max_digits=14, decimal_places=6, min_value=0, allow_null=True, help_text="null : pas de réponse."
    )


class ResponseDraftInput(StrictSerializer):
    candidacy = serializers.ChoiceField(Candidacy.choices, required=False, allow_blank=True)
    not_excluded = serializers.BooleanField(
        required=False, help_text="Attestation de n’être dans aucun cas d’exclusion."
    )
    proposal = serializers.CharField(max_length=MOST_TEXT, required=False, allow_blank=True)
    prices = UnitPriceInput(many=True, required=False, max_length=MOST_PRICE_ITEMS)


class DraftFileInput(StrictSerializer):
    file = serializers.FileField(help_text="10 Mo au plus ; 20 fichiers et 50 Mo pour toute la réponse.")


class RemoveFileInput(StrictSerializer):
    file = serializers.CharField(max_length=40, help_text="Identifiant du fichier dans le brouillon.")


class UnitPriceOutput(serializers.Serializer):
    item = serializers.UUIDField()
    unit_price_eur_ht = serializers.DecimalField(max_digits=14, decimal_places=6)


class DraftFileOutput(serializers.Serializer):
    id = serializers.CharField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField()


class DraftContentOutput(serializers.Serializer):
    candidacy = serializers.CharField()
    not_excluded = serializers.BooleanField()
    proposal = serializers.CharField()
    prices = UnitPriceOutput(many=True)
    files = DraftFileOutput(many=True)


class ResponseDraftSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    consultation = serializers.UUIDField(source="consultation.uuid", read_only=True)
    lot = serializers.IntegerField(source="lot.number", read_only=True)

    class Meta:
        model = ResponseDraft
        fields: tuple[str, ...] = ("id", "consultation", "lot", "version", "created_at", "saved_at")
        read_only_fields: tuple[str, ...] = fields


class OneResponseDraftSerializer(ResponseDraftSerializer):
    content = serializers.SerializerMethodField()

    class Meta(ResponseDraftSerializer.Meta):
        fields = (*ResponseDraftSerializer.Meta.fields, "content")
        read_only_fields = fields

    @extend_schema_field(DraftContentOutput)
    def get_content(self, row: ResponseDraft) -> dict[str, Any]:
        """Raises Gone when its key is lost."""
        content = drafts.content_of(row)
        prices = [
            {"item": item, "unit_price_eur_ht": price} for item, price in sorted(content.prices.items())
        ]
        told = {**content.answers(), "prices": prices, "files": content.files}
        return dict(DraftContentOutput(told).data)


class SealedDepositSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    consultation = serializers.UUIDField(source="consultation.uuid", read_only=True)
    lot = serializers.IntegerField(source="lot.number", read_only=True)
    supplier = serializers.CharField(source="supplier.name", read_only=True)
    key_fingerprint = serializers.CharField(source="key.fingerprint", read_only=True)

    class Meta:
        model = SealedDeposit
        fields: tuple[str, ...] = (
            "id", "consultation", "lot", "supplier", "sequence", "received_at", "ciphertext_sha256", "size",
            "key_fingerprint",
        )  # fmt: skip
        read_only_fields: tuple[str, ...] = fields


class SignedReceiptOutput(serializers.Serializer):
    receipt = serializers.DictField()
    signature = serializers.CharField(help_text="Ed25519, en base64.")
    public_key = serializers.CharField(help_text="En base64.")
    signed = serializers.CharField(help_text="Les octets signés, en base64.")


class OneSealedDepositSerializer(SealedDepositSerializer):
    receipt = serializers.SerializerMethodField()

    class Meta(SealedDepositSerializer.Meta):
        fields = (*SealedDepositSerializer.Meta.fields, "receipt")
        read_only_fields = fields

    @extend_schema_field(SignedReceiptOutput)
    def get_receipt(self, row: SealedDeposit) -> dict[str, Any]:
        return receipt_of(row)


class PriceLineOutput(serializers.Serializer):
    item = serializers.UUIDField()
    label = serializers.CharField()
    unit = serializers.CharField()
    quantity = serializers.DecimalField(max_digits=14, decimal_places=3)
    is_usage = serializers.BooleanField()
    unit_price_eur_ht = serializers.DecimalField(
        max_digits=14, decimal_places=6, allow_null=True, help_text="null : pas de réponse à ce poste."
    )
    total_eur_ht = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)


class PricedOutput(serializers.Serializer):
    lines = PriceLineOutput(many=True)
    missing = serializers.IntegerField()
    total_eur_ht = serializers.DecimalField(
        max_digits=16, decimal_places=2, allow_null=True, help_text="null s’il manque un poste."
    )


class OpenedFileOutput(serializers.Serializer):
    id = serializers.UUIDField(source="file.uuid")
    name = serializers.CharField(source="file.name")
    size = serializers.IntegerField(source="file.size")
    sha256 = serializers.CharField(source="file.sha256")
    scan = serializers.CharField(source="file.scan_state")


class OpenedResponseSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    consultation = serializers.UUIDField(source="deposit.consultation.uuid", read_only=True)
    lot = serializers.IntegerField(source="deposit.lot.number", read_only=True)
    supplier = serializers.CharField(source="deposit.supplier.name", read_only=True)
    received_at = serializers.DateTimeField(source="deposit.received_at", read_only=True)
    candidacy = serializers.CharField(source="content.candidacy", read_only=True)
    not_excluded = serializers.BooleanField(source="content.not_excluded", read_only=True)
    proposal = serializers.CharField(source="content.proposal", read_only=True)
    prices = serializers.SerializerMethodField()
    files = OpenedFileOutput(many=True, read_only=True)

    class Meta:
        model = OpenedResponse
        fields = (
            "id", "consultation", "lot", "supplier", "received_at", "candidacy", "not_excluded", "proposal",
            "prices", "files",
        )  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(PricedOutput)
    def get_prices(self, row: OpenedResponse) -> dict[str, Any]:
        return dict(PricedOutput(priced(row.deposit.lot.price_items.all(), row.content["prices"])).data)
