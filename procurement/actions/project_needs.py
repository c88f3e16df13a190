"""Which missing needs a project carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from procurement.models import ProjectNeed

if TYPE_CHECKING:
    from catalog.models import MissingNeed
    from marketplace.accounts.actors import Actor
    from procurement.models import Project


def link_need(project: Project, need: MissingNeed, *, actor: Actor) -> ProjectNeed:
    """Safe to run twice. The need's own journal says nothing of the project."""
    with transaction.atomic():
        link, is_new = ProjectNeed.objects.get_or_create(project=project, need=need)
        if is_new:
            project.touch("report_need", actor=actor, apply=lambda row: None, detail={"need": need.number})
    return link


def needs_of(project: Project) -> list[MissingNeed]:
    """Oldest first; a merged one is told by the one that stays. One query."""
    links = project.missing_needs.select_related("need__merged_into")
    found = [link.need.merged_into or link.need for link in links]
    return list({need.pk: need for need in found}.values())
