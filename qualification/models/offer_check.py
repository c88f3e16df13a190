from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.enums import OVERSIGHT_ROLES, SUPPLIER_ROLES
from qualification.checks import CHECKS
from qualification.enums import Verdict
from qualification.models.dossier import READING_ROLES

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class OfferCheckQuerySet(models.QuerySet["OfferCheck"]):
    def visible_to(self, actor: Actor) -> Self:
        """The supplier's own; all for those who instruct, and for the auditor."""
        if actor.has(*OVERSIGHT_ROLES, *READING_ROLES):
            return self.all()
        if actor.organisation is not None and actor.has(*SUPPLIER_ROLES):
            return self.filter(offer__supplier__organisation=actor.organisation)
        return self.none()


class OfferCheck(models.Model):
    """Where one check of one offer stands: its last result, since when, and when it is looked at again.

    Written by `qualification.watch` only. ``seen_at`` is when ``run`` saw it: a result that we could not
    renew is kept until its check's maximum age, then reads unknown. ``failures``: in a row.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="checks")
    check_code = models.CharField(max_length=40)
    run = models.ForeignKey("qualification.CheckRun", on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=8, choices=Verdict)
    since = models.DateTimeField()
    seen_at = models.DateTimeField()
    tried_at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)

    objects = OfferCheckQuerySet.as_manager()

    class Meta:
        ordering = ("offer", "check_code")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["next_at"], name="offer_check_next")]
        constraints = (
            models.UniqueConstraint(
                fields=("offer", "check_code"),
                name="offer_check_unique",
                violation_error_message="Ce contrôle de l’offre existe déjà.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.offer} – {self.check_code}"

    def get_absolute_url(self) -> str:
        return reverse("qualification:offer_check", args=[self.offer.number, self.check_code])

    @property
    def title(self) -> str:
        return title_of(self.check_code)

    @property
    def too_old_at(self) -> dt.datetime | None:
        """When the result stops saying anything; None for a check that is no longer run."""
        check = CHECKS.get(self.check_code)
        return self.seen_at + check.max_age if check else None

    @property
    def current(self) -> str:
        """The verdict as it reads now."""
        return verdict_at(self.verdict, too_old_at=self.too_old_at, at=timezone.now())


def title_of(code: str) -> str:
    check = CHECKS.get(code)
    return check.title if check else code


def verdict_at(verdict: str, *, too_old_at: dt.datetime | None, at: dt.datetime) -> str:
    """A result past its maximum age reads unknown, whatever it said."""
    return Verdict.UNKNOWN if too_old_at is None or at >= too_old_at else verdict


class CheckAlertQuerySet(models.QuerySet["CheckAlert"]):
    def visible_to(self, actor: Actor) -> Self:
        """For those who instruct and the auditor: nothing is decided yet."""
        return self.all() if CheckAlert.readable_by(actor) else self.none()

    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def for_lists(self) -> Self:
        return self.select_related("offer__supplier", "run", "closed_by")


class CheckAlert(models.Model):
    """A check of a listed offer failed several times in a row: a person looks. It changes no status.

    Open until an officer says what came of it (``outcome``); ``recovered_at``: the check passed again.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="+")
    check_code = models.CharField(max_length=40)
    run = models.ForeignKey("qualification.CheckRun", on_delete=models.PROTECT, related_name="+")
    failures = models.PositiveIntegerField()
    opened_at = models.DateTimeField(default=timezone.now)
    recovered_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=1000, blank=True)
    closed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = CheckAlertQuerySet.as_manager()

    class Meta:
        ordering = ("opened_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("offer", "check_code"),
                condition=models.Q(closed_at__isnull=True),
                name="check_alert_one_open",
                violation_error_message="Une alerte est déjà ouverte pour ce contrôle.",
            ),
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True) | ~models.Q(outcome=""),
                name="check_alert_outcome",
                violation_error_message="Dites ce que vous avez conclu de cette alerte.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.offer} – {self.check_code}"

    def get_absolute_url(self) -> str:
        return reverse("qualification:check_alert", args=[self.uuid])

    def audit_organisation_ids(self) -> list[int]:
        owner = self.offer.supplier.organisation_id
        return [owner] if owner else []

    @property
    def title(self) -> str:
        return title_of(self.check_code)

    @staticmethod
    def readable_by(actor: Actor) -> bool:
        return actor.has(*OVERSIGHT_ROLES, *READING_ROLES)
