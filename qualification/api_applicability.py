"""On the coverage of an offer: its statement of applicability."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.models import Offer
from marketplace.errors import NotVisible, RuleBroken
from marketplace.rest.serializers import StrictSerializer
from marketplace.rest.viewsets import MarketViewSet
from qualification import applicability
from qualification.coverage.gather import every_choice
from qualification.enums import Implementation
from qualification.models import Evidence


class StatementSerializer(StrictSerializer):
    scheme = serializers.CharField(help_text="L’édition, sans niveau.")
    requirement = serializers.CharField()
    applicable = serializers.BooleanField()
    justification = serializers.CharField(allow_blank=True)
    status = serializers.CharField(allow_blank=True, help_text="Vide : pas dit.")
    evidence = serializers.ListField(child=serializers.CharField(), help_text="Numéros des preuves.")


class StatementInput(StrictSerializer):
    scheme = serializers.CharField(max_length=60, help_text="« secnumcloud-3.2 ».")
    requirement = serializers.CharField(max_length=40)
    applicable = serializers.BooleanField()
    justification = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    status = serializers.ChoiceField(choices=Implementation.choices, required=False, allow_blank=True)
    evidence = serializers.ListField(
        child=serializers.UUIDField(), required=False, max_length=50, help_text="Identifiants de preuves."
    )


class ApplicabilityMixin(MarketViewSet):
    @extend_schema(responses=StatementSerializer(many=True), filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def applicability(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """La déclaration d’applicabilité : ce que le fournisseur a dit, ligne par ligne."""
        return Response(StatementSerializer(_lines(self.get_object()), many=True).data)

    @extend_schema(request=StatementInput, responses=StatementSerializer)
    @applicability.mapping.post
    def state(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Écrire une ligne, à la place de la précédente que le journal garde."""
        offer = self.get_object()
        given = self.read_input("state")
        scheme = every_choice().get(given.pop("scheme"))
        if scheme is None:
            message = "Référentiel inconnu. Lisez /api/v1/schemes/."
            raise RuleBroken("scheme_unknown", message, field="scheme")
        asked = set(given.pop("evidence", ()))
        found = list(Evidence.objects.visible_to(self.actor).filter(uuid__in=asked))
        if len(found) != len(asked):
            raise NotVisible("evidence_not_found", "Une de ces preuves n’est pas l’une des vôtres.")
        row = applicability.state(offer, actor=self.actor, scheme=scheme, evidence=found, **given)
        line = next(one for one in _lines(offer) if _key(one) == (row.scheme, row.requirement))
        return Response(StatementSerializer(line).data)


def _key(line: dict[str, Any]) -> tuple[str, str]:
    return line["scheme"], line["requirement"]


def _lines(offer: Offer) -> list[dict[str, Any]]:
    return [
        {
            "scheme": scheme,
            "requirement": code,
            "applicable": line.applicable,
            "justification": line.justification,
            "status": line.status,
            "evidence": [number for number, _title in line.evidence],
        }
        for (scheme, code), line in applicability.stated_of(offer).items()
    ]
