"""Who records: an AIPD, the authors or the DPO; an homologation, the qualified authority or the RSSI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, role_needed
from marketplace.accounts.enums import Role
from procurement.abilities import OTHER_ORGANISATION, project_abilities
from procurement.compliance.enums import ComplianceKind

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import ComplianceAct, Project

_KEEPERS = {
    ComplianceKind.IMPACT_ASSESSMENT: (Role.DATA_OFFICER,),
    ComplianceKind.ACCREDITATION: (Role.QUALIFIED_AUTHORITY, Role.SECURITY_OFFICER),
}
_ALL = (Role.REQUESTER, Role.DATA_OFFICER, Role.QUALIFIED_AUTHORITY, Role.SECURITY_OFFICER)


def compliance_acts_abilities(actor: Actor) -> Verdicts:
    """What needs no project yet."""
    return {"create": "" if actor.is_buyer and actor.has(*_ALL) else role_needed(*_ALL)}


def record_refusal(actor: Actor, project: Project, kind: str) -> str:
    """Empty, or why this person does not record it. A machine never does."""
    if actor.organisation is None or actor.organisation.pk != project.organisation_id:
        return OTHER_ORGANISATION
    keepers = _KEEPERS[ComplianceKind(kind)]
    if actor.user is None:
        return role_needed(*keepers)
    if actor.has(*keepers):
        return ""
    if kind == ComplianceKind.IMPACT_ASSESSMENT:
        return project_abilities(actor, project)["edit"]
    return role_needed(*keepers)


def compliance_act_abilities(actor: Actor, act: ComplianceAct) -> Verdicts:
    """Who sees it may read its paper."""
    return {"document": ""}
