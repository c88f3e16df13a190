from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.utils import timezone

from catalog.enums import DifferenceKind, RegisterImportState
from catalog.states import REGISTER_IMPORT_MOVES
from marketplace.accounts.enums import Role
from marketplace.workflow import Move, Stateful, state_constraint

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class CuratorsQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        return self if actor.has(Role.CURATOR, Role.AUDITOR) else self.none()


class RegisterImport(Stateful):
    """One reading of an issuer's register, previewed then applied by the same curator, or undone.

    `rows` are those of the release it would write; `faults` the lines left out (line, column, message,
    key). `sha256` covers all that the curator reads before confirming, the release compared with included.
    `readings` keep what the marks read again said before: mark, reading date, source.
    """

    MOVES: ClassVar[dict[str, Move]] = REGISTER_IMPORT_MOVES

    state = models.CharField(max_length=40, choices=RegisterImportState, db_index=True)
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    register = models.CharField("registre", max_length=20)
    edition = models.CharField("édition", max_length=40)
    read_on = models.DateField("lu le")
    source = models.CharField("source", max_length=300)
    file_name = models.CharField("fichier", max_length=120)
    rows = models.JSONField()
    faults = models.JSONField(default=list)
    readings = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64)
    compared_with = models.ForeignKey(
        "reference.ReferenceRelease", null=True, on_delete=models.PROTECT, related_name="+"
    )
    release = models.ForeignKey(
        "reference.ReferenceRelease", null=True, on_delete=models.PROTECT, related_name="+"
    )
    prepared_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField(default=timezone.now)

    objects = CuratorsQuerySet.as_manager()

    class Meta:
        ordering = ("-prepared_at", "-pk")
        constraints = (state_constraint("register_import_state", RegisterImportState.values),)

    def __str__(self) -> str:
        return f"{self.register} {self.edition}"


class RegisterDifference(models.Model):
    """A difference that touches an offer, to be looked at. It changes no status by itself: a loss is
    recorded with its act, on the mark's own page. Open until a curator says what came of it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reading = models.ForeignKey(RegisterImport, on_delete=models.PROTECT, related_name="differences")
    kind = models.CharField(max_length=10, choices=DifferenceKind)
    key = models.CharField(max_length=460)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="+")
    mark = models.ForeignKey("catalog.TrustMark", null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=1000, blank=True)
    closed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = CuratorsQuerySet.as_manager()

    class Meta:
        ordering = ("reading__prepared_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True) | ~models.Q(outcome=""),
                name="register_difference_outcome",
                violation_error_message="Dites ce que vous avez conclu de cet écart.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} – {self.offer}"
