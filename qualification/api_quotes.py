"""On the coverage of an offer: its supplier's quotes for certificates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.api_claims import ONCE
from marketplace.errors import NotVisible
from marketplace.rest.idempotency import once
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from marketplace.rest.viewsets import MarketViewSet
from qualification.coverage import quotes as quoting
from qualification.models import CertificateQuote, Evidence
from qualification.models.certificate_quote import LONGEST_MONTHS


class CertificateQuoteSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    evidence = serializers.UUIDField(source="evidence.uuid", allow_null=True, default=None)

    class Meta:
        model = CertificateQuote
        fields = (
            "id", "certificate", "amount_eur_ht", "months", "quoted_on", "issuer", "evidence", "added_at",
            "withdrawn_at",
        )  # fmt: skip
        read_only_fields = fields


class NewQuoteInput(StrictSerializer):
    certificate = serializers.CharField(max_length=40, help_text="« iso27001 », « hds », « secnumcloud »…")
    amount_eur_ht = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=Decimal("0.01"))
    months = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=LONGEST_MONTHS, help_text="Absent : inconnu."
    )
    quoted_on = serializers.DateField(help_text="La date que porte le devis.")
    issuer = serializers.CharField(max_length=200, help_text="Qui a établi le devis.")
    evidence = serializers.UUIDField(required=False, allow_null=True, help_text="Une de vos preuves.")


class WithdrawQuoteInput(StrictSerializer):
    quote = serializers.UUIDField()


class QuotesMixin(MarketViewSet):
    @extend_schema(responses=CertificateQuoteSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def quotes(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Vos devis pour cette offre, le dernier en date d’abord ; vous seul les lisez."""
        rows = quoting.quotes_of(self.get_object())
        return Response(CertificateQuoteSerializer(rows, many=True).data)

    @extend_schema(request=NewQuoteInput, responses={201: CertificateQuoteSerializer}, parameters=[ONCE])
    @quotes.mapping.post
    @once
    def add_quote(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Saisir un devis : le dernier en date de chaque certificat sert au calcul."""
        offer = self.get_object()
        given = self.read_input("add_quote")
        paper = given.pop("evidence", None)
        found = None
        if paper is not None:
            found = Evidence.objects.visible_to(self.actor).filter(uuid=paper).first()
            if found is None:
                raise NotVisible("evidence_not_found", "Cette preuve n’est pas l’une des vôtres.")
        row = quoting.add_quote(offer, actor=self.actor, evidence=found, **given)
        return Response(CertificateQuoteSerializer(row).data, status=201)

    @extend_schema(request=WithdrawQuoteInput, responses=CertificateQuoteSerializer)
    @action(detail=True, methods=["post"], url_path="withdraw-quote")
    def withdraw_quote(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Retirer un devis : il ne compte plus et reste gardé."""
        offer = self.get_object()
        asked = self.read_input("withdraw_quote")["quote"]
        row = quoting.quotes_of(offer).filter(uuid=asked).first()
        if row is None:
            raise NotVisible("quote_not_found", "Ce devis n’existe pas ou n’est pas l’un des vôtres.")
        row.offer = offer
        return Response(CertificateQuoteSerializer(quoting.withdraw_quote(row, actor=self.actor)).data)
