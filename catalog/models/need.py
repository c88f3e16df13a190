from __future__ import annotations

import math
import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import connection, models
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils import timezone

from catalog.enums import OPEN_NEEDS, NeedState, ServiceModel
from catalog.models.search_row import TEXT_CONFIG
from catalog.states import NEED_MOVES
from marketplace.accounts.enums import OPERATOR_ROLES, Role
from marketplace.workflow import Move, Stateful, state_constraint

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog.models.offer import Offer
    from marketplace.accounts.actors import Actor

# Two needs are near when the older one holds at least this share of the words that are typed.
NEAR_SHARE = 1 / 3
_SHARED_WORDS = """cardinality(ARRAY(
  SELECT unnest(tsvector_to_array(catalog_missingneed.text)) INTERSECT SELECT unnest(%s::text[])))"""


class MissingNeedQuerySet(models.QuerySet["MissingNeed"]):
    def visible_to(self, actor: Actor) -> Self:
        """Every administration, the operator and the auditor.

        Suppliers and visitors none: a need is written between administrations and is no consultation,
        which tells every supplier the same thing at the same time.
        """
        if actor.has(*OPERATOR_ROLES, Role.AUDITOR) or (actor.is_buyer and actor.roles):
            return self
        return self.none()

    def open(self) -> Self:
        return self.filter(state__in=OPEN_NEEDS)

    def with_joins(self) -> Self:
        """Whose need it is; one query more, whatever the number of rows."""
        rows = self.select_related("organisation", "category", "covering_offer", "merged_into")
        return rows.prefetch_related("joins__organisation", "joins__joined_by")

    def near(self, text: str) -> Self:
        """Nearest first: most French words in common (stop words and endings left aside), then the fewest
        others. One query for the words of `text`; none of them: no row."""
        words = words_of(text)
        if not words:
            return self.none()
        rows = self.annotate(
            shared=RawSQL(_SHARED_WORDS, [words], output_field=models.IntegerField()),  # noqa: S611 -- a constant
            size=models.Func("text", function="length", output_field=models.IntegerField()),
        )
        return rows.filter(shared__gte=math.ceil(len(words) * NEAR_SHARE)).order_by("-shared", "size", "pk")


def words_of(text: str) -> list[str]:
    """The stems that PostgreSQL keeps of a French text. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(to_tsvector(%s::regconfig, %s))", [TEXT_CONFIG, text])
        return list(cursor.fetchone()[0])


class MissingNeed(Stateful):
    """What administrations looked for and did not find (« besoin non couvert »).

    The author's organisation is the first of its `joins`. `answer` is the curator's last word: a reply,
    or the reason of a closing. `searched` is the query string of the catalogue, empty when unknown.
    """

    MOVES: ClassVar[dict[str, Move]] = NEED_MOVES

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("numéro", max_length=30, unique=True, editable=False)
    state = models.CharField(max_length=40, choices=NeedState, default=NeedState.OPEN, db_index=True)
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="missing_needs")
    # None: reported by a machine of the administration.
    created_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    title = models.CharField("besoin", max_length=160)
    description = models.TextField("description", max_length=5000, blank=True)
    service_models = ArrayField(
        models.CharField(max_length=20, choices=ServiceModel), default=list, blank=True
    )
    category = models.ForeignKey("catalog.Category", models.PROTECT, null=True, blank=True, related_name="+")
    searched = models.CharField("recherche d’origine", max_length=2000, blank=True)
    answer = models.TextField("réponse", max_length=2000, blank=True)
    answered_at = models.DateTimeField("répondu le", null=True, blank=True)
    covering_offer = models.ForeignKey(
        "catalog.Offer", models.PROTECT, null=True, blank=True, related_name="covered_needs"
    )
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="absorbed")
    text = models.GeneratedField(
        expression=SearchVector("title", "description", config=TEXT_CONFIG),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = MissingNeedQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (
            state_constraint("missing_need_state", NeedState.values),
            models.CheckConstraint(
                name="missing_need_covered_by",
                condition=models.Q(state=NeedState.COVERED, covering_offer__isnull=False)
                | (~models.Q(state=NeedState.COVERED) & models.Q(covering_offer__isnull=True)),
                violation_error_message="Un besoin couvert nomme l’offre qui le couvre.",
            ),
            models.CheckConstraint(
                name="missing_need_merged_into",
                condition=models.Q(state=NeedState.MERGED, merged_into__isnull=False)
                | (~models.Q(state=NeedState.MERGED) & models.Q(merged_into__isnull=True)),
                violation_error_message="Un besoin fusionné nomme celui qui le remplace.",
            ),
            models.CheckConstraint(
                name="missing_need_dismissed_why",
                condition=~models.Q(state=NeedState.DISMISSED, answer=""),
                violation_error_message="Un besoin écarté porte un motif.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("catalog:need", args=[self.number])

    def audit_organisation_ids(self) -> list[int]:
        return [self.organisation_id]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_NEEDS

    @property
    def organisations_count(self) -> int:
        """No query when the joins were prefetched."""
        return len(self.joins.all())

    # One method a move

    def answer_with(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> Self:
        return self._said("answer", actor=actor, reason=reason, expected_version=expected_version)

    def cover(self, *, actor: Actor, offer: Offer, reason: str, expected_version: int | None = None) -> Self:
        def name_it(row: Self) -> None:
            row.covering_offer = offer

        return self._said("cover", name_it, actor=actor, reason=reason, expected_version=expected_version)

    def dismiss(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> Self:
        return self._said("dismiss", actor=actor, reason=reason, expected_version=expected_version)

    def merge(
        self, *, actor: Actor, into: MissingNeed, reason: str, expected_version: int | None = None
    ) -> Self:
        def name_it(row: Self) -> None:
            row.merged_into = into

        return self._said("merge", name_it, actor=actor, reason=reason, expected_version=expected_version)

    def reopen(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> Self:
        def forget(row: Self) -> None:
            row.covering_offer = None

        return self._said("reopen", forget, actor=actor, reason=reason, expected_version=expected_version)

    def _said(
        self,
        move: str,
        change: Callable[[Self], None] | None = None,
        *,
        actor: Actor,
        reason: str,
        expected_version: int | None,
    ) -> Self:
        def apply(row: Self) -> None:
            if reason:
                row.answer, row.answered_at = reason, timezone.now()
            if change is not None:
                change(row)

        return self.perform(move, actor=actor, reason=reason, expected_version=expected_version, apply=apply)


class NeedJoin(models.Model):
    """An administration that has the same need. It counts once, whoever of its members says so."""

    need = models.ForeignKey(MissingNeed, models.PROTECT, related_name="joins")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    joined_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    joined_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("joined_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("need", "organisation"),
                name="need_join_once",
                violation_error_message="Votre administration a déjà rejoint ce besoin.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.need.number} – {self.organisation}"
