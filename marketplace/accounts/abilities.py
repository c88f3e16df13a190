"""What a person may do to an object.

Each app answers for its objects with :data:`Verdicts`: an empty sentence means yes, any other one
says why not. Buttons show what is allowed; views and endpoints call :func:`require`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.enums import OrganisationKind, Role, admin_role
from marketplace.errors import NotAllowed, Refusal

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import Organisation, RoleGrant, User

Verdicts = dict[str, str]


def allowed(verdicts: Verdicts, name: str) -> bool:
    return verdicts.get(name, "x") == ""


def require(verdicts: Verdicts, name: str) -> None:
    """Raise NotAllowed with the reason; an ability nobody declared is refused."""
    refusal = verdicts.get(name, NO_RIGHT)
    if refusal:
        raise NotAllowed("not_allowed", refusal)


def governs(actor: Actor, organisation: Organisation) -> bool:
    """The administrator of this very organisation, acting for it."""
    return actor.organisation == organisation and actor.has(admin_role(organisation.kind))


def supports(actor: Actor, organisation: Organisation) -> bool:
    """Support looks after everybody's organisations but the operator's own."""
    return actor.has(Role.SUPPORT) and organisation.kind != OrganisationKind.OPERATOR


NO_RIGHT = "Vous n’avez pas le droit de faire cela."


def role_needed(*roles: str, because: str = NO_RIGHT) -> Refusal:
    """« … Rôle nécessaire : valideur. »; one of ``roles`` is enough."""
    names = " ou ".join(role_word(role) for role in roles)
    return Refusal(f"{because} Rôle nécessaire\u00a0: {names}.".strip(), roles=roles)


def role_word(role: str) -> str:
    """In a sentence: « valideur », but « RSSI »."""
    label = str(Role(role).label)
    return label if label.isupper() else label[0].lower() + label[1:]


def needs(role: str) -> Refusal:
    return role_needed(role, because="")


def organisation_abilities(actor: Actor, organisation: Organisation) -> Verdicts:
    admin = needs(admin_role(organisation.kind))
    governing, supporting = governs(actor, organisation), supports(actor, organisation)
    support_only = "" if supporting else needs(Role.SUPPORT)
    return {
        "see_members": "" if actor.organisation == organisation or supporting else admin,
        "invite": "" if governing or supporting else admin,
        "grant_role": "" if governing else admin,
        "end_membership": "" if governing or supporting else admin,
        "manage_service_accounts": "" if governing else admin,
        "verify": _verify_verdict(actor, organisation, support_only),
        "reject": _verify_verdict(actor, organisation, support_only),
        "manage_domains": support_only,
    }


def _verify_verdict(actor: Actor, organisation: Organisation, support_only: str) -> str:
    if (
        not support_only
        and actor.user is not None
        and actor.user.memberships.filter(organisation=organisation).exists()
    ):
        return "Vous êtes membre de cette organisation\u00a0: une autre personne doit la vérifier."
    return support_only


def grant_abilities(actor: Actor, grant: RoleGrant) -> Verdicts:
    organisation = grant.membership.organisation
    governing, supporting = governs(actor, organisation), supports(actor, organisation)
    own = actor.is_person(grant.membership.user_id)
    refusal = "" if governing or supporting else needs(admin_role(organisation.kind))
    return {"confirm": _confirm_verdict(actor, grant, refusal), "revoke": "" if own else refusal}


def _confirm_verdict(actor: Actor, grant: RoleGrant, refusal: str) -> str:
    if refusal:
        return refusal
    if actor.is_person(grant.membership.user_id):
        return "Ce rôle est le vôtre\u00a0: une autre personne doit le confirmer."
    if actor.is_person(grant.granted_by_id):
        return "Vous avez donné ce rôle\u00a0: un autre administrateur ou l’assistance doit le confirmer."
    return ""


def person_abilities(actor: Actor, person: User) -> Verdicts:
    """``unlock``: support for everybody, the platform's administrator for the operator's members."""
    if actor.is_person(person):
        return {"unlock": "Une autre personne doit débloquer votre compte."}
    if actor.has(Role.SUPPORT):
        return {"unlock": ""}
    of_operator = person.memberships.filter(
        organisation__kind=OrganisationKind.OPERATOR, ended_at__isnull=True
    ).exists()
    allowed_here = actor.has(Role.PLATFORM_ADMIN) and of_operator
    return {"unlock": "" if allowed_here else needs(Role.SUPPORT)}
