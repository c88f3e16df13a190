from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.accounts.models import Organisation, User
from marketplace.calendar_months import add_months
from marketplace.workflow import Stateful, state_constraint
from procurement.publication import duty
from procurement.publication import states as states_publication
from procurement.publication.enums import MOST_REASON, OPEN_PUBLICATIONS, FileKind, PublicationState

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

PUBLISHED = PublicationState.PUBLISHED


class PublicationQuerySet(models.QuerySet["Publication"]):
    def visible_to(self, actor: Actor) -> Self:
        """The buyer's members and the auditor; everybody reads what is published through `public`."""
        if actor.has(Role.AUDITOR):
            return self
        if actor.organisation is None or not actor.is_buyer or not actor.roles:
            return self.none()
        return self.filter(buyer=actor.organisation)

    def public(self) -> Self:
        return self.filter(state=PUBLISHED)

    def waiting(self) -> Self:
        return self.filter(state__in=OPEN_PUBLICATIONS)

    def with_untold(self) -> Self:
        """Adds `untold`: whether the contract it tells of changed, by an approved amendment, since what was
        last published of it."""
        from procurement.models.amendment import Amendment

        releases = PublicationRelease.objects.filter(publication=models.OuterRef(models.OuterRef("pk")))
        last = releases.order_by("-released_at").values("released_at")[:1]
        changed = Amendment.objects.approved().filter(
            contract=models.OuterRef("contract"), decided_at__gt=models.Subquery(last)
        )
        waits = models.Q(models.Exists(changed), state=PUBLISHED)
        return self.annotate(untold=models.ExpressionWrapper(waits, output_field=models.BooleanField()))

    def due_before(self, day: dt.date) -> Self:
        """Still waiting though their limit is before that day; one whose notification is unknown is not."""
        # The limit is clamped to the end of a short month: the three days around are judged in Python.
        return self.waiting().filter(
            notified_on__lt=add_months(day, -duty.limit_months()) + dt.timedelta(days=3)
        )

    def for_pages(self) -> Self:
        return self.select_related(
            "buyer",
            "contract__supplier__organisation",
            "vehicle__holder__organisation",
            "reviewed_by",
            "published_by",
        )


class Publication(Stateful):
    """The essential data of one contract: what is held and told in a draft, then the objects as published.

    `answers` are facts by the names of `publication.fields`; `held` says which of them were copied from here
    and from where. Once published, `decp` only gains modifications (a trigger refuses anything else).
    """

    MOVES = states_publication.PUBLICATION

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("numéro", max_length=30, unique=True)
    # Given at creation, never changed: the whole process is known by it.
    # The lots of a consultation share one.
    ocid = models.CharField("ocid", max_length=60, db_index=True)
    state = models.CharField(
        "état", max_length=40, choices=PublicationState, default=PublicationState.DRAFT, db_index=True
    )
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="publications")
    buyer_siret = models.CharField("SIRET de l’acheteur", max_length=14)
    contract = models.OneToOneField(
        "procurement.Contract", models.PROTECT, null=True, blank=True, related_name="publication"
    )
    vehicle = models.OneToOneField(
        "procurement.PurchasingVehicle", models.PROTECT, null=True, blank=True, related_name="publication"
    )
    # Of the buyer; empty until it is told.
    reference = models.CharField("numéro du marché", max_length=16, blank=True)
    notified_on = models.DateField("notifié le", null=True, blank=True)
    answers = models.JSONField("réponses", default=dict)
    held = models.JSONField("repris d’ici", default=dict)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField("relu le", null=True, blank=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField("publié le", null=True, blank=True)
    # The object of the export, modifications included; None until it is published.
    decp = models.JSONField("DECP", null=True, blank=True)
    elsewhere = models.CharField("publié ailleurs, où", max_length=200, blank=True)
    elsewhere_on = models.DateField("publié ailleurs le", null=True, blank=True)
    reason = models.TextField("motif", max_length=MOST_REASON, blank=True)
    late_told_at = models.DateTimeField("retard signalé le", null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        verbose_name = "publication d’un marché"
        indexes = (models.Index(fields=("published_at", "id"), name="publication_published"),)
        constraints = (
            state_constraint("publication_state", PublicationState.values),
            models.UniqueConstraint(
                fields=("buyer_siret", "reference"),
                condition=~models.Q(reference=""),
                name="publication_once",
                violation_error_message="Un marché de votre administration porte déjà ce numéro ici.",
            ),
            models.CheckConstraint(
                name="publication_one_source",
                condition=models.Q(contract__isnull=True) | models.Q(vehicle__isnull=True),
                violation_error_message="Une publication porte sur un contrat ou sur un support.",
            ),
            models.CheckConstraint(
                name="publication_published_whole",
                condition=~models.Q(state=PUBLISHED)
                | (
                    models.Q(published_at__isnull=False, decp__isnull=False, notified_on__isnull=False)
                    & ~models.Q(reference="")
                ),
                violation_error_message="Ce qui est publié porte son numéro, sa notification et sa date.",
            ),
            models.CheckConstraint(
                name="publication_not_before_notification",
                condition=models.Q(published_at__isnull=True)
                | models.Q(published_at__date__gte=models.F("notified_on")),
                violation_error_message="Rien n’est publié avant la notification.",
            ),
            models.CheckConstraint(
                name="publication_elsewhere_where",
                condition=~models.Q(state=PublicationState.ELSEWHERE)
                | (~models.Q(elsewhere="") & models.Q(elsewhere_on__isnull=False)),
                violation_error_message="Dites où et quand ce marché a été publié.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.answers.get('object', '')}".strip()[:120]

    def get_absolute_url(self) -> str:
        return reverse("procurement:publication", args=[self.number])

    def audit_organisation_ids(self) -> list[int]:
        return [self.buyer_id]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_PUBLICATIONS

    @property
    def due_on(self) -> dt.date | None:
        """Last day to publish; None until the notification is known."""
        return duty.limit_of(self.notified_on) if self.notified_on else None

    def is_late(self, day: dt.date) -> bool:
        return self.is_open and self.due_on is not None and self.due_on < day

    @property
    def late_today(self) -> bool:
        return self.is_late(timezone.localdate())

    @property
    def modifications(self) -> list[dict[str, Any]]:
        return [each["modification"] for each in (self.decp or {}).get("modifications", [])]

    def review(self, *, actor: Actor, expected_version: int | None = None, **more: Any) -> Self:
        return self.perform("review", actor=actor, expected_version=expected_version, **more)

    def send_back(self, *, actor: Actor, reason: str = "", expected_version: int | None = None) -> Self:
        return self.perform(
            "send_back", actor=actor, reason=reason, expected_version=expected_version, apply=_unreviewed
        )

    def reopen(self, *, actor: Actor, reason: str = "", expected_version: int | None = None) -> Self:
        return self.perform("reopen", actor=actor, reason=reason, expected_version=expected_version)

    def drop(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> Self:
        def apply(row: Publication) -> None:
            row.reason = reason

        return self.perform(
            "drop", actor=actor, reason=reason, expected_version=expected_version, apply=apply
        )


def _unreviewed(row: Publication) -> None:
    row.reviewed_by, row.reviewed_at = None, None


class PublicationReleaseQuerySet(models.QuerySet["PublicationRelease"]):
    def of_process(self, ocid: str) -> Self:
        """Oldest first."""
        return self.filter(ocid=ocid).order_by("rank")

    def newest(self, ocid: str) -> PublicationRelease | None:
        return self.of_process(ocid).last()


class PublicationRelease(models.Model):
    """One OCDS release as it left, with the modification it announced. Rows are only added (a trigger).

    It comes from a consultation (tender, award) or from the publication of a contract."""

    ocid = models.CharField("ocid", max_length=60)
    publication = models.ForeignKey(
        Publication, models.PROTECT, null=True, blank=True, related_name="releases"
    )
    consultation = models.ForeignKey(
        "procurement.Consultation", models.PROTECT, null=True, blank=True, related_name="releases"
    )
    rank = models.PositiveIntegerField()
    ocds = models.JSONField()
    # The DECP modification; None for the first one.
    modification = models.JSONField(null=True, blank=True)
    released_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(default=timezone.now)

    objects = PublicationReleaseQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=("ocid", "rank"),
                name="publication_release_once",
                violation_error_message="Ce processus porte déjà ce rang.",
            ),
            models.CheckConstraint(
                name="publication_release_one_source",
                condition=models.Q(publication__isnull=True) ^ models.Q(consultation__isnull=True),
                violation_error_message="Une publication OCDS vient d’une consultation ou d’un marché.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.ocid}-{self.rank:04d}"


class PublicationFileQuerySet(models.QuerySet["PublicationFile"]):
    def newest(self) -> list[PublicationFile]:
        """The last one of each kind, in the order of the kinds; one query."""
        rows = self.order_by("kind", "-day").distinct("kind")
        order = list(FileKind.values)
        return sorted(rows, key=lambda one: order.index(one.kind))


class PublicationFile(models.Model):
    """A file made one night, with its checksum."""

    kind = models.CharField(max_length=20, choices=FileKind)
    day = models.DateField("jour")
    name = models.CharField("nom", max_length=60, unique=True)
    size = models.PositiveBigIntegerField("taille (octets)")
    sha256 = models.CharField("empreinte", max_length=64)
    rows = models.PositiveIntegerField("lignes")
    made_at = models.DateTimeField(default=timezone.now)

    objects = PublicationFileQuerySet.as_manager()

    class Meta:
        ordering = ("-day", "kind")
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "day"),
                name="publication_file_once",
                violation_error_message="Le fichier de ce jour est déjà fait.",
            ),
        )

    def __str__(self) -> str:
        return self.name
