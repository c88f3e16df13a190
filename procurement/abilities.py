"""Who may do what to a project, an analysis, an avis. The state is not judged here: moves judge it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts, require, role_needed
from marketplace.accounts.enums import Role
from procurement.enums import OpinionKind
from procurement.models.opinion import ROLE_OF_KIND

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import Assessment, Project

OTHER_ORGANISATION = "Ce projet est celui d’une autre administration."
OWN_ANALYSIS = "Vous avez rédigé cette analyse : la décision revient à une autre personne."

# What an author of the project may do to it.
WRITTEN = (
    "edit",
    "add_author",
    "add_document",
    "source",
    "buy",
    "run",
    "close",
    "abandon",
    "shortlist",
    "freeze_offers",
    "prove_search",
)


def _needs(actor: Actor, *roles: str, organisation_id: int) -> str:
    if actor.organisation is None or actor.organisation.pk != organisation_id:
        return OTHER_ORGANISATION
    return "" if actor.has(*roles) else role_needed(*roles)


def _writes(actor: Actor, project: Project) -> str:
    """A requester among the authors; a machine of the administration writes like one."""
    refusal = _needs(actor, Role.REQUESTER, organisation_id=project.organisation_id)
    if refusal or actor.user is None or project.is_author(actor.user):
        return refusal
    names = ", ".join(str(author) for author in project.authors.all()) or "l’administrateur de l’organisation"
    return f"Vous n’êtes pas parmi les auteurs de ce projet. Demandez à {names} de vous y ajouter."


def projects_abilities(actor: Actor) -> Verdicts:
    """What needs no project yet."""
    buyer = actor.is_buyer and actor.has(Role.REQUESTER)
    return {"create": "" if buyer else role_needed(Role.REQUESTER), "list": ""}


def project_abilities(actor: Actor, project: Project) -> Verdicts:
    """One query for the authors, unless they were prefetched."""
    writes = dict.fromkeys(WRITTEN, _writes(actor, project))
    assess = _needs(actor, Role.QUALIFIED_AUTHORITY, organisation_id=project.organisation_id)
    # A colleague who writes projects starts from this one, author of it or not.
    copy = _needs(actor, Role.REQUESTER, organisation_id=project.organisation_id)
    return {**writes, "assess": assess, "copy": copy}


def assessment_abilities(actor: Actor, assessment: Assessment) -> Verdicts:
    project = assessment.project
    writes = _writes(actor, project)
    decides = _needs(actor, Role.QUALIFIED_AUTHORITY, organisation_id=project.organisation_id)
    if not decides and assessment.is_author(actor.user):
        decides = OWN_ANALYSIS
    return {
        "edit": writes,
        "request_opinions": writes,
        "resume": writes,
        "send_back": decides,
        "decide": decides,
        **{
            f"give_{kind}": opinion_refusal(actor, kind=kind, organisation_id=project.organisation_id)
            for kind in ROLE_OF_KIND
        },
    }


def opinion_refusal(actor: Actor, *, kind: str, organisation_id: int) -> str:
    """Only the RSSI gives the RSSI's avis, only the DPO the DPO's."""
    return _needs(actor, ROLE_OF_KIND[OpinionKind(kind)], organisation_id=organisation_id)


def assessments_abilities(actor: Actor) -> Verdicts:
    return {"create": "" if actor.is_buyer and actor.has(Role.REQUESTER) else role_needed(Role.REQUESTER)}


def opinions_abilities(actor: Actor) -> Verdicts:
    officers = tuple(ROLE_OF_KIND.values())
    return {"create": "" if actor.is_buyer and actor.has(*officers) else role_needed(*officers)}


def require_project(actor: Actor, project: Project, ability: str) -> None:
    """Raises NotAllowed."""
    require(project_abilities(actor, project), ability)
