"""/api/v1/evidence/: documents given once, joined to the requirements they prove."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings

from catalog.api_claims import ONCE
from marketplace.accounts.abilities import require
from marketplace.errors import NotVisible
from marketplace.files.store import download_response
from marketplace.rest.idempotency import once
from marketplace.rest.serializers import StrictModelSerializer, StrictSerializer
from marketplace.rest.viewsets import ReadViewSet, SerializerClass
from qualification import evidence as keeping
from qualification.abilities import evidence_abilities, evidences_abilities
from qualification.models import Dossier, Evidence, EvidenceUse

DEFAULT_PARSERS = api_settings.DEFAULT_PARSER_CLASSES


class UseSerializer(StrictSerializer):
    dossier = serializers.UUIDField(source="dossier.uuid")
    number = serializers.CharField(source="dossier.number")
    requirement = serializers.CharField()
    added_at = serializers.DateTimeField()


class EvidenceSerializer(StrictModelSerializer):
    id = serializers.UUIDField(source="uuid", read_only=True)
    file_name = serializers.CharField(source="file.name", read_only=True)
    size = serializers.IntegerField(source="file.size", read_only=True)
    sha256 = serializers.CharField(source="file.sha256", read_only=True)
    scan = serializers.CharField(source="file.scan_state", read_only=True)
    uses = UseSerializer(many=True, read_only=True)

    class Meta:
        model = Evidence
        fields = (
            "id", "number", "title", "valid_until", "file_name", "size", "sha256", "scan", "added_at", "uses",
        )  # fmt: skip
        read_only_fields = fields


class NewEvidenceInput(StrictSerializer):
    title = serializers.CharField(max_length=200)
    file = serializers.FileField(help_text="PDF, ODT, ODS, DOCX, XLSX, image, CSV ou texte, 10 Mo au plus.")
    valid_until = serializers.DateField(required=False, allow_null=True, help_text="Dernier jour valable.")


class UseInput(StrictSerializer):
    dossier = serializers.UUIDField()
    requirement = serializers.CharField(max_length=40)


class AccessSerializer(StrictSerializer):
    at = serializers.DateTimeField()
    person = serializers.CharField(source="user.full_name", allow_null=True, default=None)
    organisation = serializers.CharField(source="organisation.name", allow_null=True, default=None)


class EvidenceViewSet(ReadViewSet):
    """A supplier's own evidence; for those who instruct, what is joined to a dossier they see."""

    about = "les preuves données une fois, jointes aux exigences des dossiers"
    queryset = Evidence.objects.for_lists().order_by("-id")
    serializer_class = EvidenceSerializer
    abilities = staticmethod(evidence_abilities)
    collection_abilities = staticmethod(evidences_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": NewEvidenceInput,
        "join": UseInput,
        "take_off": UseInput,
    }
    parser_classes = (MultiPartParser,)

    @extend_schema(
        request={"multipart/form-data": NewEvidenceInput},
        responses={201: EvidenceSerializer},
        parameters=[ONCE],
    )
    @once
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Garder une preuve : 10 Mo, le type lu dans le fichier, chiffrée dès sa réception."""
        require(evidences_abilities(self.actor), "create")
        data = self.read_input("create")
        made = keeping.keep(actor=self.actor, upload=data.pop("file"), **data)
        return self.answer(self.reloaded(made), status=201, location=True)

    @extend_schema(request=UseInput, responses=EvidenceSerializer)
    @action(detail=True, methods=["post"], parser_classes=DEFAULT_PARSERS)
    def join(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """La joindre à une exigence d’un de ses dossiers, tant que le fournisseur peut le modifier."""
        found = self.get_object()
        self.allow(found, "join")
        given = self.read_input("join")
        keeping.join(found, actor=self.actor, dossier=self._dossier(given), requirement=given["requirement"])
        return self.answer(self.reloaded(found))

    @extend_schema(request=UseInput, responses=EvidenceSerializer)
    @action(detail=True, methods=["post"], url_path="take-off", parser_classes=DEFAULT_PARSERS)
    def take_off(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ne plus la joindre à cette exigence ; la preuve reste gardée."""
        found = self.get_object()
        self.allow(found, "join")
        given = self.read_input("take_off")
        uses = EvidenceUse.objects.select_related("evidence", "dossier").filter(evidence=found)
        use = uses.filter(dossier=self._dossier(given), requirement=given["requirement"]).first()
        if use is None:
            raise NotVisible("use_not_found", "Cette preuve n’est pas jointe à cette exigence.")
        keeping.take_off(use, actor=self.actor)
        return self.answer(self.reloaded(found))

    @extend_schema(responses={200: OpenApiTypes.BINARY}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def file(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        """Le fichier ; chaque lecture est inscrite à son journal."""
        return download_response(self.get_object().file, actor=self.actor)

    @extend_schema(responses=AccessSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def accesses(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Qui a lu le fichier, et quand, la dernière lecture d’abord."""
        found = self.get_object()
        self.allow(found, "read_journal")
        return Response(AccessSerializer(keeping.accesses_of(found)[:1000], many=True).data)

    def _dossier(self, given: dict[str, Any]) -> Dossier:
        found = Dossier.objects.visible_to(self.actor).filter(uuid=given["dossier"]).first()
        if found is None:
            raise NotVisible("dossier_not_found", "Ce dossier n’existe pas ou n’est pas l’un des vôtres.")
        return found


ROUTES = [("evidence", EvidenceViewSet, "evidence")]
