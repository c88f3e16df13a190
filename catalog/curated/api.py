"""/api/v1/curated-offers/: what one's administration recommends or allows; never another one's."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.curated import actions as curated
from catalog.curated.abilities import curated_abilities, curated_offer_abilities
from catalog.curated.serializers import CuratedInput, CuratedOfferSerializer, EditCuratedInput
from catalog.enums import CuratedKind
from catalog.models import CuratedOffer
from marketplace.accounts.actors import Actor
from marketplace.rest.viewsets import CreateOnceMixin, PatchMixin, ReadViewSet, SerializerClass


class CuratedFilterSet(django_filters.FilterSet):
    kind = django_filters.MultipleChoiceFilter(choices=CuratedKind.choices, label="Avis, répétable.")

    class Meta:
        model = CuratedOffer
        fields: list[str] = []


class CuratedOfferViewSet(CreateOnceMixin, PatchMixin, ReadViewSet):
    """Read by the members of the administration and by the auditor; written by its administrator."""

    about = "les offres retenues par son administration"
    queryset = CuratedOffer.objects.select_related("offer", "organisation").order_by("-added_at", "-pk")
    serializer_class = CuratedOfferSerializer
    filterset_class = CuratedFilterSet
    abilities = staticmethod(curated_offer_abilities)
    collection_abilities = staticmethod(curated_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"create": CuratedInput, "edit": EditCuratedInput}

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> CuratedOffer:
        return curated.retain(actor=actor, **data)

    def edit_object(
        self, obj: CuratedOffer, *, actor: Actor, data: dict[str, Any], expected_version: int | None
    ) -> CuratedOffer:
        return curated.edit(obj, actor=actor, **data)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ne plus retenir l’offre."""
        row = self.get_object()
        self.allow(row, "delete")
        curated.drop(row, actor=self.actor)
        return Response(status=204)


ROUTES = [("curated-offers", CuratedOfferViewSet, "curated-offer")]
