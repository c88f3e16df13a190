"""Who reads the rows that hang from a project, or that two parties hold: one rule for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import QuerySet

from marketplace.accounts.enums import Role

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

Rows = TypeVar("Rows", bound=QuerySet[Any])


def of_project(rows: Rows, actor: Actor, *, organisation: str = "project__organisation") -> Rows:
    """Members of the administration who hold a role in it; the auditor reads all."""
    if actor.has(Role.AUDITOR):
        return rows
    if actor.organisation is None or not actor.is_buyer or not actor.roles:
        return rows.none()
    return rows.filter(**{organisation: actor.organisation})


def of_both_parties(
    rows: Rows, actor: Actor, *, buyer: str = "buyer", supplier: str = "supplier__organisation"
) -> Rows:
    """Members of either with a role in it; the auditor reads all."""
    if actor.has(Role.AUDITOR):
        return rows
    if actor.organisation is None or not actor.roles:
        return rows.none()
    return rows.filter(**{supplier if actor.is_supplier else buyer: actor.organisation})
