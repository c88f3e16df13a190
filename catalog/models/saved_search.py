from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from catalog.enums import NewsKind
from catalog.models.change import Position
from catalog.models.xids import XidField

if TYPE_CHECKING:
    import datetime as dt

    from marketplace.accounts.actors import Actor

MOST_QUERY = 2000


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own, and those that a colleague shares."""
        if actor.organisation is None:
            return self.none()
        mine = Q(user=actor.user) if actor.user is not None else Q(pk__in=())
        return self.filter(mine | Q(is_shared=True), organisation=actor.organisation)

    def due(self, upto: Position, *, today: dt.date) -> Self:
        """Followed by somebody, and something may be said: the catalogue moved, the day did, or a
        message waits for its day."""
        moved = ~Q(seen_xid=upto.xid, seen_id=upto.id)
        another_day = Q(checked_on__isnull=True) | Q(checked_on__lt=today)
        waits = Q(news__told_at__isnull=True, news__isnull=False) & (
            Q(told_on__isnull=True) | Q(told_on__lt=today)
        )
        return self.filter(Q(followers__isnull=False) & (moved | another_day | waits)).distinct()


class SavedSearch(models.Model):
    """A query string of `/offres/` under a name, one person's, in one organisation.

    `known`: what it found at the last look, offer key → schemes held then; None before the first look,
    and while the search finds too many offers to be watched. `seen_xid`, `seen_id`: up to which change.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", models.CASCADE, related_name="+")
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="saved_searches")
    name = models.CharField("nom", max_length=120)
    query = models.CharField("recherche", max_length=MOST_QUERY, blank=True)
    is_shared = models.BooleanField("partagée", default=False)
    followers = models.ManyToManyField("accounts.User", related_name="+", blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    known = models.JSONField(null=True, blank=True)
    is_too_broad = models.BooleanField(default=False)
    seen_xid = XidField(default=0)
    seen_id = models.BigIntegerField(default=0)
    checked_on = models.DateField(null=True, blank=True)
    told_on = models.DateField(null=True, blank=True)

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "organisation", "name"),
                name="saved_search_name_once",
                violation_error_message="Vous avez déjà une recherche de ce nom. Choisissez-en un autre.",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("catalog:saved_search", args=[self.uuid])

    @property
    def results_url(self) -> str:
        return f"{reverse('catalog:offers')}?{self.query}" if self.query else reverse("catalog:offers")

    @property
    def position(self) -> Position:
        return Position(self.seen_xid, self.seen_id)

    def belongs_to(self, actor: Actor) -> bool:
        return actor.is_person(self.user_id) and actor.organisation == self.organisation


class SearchNews(models.Model):
    """What one look found new about one offer, with its reasons. `told_at` None: no message said it yet."""

    search = models.ForeignKey(SavedSearch, models.CASCADE, related_name="news")
    offer = models.ForeignKey("catalog.Offer", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=NewsKind)
    reasons = ArrayField(models.CharField(max_length=300), default=list)
    at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-at", "-pk")
        indexes = (
            models.Index(
                fields=["search"], name="search_news_untold", condition=models.Q(told_at__isnull=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.offer} – {self.get_kind_display()}"
