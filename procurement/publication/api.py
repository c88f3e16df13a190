"""/api/v1/publications/: an administration's publications, by the acts of its pages."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.rest.idempotency import once
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.viewsets import CreateOnceMixin, PatchMixin, ReadViewSet, SerializerClass
from procurement.models import Contract, Publication, PurchasingVehicle
from procurement.publication import actions as publications
from procurement.publication.abilities import publication_abilities, publications_abilities
from procurement.publication.enums import PublicationState
from procurement.publication.facts import ChangeFacts
from procurement.publication.serializers import (
    AttestInput,
    DropInput,
    ElsewhereInput,
    ModificationInput,
    PublicationAnswers,
    PublicationInput,
    PublicationSerializer,
    holders_of,
    values_of,
)


class PublicationFilterSet(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=PublicationState.choices, label="État, répétable.")
    contract = django_filters.UUIDFilter(field_name="contract__uuid", label="Identifiant du contrat.")

    class Meta:
        model = Publication
        fields: list[str] = []


class PublicationViewSet(MoveMixin, CreateOnceMixin, PatchMixin, ReadViewSet):
    """Read by the buyer's members and the auditor."""

    about = "les publications des marchés de son administration, brouillons compris"
    queryset = Publication.objects.for_pages().with_untold().order_by("-created_at", "-pk")
    serializer_class = PublicationSerializer
    filterset_class = PublicationFilterSet
    abilities = staticmethod(publication_abilities)
    collection_abilities = staticmethod(publications_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": PublicationInput,
        "edit": PublicationAnswers,
        "modify": ModificationInput,
    }
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "review": MoveEndpoint(publications.review, AttestInput),
        "send_back": MoveEndpoint(Publication.send_back),
        "publish": MoveEndpoint(publications.publish),
        "mark_elsewhere": MoveEndpoint(publications.mark_elsewhere, ElsewhereInput),
        "drop": MoveEndpoint(Publication.drop, DropInput),
        "reopen": MoveEndpoint(Publication.reopen),
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> Publication:
        if "contract" in data:
            rows = Contract.objects.visible_to(actor)
            related = ("buyer", "supplier__organisation", "offer", "order__vehicle")
            contract = rows.select_related(*related).filter(uuid=data["contract"]).first()
            if contract is None:
                raise NotVisible
            return publications.draft_of_contract(contract, actor=actor)
        vehicles = PurchasingVehicle.objects.visible_to(actor).select_related("holder__organisation")
        vehicle = vehicles.filter(uuid=data["vehicle"]).first()
        if vehicle is None:
            raise NotVisible
        return publications.draft_of_vehicle(vehicle, actor=actor, own=data.get("own", False))

    def check_editable(self, obj: Publication) -> None:
        publications.refuse_uneditable(obj)

    def edit_object(
        self, obj: Publication, *, actor: Actor, data: dict[str, Any], expected_version: int | None
    ) -> Publication:
        return publications.save_answers(
            obj, actor=actor, values=values_of(data), expected_version=expected_version
        )

    @extend_schema(request=ModificationInput, responses=PublicationSerializer)
    @action(detail=True, methods=["post"])
    @once
    def modify(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Publier une modification notifiée : ce qui est publié reste, elle s’y ajoute."""
        publication = self.get_object()
        self.allow(publication, "modify")
        version = self.expected(publication, "modify")
        publications.refuse_unmodifiable(publication)
        said = self.read_input("modify")
        attested, holders = said.pop("attested"), holders_of(said.pop("holders", []))
        change = ChangeFacts(**said, holders=holders)
        publications.modify(
            publication, actor=self.actor, change=change, attested=attested, expected_version=version
        )
        return self.answer(self.reloaded(publication))


ROUTES: list[tuple[str, Any, str]] = [("publications", PublicationViewSet, "publication")]
