from __future__ import annotations

import datetime
import uuid
from typing import TYPE_CHECKING, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models

from catalog.enums import ENDED_STATUSES, MARK_STATUSES, Origin, Scheme, TrustStatus
from catalog.states import TRUST_MOVES
from marketplace.accounts.enums import Role
from marketplace.errors import MoveRefused
from marketplace.workflow import Move

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

EXPIRING_WITHIN = datetime.timedelta(days=180)
RECORDED = sorted(MARK_STATUSES)


def status_by_the_clock(
    status: str,
    *,
    until: datetime.date | None,
    on: datetime.date,
    base_until: datetime.date | None = None,
) -> TrustStatus:
    """What a recorded status means on a day. `until` is the last day it is valid; None: no end known.

    `base_until`: the last day of the layer it relies on. A base that nears its end does not make the
    mark « expiring »; a base that has ended takes the mark with it.
    """
    recorded = TrustStatus(status)
    if recorded not in (TrustStatus.IN_FORCE, TrustStatus.RENEWAL_PENDING):
        return recorded
    if any(end is not None and end < on for end in (until, base_until)):
        return TrustStatus.EXPIRED
    if recorded == TrustStatus.IN_FORCE and until is not None and until <= on + EXPIRING_WITHIN:
        return TrustStatus.EXPIRING
    return recorded


class TrustMarkQuerySet(models.QuerySet["TrustMark"]):
    def visible_to(self, actor: Actor) -> TrustMarkQuerySet:
        """The marks of the offers this actor sees."""
        offers = self.model._meta.get_field("offer").related_model
        return self.filter(offer__in=offers.objects.visible_to(actor))


class TrustMark(models.Model):
    """A dated statement about a service and a perimeter, never about a company.

    `status` repeats the last fact and is written by `catalog.trust.record_status` only.
    """

    MOVES: ClassVar[dict[str, Move]] = TRUST_MOVES

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="trust_marks")
    scheme = models.CharField(max_length=16, choices=Scheme)
    label = models.CharField(max_length=80, blank=True)
    level = models.CharField(max_length=20, blank=True)
    scope = models.CharField(max_length=500, blank=True)
    regions = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    status = models.CharField(max_length=16, choices=[(s, TrustStatus(s).label) for s in RECORDED])
    milestone = models.CharField(max_length=4, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    decision_number = models.CharField(max_length=60, blank=True)
    issuer = models.CharField(max_length=120, blank=True)
    origin = models.CharField(max_length=12, choices=Origin)
    source = models.CharField(max_length=300, blank=True)
    source_url = models.URLField(max_length=500, blank=True)
    read_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    evidence = models.ForeignKey(
        "files.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = TrustMarkQuerySet.as_manager()

    class Meta:
        ordering = ("offer", "scheme", "pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(status__in=RECORDED),
                name="trust_mark_status",
                violation_error_message="Ce statut ne s’enregistre pas.",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_from__isnull=True)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="trust_mark_dates",
                violation_error_message="La fin de validité précède le début.",
            ),
            models.UniqueConstraint(
                fields=("offer", "scheme", "label", "scope"),
                name="trust_mark_scope_unique",
                violation_error_message="Ce périmètre est déjà décrit pour ce référentiel.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.offer} – {self.name}"

    @property
    def name(self) -> str:
        return self.label or self.get_scheme_display()

    def check_move(self, name: str) -> None:
        """Raises MoveRefused on the status as read; `catalog.trust` compares again under the lock."""
        if self.status not in self.MOVES[name].sources:
            raise MoveRefused(
                "wrong_state",
                f"« {self.MOVES[name].label} » n’est pas possible : le statut est maintenant "
                f"« {TrustStatus(self.status).label} ». Rechargez la page.",
                about=self,
            )

    def available_moves(self) -> tuple[Move, ...]:
        return tuple(move for move in self.MOVES.values() if self.status in move.sources)

    @property
    def is_anssi(self) -> bool:
        """Only the ANSSI qualifies: its acts are needed to record a loss."""
        return self.scheme in (Scheme.SECNUMCLOUD, Scheme.CSPN)

    @property
    def belongs_to_operator(self) -> bool:
        return self.origin != Origin.DECLARED

    def status_on(self, on: datetime.date) -> TrustStatus:
        return status_by_the_clock(self.status, until=self.valid_until, on=on)

    def audit_organisation_ids(self) -> list[int]:
        owner = self.offer.supplier.organisation_id
        return [owner] if owner else []


class TrustFact(models.Model):
    """One dated event of a mark. Append-only (trigger); a correction names the fact it supersedes."""

    mark = models.ForeignKey(TrustMark, on_delete=models.PROTECT, related_name="facts")
    status = models.CharField(max_length=16, choices=TrustStatus)
    milestone = models.CharField(max_length=4, blank=True)
    effective_at = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    issuer = models.CharField(max_length=120, blank=True)
    act_reference = models.CharField(max_length=120, blank=True)
    act_date = models.DateField(null=True, blank=True)
    origin = models.CharField(max_length=12, choices=Origin)
    source = models.CharField(max_length=300, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    recorded_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(auto_now_add=True)
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )

    class Meta:
        ordering = ("mark", "recorded_at", "pk")

    def __str__(self) -> str:
        return f"{self.mark} – {self.get_status_display()}"


class TrustReportQuerySet(models.QuerySet["TrustReport"]):
    def open(self) -> TrustReportQuerySet:
        return self.filter(closed_at__isnull=True)

    def visible_to(self, actor: Actor) -> TrustReportQuerySet:
        """What was heard is no fact yet: for curators and the auditor."""
        return self if actor.has(Role.CURATOR, Role.AUDITOR) else self.none()


class TrustReport(models.Model):
    """« Signalement »: something was heard about a mark, without the issuer's act. Changes no status.

    Open until a curator says what came of it (`outcome`).
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    mark = models.ForeignKey(TrustMark, on_delete=models.PROTECT, related_name="reports")
    text = models.CharField(max_length=1000)
    source = models.CharField(max_length=300, blank=True)
    recorded_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)
    outcome = models.CharField(max_length=1000, blank=True)
    closed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = TrustReportQuerySet.as_manager()

    class Meta:
        ordering = ("-recorded_at", "-pk")

    def __str__(self) -> str:
        return self.text[:60]


class EffectiveTrust(models.Model):
    """What an offer's marks are worth, layers included. Recomputed in the transaction that records a fact.

    `undermined_by` names the layer that took the mark down, or that will on the day after `base_until`.
    """

    offer = models.ForeignKey("catalog.Offer", on_delete=models.CASCADE, related_name="effective_trust")
    scheme = models.CharField(max_length=16, choices=Scheme)
    status = models.CharField(max_length=16, choices=TrustStatus)
    level = models.CharField(max_length=20, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    base_until = models.DateField(null=True, blank=True)
    undermined_by = models.ForeignKey(
        "catalog.Offer", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    mark = models.ForeignKey(TrustMark, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    computed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("offer", "scheme")
        constraints = (
            models.UniqueConstraint(
                fields=("offer", "scheme"),
                name="effective_trust_unique",
                violation_error_message="Le statut effectif est unique par référentiel.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.offer} – {self.scheme} – {self.status}"

    def status_on(self, on: datetime.date) -> TrustStatus:
        return status_by_the_clock(self.status, until=self.valid_until, on=on, base_until=self.base_until)

    def is_undermined(self, on: datetime.date) -> bool:
        """Lost because of a layer, the offer's own mark still standing."""
        if self.undermined_by_id is None:
            return False
        if self.status in ENDED_STATUSES:
            return True
        own = status_by_the_clock(self.status, until=self.valid_until, on=on)
        return own != self.status_on(on)
