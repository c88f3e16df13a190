"""/api/v1/supplier-diversity/: R15, for one's administration and for the State."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts.abilities import require
from marketplace.rest.principal import actor_of
from procurement.diversity.abilities import diversity_abilities
from procurement.diversity.concentration import LEVELS, Concentration, landmarks_on
from procurement.diversity.purchases import Diversity, diversity_of, diversity_of_the_state


class ShareOutput(serializers.Serializer):
    supplier = serializers.CharField()
    amount_eur_ht = serializers.DecimalField(max_digits=16, decimal_places=2)
    contracts = serializers.IntegerField()
    percent = serializers.DecimalField(max_digits=4, decimal_places=1)


class ConcentrationOutput(serializers.Serializer):
    segment = serializers.CharField()
    total_eur_ht = serializers.DecimalField(max_digits=16, decimal_places=2)
    contracts = serializers.IntegerField()
    hhi = serializers.IntegerField(allow_null=True, help_text="De 0 à 10 000 ; null : rien n’est acheté.")
    level = serializers.ChoiceField(list(LEVELS), help_text="« unknown » : trop peu de contrats.")
    shares = ShareOutput(many=True)


class DiversityOutput(serializers.Serializer):
    since = serializers.DateField()
    date = serializers.DateField()
    whole = ConcentrationOutput()
    segments = ConcentrationOutput(many=True)
    hidden = serializers.ListField(
        child=serializers.CharField(), help_text="Segments achetés par trop peu d’administrations."
    )


class LandmarkOutput(serializers.Serializer):
    code = serializers.CharField()
    hhi = serializers.IntegerField()
    source = serializers.CharField()


@extend_schema_serializer(many=False)  # one answer, although the action is « list »
class SupplierDiversityOutput(serializers.Serializer):
    administration = DiversityOutput(allow_null=True, help_text="null : l’auditeur n’achète rien.")
    state = DiversityOutput()
    landmarks = LandmarkOutput(many=True)


class SupplierDiversityViewSet(viewsets.ViewSet):
    @extend_schema(responses=SupplierDiversityOutput, operation_id="supplier_diversity")
    def list(self, request: Request) -> Response:
        """La part de chaque fournisseur par segment et la concentration (HHI) des marchés notifiés : de votre
        administration, et de l’État."""
        actor, on = actor_of(request), timezone.localdate()
        require(diversity_abilities(actor), "list")
        own = diversity_of(actor.organisation, on=on) if actor.organisation and actor.is_buyer else None
        return Response(
            {
                "administration": _as_dict(own) if own else None,
                "state": _as_dict(diversity_of_the_state(on=on)),
                "landmarks": [
                    {"code": each.code, "hhi": each.hhi, "source": each.source} for each in landmarks_on(on)
                ],
            }
        )


def _as_dict(found: Diversity) -> dict[str, Any]:
    return {
        "since": found.since.isoformat(),
        "date": found.on.isoformat(),
        "whole": _segment(found.whole),
        "segments": [_segment(each) for each in found.segments],
        "hidden": list(found.hidden),
    }


def _segment(each: Concentration) -> dict[str, Any]:
    return {
        "segment": each.segment,
        "total_eur_ht": f"{each.total_eur_ht:.2f}",
        "contracts": each.contracts,
        "hhi": each.hhi,
        "level": each.level,
        "shares": [
            {
                "supplier": share.supplier,
                "amount_eur_ht": f"{share.amount_eur_ht:.2f}",
                "contracts": share.contracts,
                "percent": str(share.percent),
            }
            for share in each.shares
        ],
    }


ROUTES: list[tuple[str, Any, str]] = [("supplier-diversity", SupplierDiversityViewSet, "supplier-diversity")]
