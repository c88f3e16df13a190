"""/api/v1/saved-searches/: one's searches and those that colleagues share."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import QueryDict
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from catalog.filters import OfferFilterSet
from catalog.models import SavedSearch
from catalog.saved_searches import actions as saved_searches
from catalog.saved_searches.abilities import search_abilities, searches_abilities
from catalog.saved_searches.serializers import (
    EditSearchInput,
    OneSavedSearchSerializer,
    SavedSearchSerializer,
    SaveSearchInput,
    SearchNewsSerializer,
)
from marketplace.accounts.actors import Actor
from marketplace.rest.serializers import NoInput
from marketplace.rest.viewsets import CreateOnceMixin, PatchMixin, ReadViewSet, SerializerClass


class SavedSearchViewSet(CreateOnceMixin, PatchMixin, ReadViewSet):
    """A person's own in the organisation of the token, and those that its members share."""

    about = "les recherches enregistrées"
    queryset = SavedSearch.objects.select_related("organisation").prefetch_related("followers")
    serializer_class = SavedSearchSerializer
    abilities = staticmethod(search_abilities)
    collection_abilities = staticmethod(searches_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {
        "create": SaveSearchInput,
        "edit": EditSearchInput,
        "follow": NoInput,
    }

    def get_serializer_class(self) -> SerializerClass:
        if self.action == "news":
            return SearchNewsSerializer
        return SavedSearchSerializer if self.action == "list" else OneSavedSearchSerializer

    def answer(self, obj: SavedSearch, **options: Any) -> Response:
        read = OfferFilterSet(QueryDict(obj.query), lenient=True)
        read.is_valid()
        shown: Any = obj
        shown.ignored = read.ignored  # read by the serializer, once an answer
        return super().answer(shown, **options)

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> SavedSearch:
        return saved_searches.save(actor=actor, **data)

    def edit_object(
        self, obj: SavedSearch, *, actor: Actor, data: dict[str, Any], expected_version: int | None
    ) -> SavedSearch:
        return saved_searches.edit(obj, actor=actor, **data)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Supprimer la recherche, ses alertes et ce qu’elle a trouvé."""
        search = self.get_object()
        self.allow(search, "delete")
        saved_searches.delete(search, actor=self.actor)
        return Response(status=204)

    @extend_schema(responses=SearchNewsSerializer(many=True))
    @action(detail=True, methods=["get"], filter_backends=[])
    def news(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ce que la recherche a trouvé de nouveau, le plus récent d’abord."""
        rows = self.paginate_queryset(self.get_object().news.select_related("offer"))
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    @extend_schema(request=None, responses=OneSavedSearchSerializer)
    @action(detail=True, methods=["post"])
    def follow(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Recevoir les alertes de cette recherche."""
        return self._followed(saved_searches.follow)

    @extend_schema(request=None, responses=OneSavedSearchSerializer)
    @action(detail=True, methods=["post"])
    def unfollow(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ne plus recevoir les alertes de cette recherche."""
        return self._followed(saved_searches.unfollow)

    def _followed(self, act: Any) -> Response:
        search = self.get_object()
        self.allow(search, "follow")
        self.read_input("follow")
        act(search, actor=self.actor)
        return self.answer(self.reloaded(search))


ROUTES = [("saved-searches", SavedSearchViewSet, "saved-search")]
