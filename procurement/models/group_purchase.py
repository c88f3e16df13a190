"""Shared needs, and the administrations that buy together."""

from __future__ import annotations

import uuid
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, ExpressionWrapper, F, Q, Value, When
from django.db.models.functions import Abs, Cast, Ln
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.accounts.models import Organisation, User
from marketplace.workflow import Stateful, state_constraint
from procurement.groups import states
from procurement.groups.enums import (
    LIVING_GROUPS,
    LIVING_SHARES,
    PRESENT,
    GroupState,
    MemberState,
    ShareState,
    ShownPart,
)

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models.project import Project

VOLUME: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}


class NeedShareQuerySet(models.QuerySet["NeedShare"]):
    def visible_to(self, actor: Actor) -> Self:
        """Shared ones: members of administrations; the others: their own administration; the auditor all."""
        if actor.has(Role.AUDITOR):
            return self
        if actor.organisation is None or not actor.is_buyer or not actor.roles:
            return self.none()
        return self.filter(Q(state=ShareState.SHARED) | Q(project__organisation=actor.organisation))

    def living(self) -> Self:
        return self.filter(state__in=LIVING_SHARES)

    def like(self, project: Project, *, volume: Decimal | None = None, unit: str = "") -> Self:
        """Shared by other administrations, with a category or a model in common.

        With the project's own volume, those counted in the same unit come first, the nearest volume before:
        twice as much is as far as half. Volumes of another unit are not compared.
        """
        found = self.filter(
            Q(categories__overlap=project.categories or [])
            | Q(service_models__overlap=project.service_models or []),
            state=ShareState.SHARED,
        ).exclude(project__organisation_id=project.organisation_id)
        if volume is None:
            return found
        times = ExpressionWrapper(F("volume") / Value(volume), output_field=models.FloatField())
        distance = Case(
            When(unit__iexact=unit.strip(), then=Abs(Ln(Cast(times, models.FloatField())))),
            default=None,
            output_field=models.FloatField(),
        )
        nearest = F("distance").asc(nulls_last=True)
        return found.annotate(distance=distance).order_by(nearest, "-proposed_at", "-pk")

    def for_pages(self) -> Self:
        return self.select_related("project__organisation").prefetch_related("consents")


class NeedShare(Stateful):
    """A need told to other administrations once each of its authors agreed; any of them takes it back.

    `content` holds what they chose to show, as it stood: what the project becomes is not told.
    """

    MOVES = states.NEED_SHARE

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(
        "état", max_length=40, choices=ShareState, default=ShareState.PROPOSED, db_index=True
    )
    project = models.ForeignKey("procurement.Project", models.PROTECT, related_name="shares")
    shown = ArrayField(models.CharField(max_length=20, choices=ShownPart), default=list, blank=True)
    content = models.JSONField(default=dict)
    categories = ArrayField(models.SlugField(max_length=60), default=list, blank=True)
    service_models = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    volume = models.DecimalField("volume", **VOLUME)
    unit = models.CharField("unité", max_length=40)
    proposed_at = models.DateTimeField(default=timezone.now)

    objects = NeedShareQuerySet.as_manager()

    class Meta:
        ordering = ("-proposed_at", "-pk")
        verbose_name = "besoin partagé"
        constraints = (
            state_constraint("need_share_state", ShareState.values),
            models.UniqueConstraint(
                fields=("project",),
                condition=Q(state__in=LIVING_SHARES),
                name="need_share_one_living",
                violation_error_message="Ce besoin est déjà partagé.",
            ),
            models.CheckConstraint(
                name="need_share_volume",
                condition=Q(volume__gt=0),
                violation_error_message="Le volume est positif.",
            ),
        )

    def __str__(self) -> str:
        return str(self.content.get("title", ""))

    def times(self, other: NeedShare | None) -> Decimal | None:
        """How many times the other's volume this one is, to the tenth; None in another unit, or without."""
        if other is None or self.unit.strip().casefold() != other.unit.strip().casefold():
            return None
        return (self.volume / other.volume).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)

    def get_absolute_url(self) -> str:
        return reverse("procurement:project_share", args=[self.project.number])

    def audit_organisation_ids(self) -> list[int]:
        return [self.project.organisation_id]


class ShareConsent(models.Model):
    share = models.ForeignKey(NeedShare, models.PROTECT, related_name="consents")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("given_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("share", "author"),
                name="share_consent_once",
                violation_error_message="Cet accord est déjà donné.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.author}, {self.share}"


class GroupPurchaseQuerySet(models.QuerySet["GroupPurchase"]):
    def visible_to(self, actor: Actor) -> Self:
        """Its members and those invited; the auditor."""
        if actor.has(Role.AUDITOR):
            return self
        if actor.organisation is None or not actor.is_buyer or not actor.roles:
            return self.none()
        return self.filter(members__organisation=actor.organisation, members__state__in=PRESENT)

    def living(self) -> Self:
        return self.filter(state__in=LIVING_GROUPS)

    def for_pages(self) -> Self:
        return self.select_related("project__organisation", "document").prefetch_related(
            "members__organisation", "members__project", "members__signed_by"
        )


class GroupPurchase(Stateful):
    """Administrations that buy together: the coordinator's project carries the consultation.

    `document` is the convention as it was put to signature; each member signs its hash.
    """

    MOVES = states.GROUP_PURCHASE

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("numéro", max_length=30, unique=True, editable=False)
    state = models.CharField(
        "état", max_length=40, choices=GroupState, default=GroupState.FORMING, db_index=True
    )
    project = models.ForeignKey("procurement.Project", models.PROTECT, related_name="groups")
    title = models.CharField("objet", max_length=160)
    unit = models.CharField("unité des volumes", max_length=40)
    document = models.ForeignKey("files.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    closing_reason = models.TextField("motif", max_length=2000, blank=True)

    objects = GroupPurchaseQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        verbose_name = "groupement d’achat"
        constraints = (
            state_constraint("group_purchase_state", GroupState.values),
            models.UniqueConstraint(
                fields=("project",),
                condition=Q(state__in=LIVING_GROUPS),
                name="group_purchase_one_living",
                violation_error_message="Ce projet porte déjà un groupement.",
            ),
            models.CheckConstraint(
                name="group_purchase_convention",
                condition=~Q(state__in=[GroupState.SIGNING, GroupState.SIGNED]) | Q(document__isnull=False),
                violation_error_message="La convention est jointe avant d’être signée.",
            ),
        )

    def __str__(self) -> str:
        return f"Groupement {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("procurement:group", args=[self.number])

    def audit_organisation_ids(self) -> list[int]:
        return [member.organisation_id for member in self.members.all() if member.state in PRESENT]

    @property
    def coordinator_id(self) -> int:
        return self.project.organisation_id


class GroupMemberQuerySet(models.QuerySet["GroupMember"]):
    def visible_to(self, actor: Actor) -> Self:
        """Of the groups that the actor sees."""
        return self.filter(group__in=GroupPurchase.objects.visible_to(actor).values("pk"))

    def for_pages(self) -> Self:
        return self.select_related("group__project__organisation", "organisation", "project", "signed_by")


class GroupMember(Stateful):
    """An administration of a group, with its volume and its signature of the convention's hash."""

    MOVES = states.GROUP_MEMBER

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(
        "état", max_length=40, choices=MemberState, default=MemberState.INVITED, db_index=True
    )
    group = models.ForeignKey(GroupPurchase, models.PROTECT, related_name="members")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    project = models.ForeignKey("procurement.Project", models.PROTECT, related_name="memberships")
    volume = models.DecimalField("volume", **VOLUME)
    invited_at = models.DateTimeField(default=timezone.now)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_sha256 = models.CharField(max_length=64, blank=True)

    objects = GroupMemberQuerySet.as_manager()

    class Meta:
        ordering = ("invited_at", "pk")
        verbose_name = "membre d’un groupement"
        constraints = (
            state_constraint("group_member_state", MemberState.values),
            models.UniqueConstraint(
                fields=("group", "organisation"),
                condition=Q(state__in=PRESENT),
                name="group_member_once",
                violation_error_message="Cette administration est déjà dans le groupement.",
            ),
            models.CheckConstraint(
                name="group_member_volume",
                condition=Q(volume__gt=0),
                violation_error_message="Le volume est positif.",
            ),
            models.CheckConstraint(
                name="group_member_signed_whole",
                condition=Q(signed_at__isnull=True, signed_by__isnull=True, signed_sha256="")
                | (Q(signed_at__isnull=False, signed_by__isnull=False) & ~Q(signed_sha256="")),
                violation_error_message="Une signature porte un nom, une date et l’empreinte signée.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation}, {self.group}"

    def audit_organisation_ids(self) -> list[int]:
        return list({self.organisation_id, self.group.coordinator_id})

    @property
    def is_coordinator(self) -> bool:
        return self.project_id == self.group.project_id
