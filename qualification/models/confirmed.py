from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone

from catalog.models import Offer
from catalog.registers.specs import REGISTERS
from marketplace.accounts.enums import OVERSIGHT_ROLES
from qualification.models.dossier import READING_ROLES, Dossier
from qualification.models.offer_check import title_of

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

ASKED, IN_FORCE, REFUSED, ENDED = "asked", "in_force", "refused", "ended"
STANDINGS = {
    ASKED: "En attente d’une autre personne",
    IN_FORCE: "En vigueur",
    REFUSED: "Refusé",
    ENDED: "Terminé",
}


class ConfirmedQuerySet(models.QuerySet["Confirmed"]):
    def waiting(self) -> Self:
        return self.filter(answered_at__isnull=True, ended_at__isnull=True)

    def accepted(self) -> Self:
        return self.filter(accepted=True, ended_at__isnull=True)

    def for_lists(self) -> Self:
        return self.select_related("offer__supplier", "asked_by", "answered_by", "ended_by")


class Confirmed(models.Model):
    """What one person asks and another accepts or refuses, with reasons and dates; it may be ended later.

    Written by `qualification.confirmations` only. ``accepted`` None: nobody answered yet.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(max_length=2000)
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    accepted = models.BooleanField(null=True)
    answer = models.TextField(max_length=2000, blank=True)
    answered_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.TextField(max_length=2000, blank=True)
    ended_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(answered_by__isnull=True)
                | (
                    ~models.Q(answered_by=models.F("asked_by"))
                    & models.Q(answered_at__isnull=False, accepted__isnull=False)
                ),
                name="%(class)s_two_persons",
                violation_error_message="Une autre personne que son auteur répond.",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True) | ~models.Q(end_reason=""),
                name="%(class)s_end_reasoned",
                violation_error_message="Dites pourquoi il prend fin.",
            ),
        ]

    def audit_organisation_ids(self) -> list[int]:
        owner = self.offer.supplier.organisation_id
        return [owner] if owner else []

    @property
    def standing(self) -> str:
        if self.ended_at is not None:
            return ENDED
        if self.accepted is None:
            return ASKED
        return IN_FORCE if self.accepted else REFUSED

    @property
    def standing_told(self) -> str:
        return STANDINGS[self.standing]


class WaiverQuerySet(ConfirmedQuerySet):
    def in_force(self, on: dt.date) -> Self:
        return self.accepted().filter(valid_until__gte=on)

    def visible_to(self, actor: Actor) -> Self:
        """Accepted ones with the offer they concern; the others with their dossier."""
        published = models.Q(accepted=True, offer__in=Offer.objects.visible_to(actor))
        return self.filter(published | models.Q(dossier__in=Dossier.objects.visible_to(actor)))


class Waiver(Confirmed):
    """« Écart accepté »: a mandatory check could not conclude, and two persons let the offer be listed all
    the same, until a date. It never says that the check passed. Published with the offer."""

    dossier = models.ForeignKey("qualification.Dossier", on_delete=models.PROTECT, related_name="waivers")
    check_code = models.CharField(max_length=40)
    run = models.ForeignKey("qualification.CheckRun", on_delete=models.PROTECT, related_name="+")
    valid_until = models.DateField("jusqu’au")

    objects = WaiverQuerySet.as_manager()

    class Meta(Confirmed.Meta):
        abstract = False
        ordering = ("-asked_at", "-pk")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Confirmed.Meta.constraints,
            models.UniqueConstraint(
                fields=("offer", "check_code"),
                condition=models.Q(answered_at__isnull=True, ended_at__isnull=True),
                name="waiver_one_asked",
                violation_error_message="Un écart est déjà demandé pour ce contrôle.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer} – {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("qualification:waiver", args=[self.uuid])

    @property
    def title(self) -> str:
        return title_of(self.check_code)

    @property
    def standing(self) -> str:
        """By the clock: an accepted one ends after its last day."""
        known = super().standing
        return ENDED if known == IN_FORCE and self.valid_until < timezone.localdate() else known


class RegisterLinkQuerySet(ConfirmedQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        return self.all() if actor.has(*OVERSIGHT_ROLES, *READING_ROLES) else self.none()

    def confirmed_key(self, offer: Offer, *, register: str) -> str:
        """Of the line that stands for this offer and its present supplier; empty: none. One query."""
        rows = self.accepted().filter(offer=offer, register=register)
        owner = offer.supplier.organisation_id
        return rows.filter(organisation=owner).values_list("key", flat=True).first() or "" if owner else ""


class RegisterLink(Confirmed):
    """A line of an issuer's register is this offer of this verified supplier, say two persons.

    ``key`` as in `catalog.registers.reading.row_key`; ``row``: the line as it was read when asked. A new
    supplier, or a line that has gone, is a new link: nothing follows by its name.
    """

    register = models.CharField(max_length=20)
    key = models.CharField(max_length=460)
    row = models.JSONField()
    edition = models.CharField(max_length=40)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")

    objects = RegisterLinkQuerySet.as_manager()

    class Meta(Confirmed.Meta):
        abstract = False
        ordering = ("-asked_at", "-pk")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            *Confirmed.Meta.constraints,
            models.UniqueConstraint(
                fields=("offer", "register"),
                condition=models.Q(ended_at__isnull=True)
                & (models.Q(accepted__isnull=True) | models.Q(accepted=True)),
                name="register_link_one_live",
                violation_error_message="Cette offre est déjà rattachée à une ligne de ce registre.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer} – {self.register} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("qualification:register_link", args=[self.uuid])

    @property
    def register_label(self) -> str:
        return REGISTERS[self.register].label if self.register in REGISTERS else self.register

    @property
    def number(self) -> str:
        return str(self.row.get("decision") or "")
