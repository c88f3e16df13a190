"""A restricted procedure for tests, and those who apply."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from marketplace.accounts.actors import Actor
from procurement.candidates import applying
from procurement.models import Candidate, Consultation

CALL: dict[str, Any] = {
    "route": "formalised",
    "value": 200_000,
    "access": "restricted",
    "selection_criteria": "Références de même taille, puis effectifs.",
    "candidates_most": 6,
}


def dume(name: str = "dume.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "Candidature d’essai.".encode())


def give(row: Consultation, actor: Actor, **more: Any) -> Candidate:
    given: dict[str, Any] = {"candidacy": "dume", "not_excluded": True, "file": dume(), **more}
    return applying.apply(row, actor=actor, **given)


def pass_term(row: Consultation) -> Consultation:
    """As if the call had been published some weeks ago and its term were past."""
    now = timezone.now()
    Consultation.objects.filter(pk=row.pk).update(
        published_at=now - dt.timedelta(days=40), candidatures_until=now - dt.timedelta(minutes=5)
    )
    row.refresh_from_db()
    return row
