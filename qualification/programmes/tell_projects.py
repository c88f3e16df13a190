"""Who of a consortium is told of what, in the transaction of the act."""

from __future__ import annotations

from collections.abc import Iterable

from marketplace.accounts.enums import Role
from marketplace.accounts.models import Membership, User
from marketplace.notifications.outbox import notify
from marketplace.ui.typography import date_text, datetime_text
from qualification.programmes.models import ConsortiumMember, ProjectProposal


def invited(proposal: ProjectProposal, member: ConsortiumMember) -> None:
    notify(
        _managers([member.organisation_id]),
        subject=f"{proposal.organisation.name} vous invite dans un groupement",
        body=f"Projet « {proposal.title} », {member.get_role_display().lower()} : {member.part}\n\n"
        "Confirmez ou déclinez : le projet ne peut pas partir sans votre réponse.",
        url=proposal.get_absolute_url(),
        key=f"{proposal.number}:invited-{member.pk}",
    )


def answered(proposal: ProjectProposal, member: ConsortiumMember) -> None:
    notify(
        _managers([proposal.organisation_id]),
        subject=f"{member.organisation.name} : {member.get_answer_display().lower()}",
        body=f"Projet « {proposal.title} ».",
        url=proposal.get_absolute_url(),
        key=f"{proposal.number}:answered-{member.pk}-{member.answer}",
    )


def sent(proposal: ProjectProposal) -> None:
    assert proposal.sent_at is not None
    notify(
        _managers(each.organisation_id for each in proposal.standing),
        subject=f"Récépissé du projet {proposal.number}",
        body=f"Reçu le {datetime_text(proposal.sent_at)} (heure de Paris).\n"
        f"Empreinte SHA-256 : {proposal.sent_sha256}",
        url=proposal.get_absolute_url(),
        key=f"{proposal.number}:sent-{proposal.version}",
    )


def outcome(proposal: ProjectProposal, *, reason: str) -> None:
    assert proposal.decided_on is not None
    words = f"Choix de l’opérateur du {date_text(proposal.decided_on)}, {proposal.decision_reference}."
    notify(
        _managers(each.organisation_id for each in proposal.standing),
        subject=f"Projet {proposal.number} : {proposal.get_state_display().lower()}",
        body=f"{words} {reason}".strip(),
        url=proposal.get_absolute_url(),
        key=f"{proposal.number}:outcome-{proposal.version}",
    )


def _managers(organisations: Iterable[int]) -> list[User]:
    holding = Membership.objects.filter(organisation__in=list(organisations)).holding(Role.SUPPLIER_MANAGER)
    return [membership.user for membership in holding.select_related("user")]
