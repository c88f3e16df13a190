"""/api/v1/categories/: the tree, read by everybody, kept by the curators."""

from __future__ import annotations

from typing import Any, ClassVar

import django_filters

from catalog.abilities import categories_abilities, category_abilities
from catalog.actions import categories
from catalog.enums import CategoryState
from catalog.models import Category
from catalog.serializers_categories import CategoryInput, CategorySerializer, RetireCategoryInput
from marketplace.accounts.actors import Actor
from marketplace.rest.moves import MoveEndpoint, MoveMixin
from marketplace.rest.viewsets import CreateOnceMixin, PatchMixin, ReadViewSet, SerializerClass


class CategoryFilterSet(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=CategoryState.choices, label="État, répétable.")

    class Meta:
        model = Category
        fields: list[str] = []


class CategoryViewSet(MoveMixin, CreateOnceMixin, PatchMixin, ReadViewSet):
    """A code is kept for ever: once retired it leads to the category that replaces it."""

    about = "les catégories du catalogue"
    queryset = Category.objects.select_related("parent__parent", "merged_into").order_by(
        "position", "label", "pk"
    )
    serializer_class = CategorySerializer
    filterset_class = CategoryFilterSet
    public = ("list", "retrieve")
    if_match = frozenset({"edit"})
    abilities = staticmethod(category_abilities)
    collection_abilities = staticmethod(categories_abilities)
    input_classes: ClassVar[dict[str, SerializerClass]] = {"create": CategoryInput, "edit": CategoryInput}
    moves: ClassVar[dict[str, MoveEndpoint]] = {
        "retire": MoveEndpoint(categories.retire, RetireCategoryInput)
    }

    def create_object(self, *, actor: Actor, data: dict[str, Any]) -> Category:
        return categories.add(actor=actor, **data)

    def edit_object(
        self, obj: Category, *, actor: Actor, data: dict[str, Any], expected_version: int | None
    ) -> Category:
        return categories.edit(obj, actor=actor, expected_version=expected_version, **data)

    def check_editable(self, obj: Category) -> None:
        obj.check_move("retire")  # only an open category is changed


ROUTES = [("categories", CategoryViewSet, "category")]
