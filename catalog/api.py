"""/api/v1/offers/ and suppliers/; the other collections of the catalogue are put together here."""

from __future__ import annotations

import uuid as uuids
from dataclasses import asdict, replace
from typing import Any

from django.db import transaction
from django.db.models import Prefetch
from django.http import QueryDict
from django_filters.utils import translate_validation
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.exceptions import NotAuthenticated, NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from catalog import api_categories, api_claims, api_marks, api_queues, api_reviews
from catalog.abilities import catalog_abilities, is_editable, offer_abilities, owns
from catalog.actions import suspensions
from catalog.actions.authoring import create_draft, save_answers, save_plans
from catalog.api_claims import ClaimOfferMixin
from catalog.api_corrections import CorrectionInput, CorrectionMixin
from catalog.api_cost import CostMixin
from catalog.api_documents import DocumentsMixin
from catalog.api_exports import ExportMixin
from catalog.api_queues import FactsMixin
from catalog.api_reviews import ProposeVersionMixin
from catalog.api_stack import StackMixin
from catalog.api_suppliers import SupplierMovesMixin
from catalog.api_suspension import SuspendInput, SuspensionMixin
from catalog.api_transfer import TransferMixin
from catalog.api_usage import RANKED_PARAMETERS
from catalog.cards import CARD_FIELDS, public_card
from catalog.collections import api as api_collections
from catalog.curated import api as api_curated
from catalog.delegations import api as api_delegations
from catalog.duplicates import api as api_duplicates
from catalog.filters import OfferFilterSet
from catalog.handovers import api as api_handovers
from catalog.handovers.api import HandOverMixin
from catalog.models import Offer, OfferVersion, Supplier
from catalog.needs import api as api_needs
from catalog.opendata import api as opendata
from catalog.opendata import api_files
from catalog.price_outliers import api as api_price_outliers
from catalog.registers import api as api_registers
from catalog.retained import PARAMETER as RETAINED
from catalog.retained import asked_among_retained
from catalog.saved_searches import api as api_searches
from catalog.search.cards import KeptCard
from catalog.search.engine import is_past_the_end, search
from catalog.search.query import FacetValue, OfferPage, OfferQuery
from catalog.serializers import (
    AnswersInput,
    DraftInput,
    OfferListSerializer,
    OfferSerializer,
    SupplierSerializer,
    plan_inputs,
)
from catalog.serializers_curation import ClaimInput, CopyInput, DecisionReasonInput, RestartInput
from catalog.serializers_documents import JoinFileInput
from catalog.serializers_stack import EdgeInput
from catalog.supplier_facts.api import SupplierFactsMixin
from catalog.usage_prices import card_price, public_usage_price
from marketplace.accounts.abilities import require
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import OPERATOR_ROLES, OVERSIGHT_ROLES
from marketplace.errors import MoveRefused, NotVisible
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.paging import MAX_PAGE_SIZE, whole_number
from marketplace.rest.viewsets import CreateOnceMixin, PatchMixin, ReadViewSet

LIST_PARAMETERS = [
    OpenApiParameter("facets", bool, description="« 1 » : ajoute les comptes de chaque facette."),
    OpenApiParameter(
        "mine", bool, description="« 1 » : les offres de son organisation, dans tous leurs états."
    ),
    OpenApiParameter(
        "retained", bool, description="« 1 » : celles que retient son administration, pour ses membres."
    ),
    OpenApiParameter("page", int, description="Numéro de page, à partir de 1."),
    OpenApiParameter("page_size", int, description="Nombre de résultats par page, de 1 à 100."),
    *RANKED_PARAMETERS,
]


class OfferViewSet(
    MoveMixin,
    CreateOnceMixin,
    PatchMixin,
    ClaimOfferMixin,
    ProposeVersionMixin,
    StackMixin,
    DocumentsMixin,
    ExportMixin,
    CorrectionMixin,
    CostMixin,
    FactsMixin,
    HandOverMixin,
    TransferMixin,
    SuspensionMixin,
    ReadViewSet,
):
    """Offers. Lists show the public catalogue; a supplier reads its own drafts by their id."""

    about = "les offres publiques\u202f; un fournisseur lit aussi ses brouillons par leur identifiant"
    queryset = Offer.objects.all()
    serializer_class = OfferSerializer
    filterset_class = OfferFilterSet
    public = True
    if_match = frozenset({"edit", "import_into"})
    abilities = staticmethod(offer_abilities)
    collection_abilities = staticmethod(catalog_abilities)
    input_classes = {
        "create": DraftInput,
        "edit": AnswersInput,
        "claim": ClaimInput,
        "add_edge": EdgeInput,
        "join_document": JoinFileInput,
        "restart": RestartInput,
        "copy": CopyInput,
        "correct": CorrectionInput,
    }
    moves = {
        "suspend": MoveEndpoint(suspensions.suspend_offer, SuspendInput),
        "lift": MoveEndpoint(suspensions.lift_offer, DecisionReasonInput),
        "withdraw": MoveEndpoint(Offer.withdraw, DecisionReasonInput),
        "remove": MoveEndpoint(Offer.remove, DecisionReasonInput),
    }

    def get_queryset(self) -> Any:
        editing = OfferVersion.objects.editing().prefetch_related("plans__lines")
        return (
            super()
            .get_queryset()
            .select_related("supplier", "category", "live_version")
            .prefetch_related(
                "live_version__plans__lines",
                "effective_trust__undermined_by",
                Prefetch("versions", queryset=editing, to_attr="editing"),
            )
        )

    def reloaded(self, obj: Any) -> Any:
        editing = OfferVersion.objects.editing().prefetch_related("plans__lines")
        rows = Offer.objects.select_related("supplier", "category", "live_version")
        return rows.prefetch_related(Prefetch("versions", queryset=editing, to_attr="editing")).get(pk=obj.pk)

    def absent(self, uuid: uuids.UUID) -> Exception:
        offer = Offer.objects.filter(uuid=uuid, live_version__isnull=False).first()
        if offer is not None:
            offer.raise_if_gone()
        return NotVisible()

    def get_serializer_context(self) -> dict[str, Any]:
        context = super().get_serializer_context()
        context["may_see_draft"] = getattr(self, "may_see_draft", False)
        context["is_owner"] = getattr(self, "is_owner", False)
        return context

    def answer(self, obj: Any, *, status: int = 200, location: bool = False) -> Response:
        self.is_owner = owns(self.actor, obj)
        self.may_see_draft = self.is_owner or self.actor.has(*OPERATOR_ROLES, *OVERSIGHT_ROLES)
        return super().answer(obj, status=status, location=location)

    @extend_schema(parameters=LIST_PARAMETERS, responses=OfferListSerializer)
    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Search: OR inside a facet, AND between facets. At most five queries whatever the rows."""
        given = QueryDict(request.META.get("QUERY_STRING", ""))
        owner = self._owner(given)
        found = OfferFilterSet(given)
        if not found.is_valid():
            raise translate_validation(found.errors)
        wanted = _wanted_fields(given)
        size = whole_number(request, "page_size", default=20, most=MAX_PAGE_SIZE)
        number = whole_number(request, "page", default=1, most=1_000_000)
        with_facets = given.get("facets") in ("1", "true")
        query = replace(found.query(with_facets=with_facets, page=number, page_size=size), owner=owner)
        query = asked_among_retained(query, given, actor=self.actor)
        page = search(query, categories=found.categories)
        if is_past_the_end(page):
            raise NotFound(f"Cette page est au-delà de la dernière ({page.pages}).", code="past_the_end")
        cards = [_told(card, query, found.place) for card in page.cards]
        body: dict[str, Any] = {
            "count": page.total,
            "next": _page_link(request, page, number + 1),
            "previous": _page_link(request, page, number - 1),
            "results": [{k: v for k, v in card.items() if k in wanted} for card in cards]
            if wanted
            else cards,
        }
        if query.priced_usage is not None:
            body["unpriced"] = page.unpriced
        if page.readings:
            body["readings"] = [asdict(one) for one in page.readings]
        if with_facets:
            body["facets"] = {name: [_facet_value(v) for v in values] for name, values in page.facets.items()}
        if ignored := [name for name in found.unknown if name not in ("mine", RETAINED)]:
            body["ignored"] = ignored
        return Response(body)

    def _owner(self, given: QueryDict) -> int | None:
        """The organisation whose own offers are asked with « mine=1 ». Raises 401, 403, 400."""
        asked = given.get("mine", "").lower()
        if asked in ("", "0", "false"):
            return None
        if self.actor.is_anonymous:
            raise NotAuthenticated
        require(catalog_abilities(self.actor), "own_list")
        if asked not in ("1", "true"):
            raise ValidationError({"mine": ["Donnez « 1 » ou « 0 »."]})
        return self.actor.organisation.pk if self.actor.organisation else None

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> Offer:
        """Answers and plans together or not at all."""
        plans = data.pop("plans", None)
        with transaction.atomic():
            offer = create_draft(actor=actor, answers=data)
            if plans:
                save_plans(offer, actor=actor, plans=plan_inputs(plans))
        return offer

    def check_editable(self, obj: Offer) -> None:
        if not is_editable(obj):
            raise MoveRefused(
                "offer_closed", f"L’offre est « {obj.get_state_display()} » : elle ne se modifie pas."
            )

    def edit_object(
        self, obj: Offer, *, actor: Actor, data: dict[str, Any], expected_version: int | None
    ) -> Offer:
        """Answers and plans together or not at all."""
        plans = data.pop("plans", None)
        with transaction.atomic():
            if data or plans is None:
                save_answers(obj, actor=actor, answers=data, expected_version=expected_version)
                expected_version = None
            if plans is not None:
                save_plans(obj, actor=actor, plans=plan_inputs(plans), expected_version=expected_version)
        return obj


def _told(card: KeptCard, query: OfferQuery, place: str) -> dict[str, Any]:
    told, usage = public_card(card, on=query.today), query.priced_usage
    if usage is not None:
        priced = card_price(card, usage=usage, place=place, on=query.today)
        told["usage_price"] = public_usage_price(priced)
    return told


def _wanted_fields(given: QueryDict) -> frozenset[str]:
    """Empty: all. Raises ValidationError (400) on a name no card has."""
    names = frozenset(name.strip() for name in given.get("fields", "").split(",") if name.strip())
    unknown = sorted(names - {*CARD_FIELDS, "usage_price"})
    if unknown:
        raise ValidationError({"fields": [f"Champ inconnu : {', '.join(unknown)[:200]}."]})
    return names


def _facet_value(found: FacetValue) -> dict[str, Any]:
    """`parent`: only where the values are a tree, and under another one."""
    told: dict[str, Any] = {"value": found.value, "label": found.label, "count": found.count}
    return told | {"parent": found.parent} if found.parent else told


def _page_link(request: Request, page: OfferPage, number: int) -> str | None:
    if not 1 <= number <= page.pages:
        return None
    query = request.query_params.copy()
    query["page"] = str(number)
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


@extend_schema_view(list=extend_schema(summary="Fournisseurs qui ont une offre publique"))
class SupplierViewSet(SupplierFactsMixin, SupplierMovesMixin, ReadViewSet):
    about = "les fournisseurs qui ont une offre publique"
    queryset = Supplier.objects.order_by("name", "pk")
    serializer_class = SupplierSerializer
    public = ("list", "retrieve")


ROUTES = [
    ("offers", OfferViewSet, "offer"),
    ("suppliers", SupplierViewSet, "supplier"),
    *api_marks.ROUTES,
    *api_categories.ROUTES,
    *api_claims.ROUTES,
    *api_duplicates.ROUTES,
    *api_handovers.ROUTES,
    *api_price_outliers.ROUTES,
    *api_collections.ROUTES,
    *api_curated.ROUTES,
    *api_delegations.ROUTES,
    *api_reviews.ROUTES,
    *api_needs.ROUTES,
    *api_queues.ROUTES,
    *api_searches.ROUTES,
    *api_registers.ROUTES,
    *opendata.ROUTES,
]
PATHS = api_files.PATHS
