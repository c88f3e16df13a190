from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.workflow import Stateful, state_constraint
from procurement.controls.enums import LIVING_CONTROLS, ControlKind, ControlState, PaperKind
from procurement.controls.states import CONTROL_FILE
from procurement.enums import OpinionVerdict
from procurement.models.readers import of_project

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

MOST_ASPECT = 5000


class ControlFileQuerySet(models.QuerySet["ControlFile"]):
    def visible_to(self, actor: Actor) -> Self:
        """Same readers as the project."""
        return of_project(self, actor)

    def living(self) -> Self:
        return self.filter(state__in=LIVING_CONTROLS)

    def for_pages(self) -> Self:
        return self.select_related("project__organisation", "prepared_by").prefetch_related(
            "papers__document", "papers__recorded_by"
        )


class ControlFile(Stateful):
    """What a project owes under R7 or R8, why (`owed`, frozen the day it was prepared), and the answer."""

    MOVES = CONTROL_FILE

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("numéro", max_length=30, unique=True, editable=False)
    state = models.CharField(
        "état", max_length=40, choices=ControlState, default=ControlState.PREPARED, db_index=True
    )
    kind = models.CharField("nature", max_length=20, choices=ControlKind)
    project = models.ForeignKey("procurement.Project", models.PROTECT, related_name="control_files")
    # Level, reason and source of the rule, full cost and day, as they were.
    owed = models.JSONField("raison", default=dict)
    economic = models.TextField("aspects économiques", max_length=MOST_ASPECT, blank=True)
    legal = models.TextField("aspects juridiques", max_length=MOST_ASPECT, blank=True)
    business = models.TextField("aspects métiers", max_length=MOST_ASPECT, blank=True)
    security = models.TextField("aspects de sécurité", max_length=MOST_ASPECT, blank=True)
    prepared_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    prepared_at = models.DateTimeField(default=timezone.now)
    sent_on = models.DateField("transmis le", null=True, blank=True)
    sent_reference = models.CharField("référence de l’envoi", max_length=100, blank=True)
    acknowledged_on = models.DateField("réception accusée le", null=True, blank=True)
    answered_on = models.DateField("avis rendu le", null=True, blank=True)
    verdict = models.CharField("avis", max_length=20, choices=OpinionVerdict, blank=True)
    verdict_text = models.TextField("texte de l’avis", max_length=5000, blank=True)
    closing_reason = models.TextField("motif", max_length=2000, blank=True)

    objects = ControlFileQuerySet.as_manager()

    class Meta:
        ordering = ("-prepared_at", "-pk")
        verbose_name = "dossier de contrôle"
        constraints = (
            state_constraint("control_file_state", ControlState.values),
            models.UniqueConstraint(
                fields=("project", "kind"),
                condition=models.Q(state__in=LIVING_CONTROLS),
                name="control_file_one_living",
                violation_error_message="Ce projet a déjà un dossier de cette nature.",
            ),
            models.CheckConstraint(
                name="control_file_sent_dated",
                condition=models.Q(state__in=[ControlState.PREPARED, ControlState.WITHDRAWN])
                | models.Q(sent_on__isnull=False),
                violation_error_message="Un dossier transmis porte la date de son envoi.",
            ),
            models.CheckConstraint(
                name="control_file_answered_whole",
                condition=~models.Q(state=ControlState.ANSWERED)
                | (models.Q(answered_on__isnull=False) & ~models.Q(verdict="")),
                violation_error_message="Un avis rendu porte sa date et son sens.",
            ),
            models.CheckConstraint(
                name="control_file_study_compares",
                condition=~models.Q(kind=ControlKind.STUDY)
                | ~(
                    models.Q(economic="") | models.Q(legal="") | models.Q(business="") | models.Q(security="")
                ),
                violation_error_message="L’étude compare les aspects économiques, juridiques, métiers et de "
                "sécurité.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("procurement:control_file", args=[self.number])

    def audit_organisation_ids(self) -> list[int]:
        return [self.project.organisation_id]

    @property
    def addressee(self) -> str:
        return "la DNUM du ministère" if self.kind == ControlKind.MINISTRY else "la DINUM"


class ControlPaper(models.Model):
    """A document of the file, or of the answer. Never changed (trigger)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    control_file = models.ForeignKey(ControlFile, models.PROTECT, related_name="papers")
    kind = models.CharField("nature", max_length=20, choices=PaperKind)
    title = models.CharField("titre", max_length=160)
    document = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("recorded_at", "pk")

    def __str__(self) -> str:
        return self.title

    def audit_organisation_ids(self) -> list[int]:
        return self.control_file.audit_organisation_ids()
