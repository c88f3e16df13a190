"""Erasing the side rows that name a person. The event keeps its commitment, the salt goes with the row:
the chain stays valid and there is nothing left to guess the words from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Q

from marketplace.audit.models import AuditSide


def erase_sides(*, user_id: int, objects: Mapping[str, Sequence[int]]) -> int:
    """Erase what ``user_id`` did, and what was done to ``objects`` (keys by object type). How many."""
    about = Q(event__user_id=user_id)
    for object_type, keys in objects.items():
        about |= Q(event__object_type=object_type, event__object_id__in=keys)
    return AuditSide.objects.filter(about).delete()[0]
