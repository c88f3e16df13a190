"""Who prepares the file: who writes the project. Who sends it and records the answer: the DNUM."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import Role
from procurement.abilities import OTHER_ORGANISATION, project_abilities

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import ControlFile, Project


def control_files_abilities(actor: Actor) -> Verdicts:
    """What needs no project yet."""
    able = actor.is_buyer and actor.has(Role.REQUESTER)
    return {"create": "" if able else role_needed(Role.REQUESTER)}


def prepare_ability(actor: Actor, project: Project) -> Verdicts:
    return {"create": project_abilities(actor, project)["edit"]}


def control_file_abilities(actor: Actor, file: ControlFile) -> Verdicts:
    """One query for the project's authors, unless they were prefetched."""
    recording = _by_dnum(actor, file)
    return {
        "add_paper": project_abilities(actor, file.project)["edit"],
        "withdraw": project_abilities(actor, file.project)["edit"],
        **dict.fromkeys(("send", "acknowledge", "answer"), recording),
    }


def _by_dnum(actor: Actor, file: ControlFile) -> str:
    if actor.organisation is None or actor.organisation.pk != file.project.organisation_id:
        return OTHER_ORGANISATION
    return "" if actor.user is not None and actor.has(Role.DNUM) else role_needed(Role.DNUM)
