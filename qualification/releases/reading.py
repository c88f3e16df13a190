"""The rows as lists and pages read them: without the content, which weighs hundreds of kilobytes."""

from __future__ import annotations

from django.db.models import QuerySet

from qualification.models import GaiaxRelease, ReleaseTrial

HEAVY = ("content", "anchors")


def light() -> QuerySet[GaiaxRelease]:
    return GaiaxRelease.objects.defer(*HEAVY)


def trials_shown() -> QuerySet[ReleaseTrial]:
    heavy = [f"{side}__{name}" for side in ("release", "compared_with") for name in HEAVY]
    return ReleaseTrial.objects.select_related("release", "compared_with", "asked_by").defer(*heavy)
