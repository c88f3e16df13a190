from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from catalog.enums import CollectionState
from catalog.models.saved_search import MOST_QUERY
from catalog.states import COLLECTION_MOVES
from marketplace.accounts.enums import Role
from marketplace.errors import Gone
from marketplace.ui.typography import date_text
from marketplace.workflow import Move, Stateful, state_constraint

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from marketplace.accounts.actors import Actor


class CollectionQuerySet(models.QuerySet["Collection"]):
    def on_show(self, on: dt.date) -> Self:
        """Published, on one of its days: the clock opens and closes it."""
        rows = self.filter(state=CollectionState.PUBLISHED, starts_on__lte=on)
        return rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on))

    def visible_to(self, actor: Actor) -> Self:
        """Those on show; all of them for who writes them and for the auditor."""
        if actor.has(Role.CURATOR, Role.AUDITOR):
            return self
        return self.on_show(timezone.localdate())


class Collection(Stateful):
    """« Sélection »: offers that the operator puts forward, in an order, each with a word why.

    With a `query` (a query string of `/offres/`) it is a search that stays live, and names no offer.
    `starts_on` is set by the first publication at the latest; both days are included.
    """

    MOVES: ClassVar[dict[str, Move]] = COLLECTION_MOVES

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(
        max_length=40, choices=CollectionState, default=CollectionState.DRAFT, db_index=True
    )
    slug = models.SlugField(max_length=80, unique=True, editable=False)
    title = models.CharField("titre", max_length=120)
    intro = models.TextField("introduction", max_length=3000)
    query = models.CharField("recherche", max_length=MOST_QUERY, blank=True)
    starts_on = models.DateField("à partir du", null=True, blank=True)
    ends_on = models.DateField("jusqu’au", null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = CollectionQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_on", "-pk")
        constraints = (
            state_constraint("collection_state", CollectionState.values),
            models.CheckConstraint(
                name="collection_days",
                condition=Q(ends_on__isnull=True)
                | Q(starts_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                violation_error_message="La fin précède le début.",
            ),
            models.CheckConstraint(
                name="collection_published_from_a_day",
                condition=~Q(state=CollectionState.PUBLISHED)
                | Q(starts_on__isnull=False, published_at__isnull=False),
                violation_error_message="Une sélection publiée l’est à partir d’un jour.",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("catalog:collection", args=[self.slug])

    @property
    def results_url(self) -> str:
        return f"{reverse('catalog:offers')}?{self.query}"

    def raise_if_gone(self) -> None:
        """Once public, it keeps its address: 410 with the day it ended on."""
        if self.published_at is None:
            return
        if self.state == CollectionState.ARCHIVED:
            on = timezone.localdate(self.state_since)
            raise Gone("collection_gone", f"Sélection archivée le {date_text(on)}.", on=on, reason=GONE)
        if self.ends_on is not None and self.ends_on < timezone.localdate():
            raise Gone(
                "collection_gone",
                f"Sélection terminée le {date_text(self.ends_on)}.",
                on=self.ends_on,
                reason=GONE,
            )

    # Moves: one method each

    def publish(self, *, check: Callable[[Self], None], **options: Any) -> Self:
        """`check` runs under the lock and may refuse."""

        def apply(row: Self) -> None:
            check(row)
            row.starts_on = row.starts_on or timezone.localdate()
            row.published_at = row.published_at or timezone.now()

        return self.perform("publish", apply=apply, **options)

    def archive(self, **options: Any) -> Self:
        return self.perform("archive", **options)

    def reopen(self, **options: Any) -> Self:
        return self.perform("reopen", **options)


GONE = "Les offres qu’elle citait restent dans le catalogue."


class CollectionEntry(models.Model):
    """An offer of a collection. `held`: the schemes it held when it was put there, so that a loss is seen."""

    collection = models.ForeignKey(Collection, models.CASCADE, related_name="entries")
    offer = models.ForeignKey("catalog.Offer", models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    why = models.CharField("pourquoi", max_length=500)
    held = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    added_on = models.DateField(default=timezone.localdate)

    class Meta:
        ordering = ("collection", "position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("collection", "offer"),
                name="collection_entry_once",
                violation_error_message="Cette offre est déjà dans la sélection.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.collection} – {self.offer}"
