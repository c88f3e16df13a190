"""/api/v1/invoices/."""

from __future__ import annotations

import uuid as uuids
from typing import Any, ClassVar

import django_filters
from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts.abilities import require
from marketplace.accounts.actors import Actor
from marketplace.errors import MoveRefused, NotVisible
from marketplace.files.store import download_response
from marketplace.rest.idempotency import once
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.serializers import ReasonInput
from marketplace.rest.viewsets import CreateOnceMixin, ReadViewSet, SerializerClass
from procurement.invoicing import accounts, deciding, paying, paying_interest
from procurement.invoicing.abilities import invoice_abilities, invoices_abilities, send_ability
from procurement.invoicing.enums import InvoiceKind, InvoiceState
from procurement.invoicing.facts import match_of
from procurement.invoicing.receiving import Arrival, receive, receive_file
from procurement.invoicing.serializers import (
    DisputeAnswerInput,
    InterestPaymentInput,
    InvoiceFileInput,
    InvoiceInput,
    InvoiceMatchInput,
    InvoiceMatchSerializer,
    InvoicePaymentInput,
    InvoiceSerializer,
    ServiceDayInput,
    SupplierAccountInput,
)
from procurement.invoicing.typed import TypedLine, typed_document
from procurement.models import Contract, Invoice, UsageStatement

ARRIVAL = ("received_on", "served_on", "stated_eur_ttc", "iban")


class InvoiceFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=InvoiceState.choices, label="État, répétable.")
    kind = django_filters.MultipleChoiceFilter(choices=InvoiceKind.choices, label="Nature, répétable.")
    contract = django_filters.UUIDFilter(field_name="contract__uuid", label="Identifiant du contrat.")
    late = django_filters.BooleanFilter(method="only_late", label="En retard de paiement aujourd’hui.")

    class Meta:
        model = Invoice
        fields: list[str] = []

    def only_late(self, rows: Any, name: str, value: bool) -> Any:
        today = timezone.localdate()
        late = Invoice.objects.open().filter(due_on__lt=today).values("pk")
        return rows.filter(pk__in=late) if value else rows.exclude(pk__in=late)


class InvoiceViewSet(MoveMixin, CreateOnceMixin, ReadViewSet):
    """Read by both parties and the auditor."""

    about = "les factures et avoirs de son administration ou de son entreprise"
    queryset = (
        Invoice.objects.for_pages()
        .prefetch_related("lines__order_line", "payments", "interest_payments", "disputes")
        .order_by("-received_on", "-pk")
    )
    serializer_class = InvoiceSerializer
    filterset_class = InvoiceFilter
    abilities = staticmethod(invoice_abilities)
    collection_abilities = staticmethod(invoices_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": InvoiceInput,
        "upload": InvoiceFileInput,
        "pay": InvoicePaymentInput,
        "pay_interest": InterestPaymentInput,
        "confirm_account": SupplierAccountInput,
        "set_service": ServiceDayInput,
    }
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "match": MoveEndpoint(deciding.match_invoice, InvoiceMatchInput),
        "accept": MoveEndpoint(deciding.accept_invoice),
        "dispute": MoveEndpoint(deciding.dispute_invoice, ReasonInput),
        "answer": MoveEndpoint(deciding.answer_dispute, DisputeAnswerInput),
        "lift": MoveEndpoint(deciding.lift_dispute, ReasonInput),
        "reject": MoveEndpoint(deciding.reject_invoice, ReasonInput),
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> Invoice:
        contract, arrival = self._arrival(actor, data)
        lines = [TypedLine(**line) for line in data.pop("lines")]
        document = typed_document(lines=lines, number=data.pop("supplier_number"), **data)
        return receive(contract, actor=actor, document=document, arrival=arrival)

    @extend_schema(request={"multipart/form-data": InvoiceFileInput}, responses={201: InvoiceSerializer})
    @action(detail=False, methods=["post"], parser_classes=[MultiPartParser])
    @once
    def upload(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Déposer un fichier : Factur-X, UBL 2.1 ou CII."""
        require(invoices_abilities(self.actor), "create")
        data = self.read_input("upload")
        contract, arrival = self._arrival(self.actor, data)
        made = receive_file(contract, actor=self.actor, file=data["file"], arrival=arrival)
        return self.answer(self.reloaded(made), status=201)

    def _arrival(self, actor: Actor, data: dict[str, Any]) -> tuple[Contract, Arrival]:
        """Takes out of `data` what is not of the document. Raises NotVisible, NotAllowed."""
        found = Contract.objects.visible_to(actor).for_lists().filter(uuid=data.pop("contract")).first()
        if found is None:
            raise NotVisible("contract_not_found", "Ce contrat n’existe pas ou n’est pas visible pour vous.")
        require({"create": send_ability(actor, found)}, "create")
        credited = self._credited(actor, data.pop("credited", None))
        statement = self._statement(actor, data.pop("statement", None))
        given = {name: data.pop(name) for name in ARRIVAL if name in data}
        return found, Arrival(credited=credited, statement=statement, **given)

    def _credited(self, actor: Actor, uuid: uuids.UUID | None) -> Invoice | None:
        if uuid is None:
            return None
        found = Invoice.objects.visible_to(actor).filter(uuid=uuid).first()
        if found is None:
            raise NotVisible(
                "invoice_not_found", "Cette facture n’existe pas ou n’est pas visible pour vous."
            )
        return found

    def _statement(self, actor: Actor, uuid: uuids.UUID | None) -> UsageStatement | None:
        if uuid is None:
            return None
        found = UsageStatement.objects.visible_to(actor).filter(uuid=uuid).first()
        if found is None:
            raise NotVisible("statement_not_found", "Ce relevé n’existe pas ou n’est pas visible pour vous.")
        return found

    @extend_schema(responses=InvoiceMatchSerializer, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def matching(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """La comparaison avec le bon de commande et le service fait, ligne par ligne."""
        return Response(InvoiceMatchSerializer(match_of(self.get_object())).data)

    @extend_schema(responses={200: OpenApiTypes.BINARY}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, sparse=False)
    def document(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Le fichier tel qu’il a été reçu ; 404 pour une facture saisie."""
        found = self.get_object()
        if found.file is None:
            raise NotVisible("document_not_found", "Cette facture a été saisie : elle n’a pas de fichier.")
        return download_response(found.file, actor=self.actor)

    @extend_schema(request=InvoicePaymentInput, responses=InvoiceSerializer)
    @action(detail=True, methods=["post"])
    @once
    def pay(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Enregistrer un paiement, d’une partie ou du reste."""
        found, version = self._found("pay")
        paying.refuse_unpayable(found, actor=self.actor)
        data = self.read_input("pay")
        paying.pay_invoice(found, actor=self.actor, expected_version=version, **data)
        return self.answer(self.reloaded(found))

    @extend_schema(request=InterestPaymentInput, responses=InvoiceSerializer)
    @action(detail=True, methods=["post"], url_path="pay-interest")
    @once
    def pay_interest(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Enregistrer le versement des intérêts moratoires et de l’indemnité, une fois la facture payée."""
        found, version = self._found("pay_interest")
        paying_interest.refuse_interest_unpayable(found, actor=self.actor)
        data = self.read_input("pay_interest")
        paying_interest.pay_interest(found, actor=self.actor, expected_version=version, **data)
        return self.answer(self.reloaded(found))

    @extend_schema(request=SupplierAccountInput, responses=InvoiceSerializer)
    @action(detail=True, methods=["post"], url_path="confirm-account")
    def confirm_account(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Confirmer le compte à payer, par une autre personne que celle qui l’a saisi."""
        found, _ = self._found("confirm_account")
        if found.account is None:
            raise MoveRefused("no_account", "Cette facture ne porte pas de compte.")
        accounts.refuse_confirmed(found.account)
        accounts.confirm_account(found.account, actor=self.actor, **self.read_input("confirm_account"))
        return self.answer(self.reloaded(found))

    @extend_schema(request=ServiceDayInput, responses=InvoiceSerializer)
    @action(detail=True, methods=["post"], url_path="set-service-day")
    def set_service_day(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Corriger le jour où le service a été exécuté : le délai de paiement suit."""
        found, version = self._found("set_service")
        deciding.refuse_settled(found)
        data = self.read_input("set_service")
        deciding.set_service_day(found, actor=self.actor, expected_version=version, **data)
        return self.answer(self.reloaded(found))

    def _found(self, act: str) -> tuple[Invoice, int | None]:
        found: Invoice = self.get_object()
        self.allow(found, act)
        return found, self.expected(found, act)


ROUTES: list[tuple[str, Any, str]] = [("invoices", InvoiceViewSet, "invoice")]
