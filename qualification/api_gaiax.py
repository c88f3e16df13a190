"""POST /api/v1/gaiax/verifications/: a Gaia-X credential, judged at once or by a worker."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from typing import IO, Any, ClassVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import Offer
from marketplace.accounts.abilities import require
from marketplace.errors import NotVisible
from marketplace.rest.parsers import StrictJSONParser
from marketplace.rest.serializers import StrictSerializer
from marketplace.rest.viewsets import MarketViewSet, SerializerClass
from qualification import attaching, verifications
from qualification.gaiax.report import IDS
from qualification.models import GaiaxVerification
from qualification.signing.abilities import asking_abilities

GIVEN = ("credential", "did_documents", "anchors")
# What a credential or a presentation says of itself, in one generation or the other.
OWN_NAMES = frozenset(
    {"@context", "@graph", "@id", "@type", "id", "type", "issuer", "proof", "vc", "vp"}
    | {"credentialSubject", "verifiableCredential"}
)
NO_CREDENTIAL = (
    "Ni un titre, ni une présentation : il y manque « @context » et « type ». Envoyez le titre lui-même, "
    "ou « credential » avec « did_documents » et « anchors »."
)
COMPACT = re.compile(r"^[\w-]+\.[\w-]+\.[\w-]*$", re.ASCII)
VERDICTS = ("pass", "fail", "unknown")


class JwtParser(BaseParser):
    """A body that is the compact JWT itself: read as text. Raises ParseError (400) on other bytes."""

    media_type = "application/vc+jwt"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        raw = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(raw) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig
        try:
            text = raw.decode("ascii")
        except UnicodeDecodeError:
            raise ParseError("Un JWT ne contient que des caractères ASCII.") from None
        if not COMPACT.fullmatch(text.strip()):
            raise ParseError("Un JWT est fait de trois parties séparées par des points, en base64url.")
        return {"credential": text}


class VpJwtParser(JwtParser):
    media_type = "application/vp+jwt"


class PlainJwtParser(JwtParser):
    media_type = "application/jwt"


class TextParser(JwtParser):
    media_type = "text/plain"


class CredentialParser(StrictJSONParser):
    """JSON: `{credential, did_documents, anchors}`, or the credential itself, kept as it was written."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        raw = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        data = super().parse(io.BytesIO(raw), media_type, parser_context)
        if not isinstance(data, dict):
            raise ParseError("Le corps est un objet JSON : un titre, ou « credential » et ses documents.")
        if "credential" not in data or "@context" in data:
            if OWN_NAMES.isdisjoint(data):
                raise ParseError(NO_CREDENTIAL)
            return {"credential": raw.decode()}
        return dict(json.loads(raw))


class CheckOutput(StrictSerializer):
    id = serializers.ChoiceField(choices=IDS)
    verdict = serializers.ChoiceField(choices=VERDICTS)
    message = serializers.CharField()
    path = serializers.CharField(help_text="Dans le document, clés et rangs séparés par des points.")


class ReleaseNameOutput(StrictSerializer):
    edition = serializers.CharField()
    sha256 = serializers.CharField()


class VerificationOutput(StrictSerializer):
    id = serializers.UUIDField(allow_null=True, help_text="Nul quand la réponse est donnée sur-le-champ.")
    state = serializers.ChoiceField(choices=("pending", "done"))
    generation = serializers.ChoiceField(choices=("tagus", "loire"), allow_null=True)
    verdict = serializers.ChoiceField(choices=VERDICTS, allow_null=True)
    anchors = serializers.ChoiceField(
        choices=("supplied", "configured", "none"),
        allow_null=True,
        help_text="« supplied » : ancres de l’appelant ; un tel verdict n’est ni signé ni affiché en badge.",
    )
    checks = CheckOutput(many=True)
    release = ReleaseNameOutput(
        allow_null=True,
        help_text="Version officielle qui a jugé. Nul : les contextes et formes du projet.",
    )


REQUEST = {
    "type": "object",
    "description": "Le titre lui-même, ou « credential » avec les documents DID et les ancres à employer.",
    "properties": {
        "credential": {"description": "Objet JSON, ou texte du JWT."},
        "did_documents": {"description": "Liste de documents DID, ou objet par DID."},
        "anchors": {"description": "Certificats en PEM : un texte, ou une liste."},
    },
}
JWT = {"type": "string", "pattern": COMPACT.pattern}


class AttachInput(StrictSerializer):
    offer = serializers.UUIDField()


class AttachedOutput(StrictSerializer):
    offer = serializers.UUIDField(source="offer.uuid")
    issuer = serializers.CharField()
    level = serializers.CharField(allow_blank=True, help_text="Vide : aucun label d’une chambre reconnue.")
    valid_until = serializers.DateTimeField(allow_null=True)
    verified_at = serializers.DateTimeField()


class GaiaxVerificationViewSet(MarketViewSet):
    """Verifications of Gaia-X credentials: one's own organisation's, kept for seven days."""

    about = "les vérifications de titres Gaia-X"
    queryset = GaiaxVerification.objects.all()
    serializer_class = VerificationOutput
    input_classes: ClassVar[dict[str, SerializerClass]] = {"attach": AttachInput}
    parser_classes = [CredentialParser, JwtParser, VpJwtParser, PlainJwtParser, TextParser]

    @extend_schema(
        request={
            "application/json": REQUEST,
            "application/jwt": JWT,
            "application/vc+jwt": JWT,
            "application/vp+jwt": JWT,
            "text/plain": JWT,
        },
        responses={200: VerificationOutput, 202: VerificationOutput, 403: OpenApiTypes.OBJECT},
        extensions={"x-rate-limit": "GAIAX_PER_MINUTE per organisation and minute"},
        description=(
            "Tagus (JSON-LD) ou Loire (VC-JWT). Avec « did_documents » et « anchors », la réponse est "
            "immédiate (200). Sinon 202 : les documents sont cherchés, et le résultat se lit à l’adresse "
            "donnée par « Location ». Dix contrôles : " + ", ".join(IDS) + "."
        ),
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Vérifier un titre Gaia-X"""
        given = _known(request.data)
        found = verifications.ask(actor=self.actor, **given)
        if isinstance(found, GaiaxVerification):
            headers = {"Location": f"{request.path}{found.uuid}/", "Retry-After": "5"}
            return Response(shown(found), status=202, headers=headers)
        return Response({"id": None, "state": "done", **found})

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Lire le résultat d’une vérification"""
        return Response(shown(self.get_object()))

    @extend_schema(request=AttachInput, responses=AttachedOutput)
    @action(detail=True, methods=["post"], parser_classes=[StrictJSONParser])
    def attach(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Rattacher un titre conforme, vérifié sur nos ancres, à l’offre qu’il décrit"""
        row = self.get_object()
        require(asking_abilities(self.actor), "create")
        data = self.read_input("attach")
        offer = Offer.objects.owned_by(self.actor).for_sheet().filter(uuid=data["offer"]).first()
        if offer is None:
            raise NotVisible("offer_not_found", "Cette offre n’est pas l’une des vôtres.")
        return Response(AttachedOutput(attaching.attach(row, offer, actor=self.actor)).data)


def _known(data: Mapping[str, Any]) -> dict[str, Any]:
    """Raises ValidationError (400) naming each field that is not expected, or of a wrong kind."""
    wrong = {name: ["Ce champ n’est pas attendu."] for name in data if name not in GIVEN}
    credential = data.get("credential", "")
    if not isinstance(credential, str | dict | list):
        wrong["credential"] = ["Un objet JSON ou le texte d’un JWT est attendu."]
    if wrong:
        raise ValidationError(wrong)
    text = credential if isinstance(credential, str) else json.dumps(credential, ensure_ascii=False)
    return {"text": text, "did_documents": data.get("did_documents"), "anchors": data.get("anchors")}


def shown(row: GaiaxVerification) -> dict[str, Any]:
    empty = {"generation": None, "verdict": None, "anchors": None, "checks": [], "release": None}
    state = "done" if row.report else "pending"
    told = row.report or empty
    return {"id": str(row.uuid), "state": state, **{name: told.get(name) for name in empty}}


ROUTES = [("gaiax/verifications", GaiaxVerificationViewSet, "gaiax-verification")]
