from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import F, Q

from catalog.enums import CategoryState
from catalog.states import CATEGORY_MOVES
from marketplace.workflow import Move, Stateful, state_constraint

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

MOST_LEVELS = 3


class CategoryQuerySet(models.QuerySet["Category"]):
    def visible_to(self, actor: Actor) -> Self:
        """Everybody: a category is only a word."""
        return self

    def open(self) -> Self:
        return self.filter(state=CategoryState.OPEN)

    def standing(self, code: str) -> Category | None:
        """The category of a code today: what replaces it once retired; None when nothing does. One query."""
        found = self.filter(code=code).select_related("merged_into").first()
        if found is None or found.state == CategoryState.OPEN:
            return found
        return found.merged_into


class Category(Stateful):
    """What an offer is for: a tree of three levels at most, written through `catalog.actions.categories`.

    The first rows come from the reference file; one that a curator touched (`is_curated`) is theirs. A code
    is kept for ever: it stands in addresses, answers and frozen versions. `merged_into` is always an open
    category; None for a retired one that held nothing.
    """

    MOVES: ClassVar[dict[str, Move]] = CATEGORY_MOVES

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    state = models.CharField(max_length=40, choices=CategoryState, default=CategoryState.OPEN, db_index=True)
    code = models.SlugField(max_length=60, unique=True)
    label = models.CharField("nom", max_length=120)
    position = models.PositiveSmallIntegerField("rang", default=0)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    level = models.PositiveSmallIntegerField(default=1)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="absorbed")
    is_curated = models.BooleanField(default=False)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ("position", "label")
        constraints = (
            state_constraint("category_state", CategoryState.values),
            models.CheckConstraint(
                name="category_level",
                condition=Q(parent__isnull=True, level=1)
                | Q(parent__isnull=False, level__range=(2, MOST_LEVELS)),
                violation_error_message="L’arbre des catégories a trois niveaux au plus.",
            ),
            models.CheckConstraint(
                name="category_not_its_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                violation_error_message="Une catégorie n’est pas au-dessous d’elle-même.",
            ),
            models.CheckConstraint(
                name="category_replaced_once_retired",
                condition=Q(merged_into__isnull=True) | Q(state=CategoryState.RETIRED),
                violation_error_message="Seule une catégorie retirée est remplacée par une autre.",
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def ancestors(self) -> list[Category]:
        """The first level first. No query when two parents were joined."""
        found, above = [], self.parent
        while above is not None:
            found.insert(0, above)
            above = above.parent
        return found
