from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone

from marketplace.accounts.enums import Role, admin_role

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def visible_to(self, actor: Actor) -> Self:
        """The auditor reads everything; who administers an organisation, its own events."""
        if actor.has(Role.AUDITOR):
            return self
        if not may_read_journal(actor):
            return self.none()
        return self.filter(concerned_ids__contains=[actor.organisation.pk])


def may_read_journal(actor: Actor) -> bool:
    if actor.organisation is None:
        return False
    return actor.has(Role.AUDITOR, Role.SUPPORT, admin_role(actor.organisation.kind))


class AuditEvent(models.Model):
    """One line of the journal: codes, keys and times, nothing that names a person or tells a story.

    Names, addresses and free text lie in :class:`AuditSide`; here stands only a salted commitment to
    them, so that erasing a person leaves the chain valid. Triggers refuse UPDATE, DELETE, TRUNCATE.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    what = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60)
    object_id = models.BigIntegerField()
    object_number = models.CharField(max_length=40, blank=True)
    from_state = models.CharField(max_length=40, blank=True)
    to_state = models.CharField(max_length=40, blank=True)
    actor_kind = models.CharField(max_length=20)
    # Keys, not names: a person erased keeps a key that leads nowhere.
    user_id = models.BigIntegerField(null=True)
    organisation_id = models.BigIntegerField(null=True, db_index=True)
    # The organisations that may read this line in their own journal.
    concerned_ids = models.JSONField(default=list)
    side_commitment = models.CharField(max_length=64)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="audit_event_object"),
            models.Index(fields=["user_id"], name="audit_event_user"),
            GinIndex(fields=["concerned_ids"], name="audit_event_concerned", opclasses=["jsonb_path_ops"]),
        ]

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_number or self.object_id} {self.what}"


class AuditSide(models.Model):
    """The erasable half of an event: DELETE is the only change the database lets through."""

    event = models.OneToOneField(AuditEvent, models.PROTECT, primary_key=True, related_name="side")
    salt = models.CharField(max_length=64)
    actor_label = models.CharField(max_length=200, blank=True)
    ip = models.CharField(max_length=45, blank=True)
    reason = models.TextField(blank=True)
    detail = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.actor_label


class AuditSeal(models.Model):
    """A link of the chain, appended by the sealing role alone."""

    seq = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(AuditEvent, models.PROTECT, related_name="seal")
    prev_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)
    sealed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["seq"]

    def __str__(self) -> str:
        return f"{self.seq} {self.hash[:8]}"


class AuditHead(models.Model):
    """A signed head of the chain, which also left the database as a file."""

    seq = models.BigIntegerField(unique=True)
    hash = models.CharField(max_length=64)
    key_id = models.CharField(max_length=40)
    signature = models.TextField()
    signed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["seq"]

    def __str__(self) -> str:
        return f"{self.seq} {self.hash[:8]}"


class AuditVerification(models.Model):
    """What the last check of the whole journal found, for the auditor's page."""

    at = models.DateTimeField(default=timezone.now)
    verified = models.BigIntegerField()
    broken_seq = models.BigIntegerField(null=True, blank=True)
    broken_at = models.DateTimeField(null=True, blank=True)
    problems = models.JSONField(default=list)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verified}"

    @property
    def intact(self) -> bool:
        return not self.problems
