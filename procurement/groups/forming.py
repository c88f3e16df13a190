"""Making a group, its members, its convention. The group's row is locked first, then the member's."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.files.sniff import PDF
from marketplace.files.store import store_upload
from marketplace.notifications.outbox import notify
from marketplace.numbering import next_number
from procurement.actions.projects import refuse_closed
from procurement.consultations.enums import ENDED_STATES
from procurement.groups.enums import PRESENT, GroupState, MemberState, ShareState
from procurement.groups.sharing import check_volume
from procurement.models import Consultation, GroupMember, GroupPurchase, NeedShare, Project
from procurement.order_people import people_holding

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from marketplace.accounts.actors import Actor

LEAST_MEMBERS = 2
TOLD = (Role.PURCHASING, Role.REQUESTER, Role.AUTHORISING_OFFICER)


def create_group(project: Project, *, actor: Actor, title: str, unit: str, volume: Decimal) -> GroupPurchase:
    """The project's administration coordinates. Raises MoveRefused, RuleBroken naming the field."""
    check_volume(volume)
    with transaction.atomic():
        row = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
        refuse_closed(row)
        refuse_published(row.pk)
        if row.groups.living().exists():
            raise MoveRefused("group_living", "Ce projet porte déjà un groupement. Suivez-le.")
        group = GroupPurchase.objects.create(number=next_number("GRP"), project=row, title=title, unit=unit)
        GroupMember.objects.create(
            group=group,
            organisation_id=row.organisation_id,
            project=row,
            volume=volume,
            state=MemberState.JOINED,
        )
        group.journal_creation(actor=actor, detail={"project": row.number})
    return group


def refuse_published(project_id: int) -> None:
    """Once published, a consultation is of those who signed before it."""
    published = Consultation.objects.filter(project_id=project_id, published_at__isnull=False)
    if published.exclude(state__in=ENDED_STATES).exists():
        raise MoveRefused(
            "consultation_published", "La consultation est publiée\u00a0: le groupement ne change plus."
        )


def invite(group: GroupPurchase, *, actor: Actor, share: NeedShare) -> GroupMember:
    """The administration of a need that is shared today. Raises MoveRefused, RuleBroken on `share`."""
    with transaction.atomic():
        row = _held(group)
        refuse_not(row, GroupState.FORMING)
        if share.state != ShareState.SHARED:
            raise RuleBroken("share_withdrawn", "Ce besoin n’est plus partagé.", field="share")
        if row.members.filter(organisation=share.project.organisation, state__in=PRESENT).exists():
            raise RuleBroken(
                "member_known", "Cette administration est déjà dans le groupement.", field="share"
            )
        made = GroupMember.objects.create(
            group=row, organisation=share.project.organisation, project=share.project, volume=share.volume
        )
        made.journal_creation(actor=actor, detail={"group": row.number})
        _tell(made, f"Invitation au {row}", f"{row.title}. Coordonnateur\u00a0: {row.project.organisation}.")
    return made


def join(
    member: GroupMember, *, actor: Actor, volume: Decimal, expected_version: int | None = None
) -> GroupMember:
    check_volume(volume)

    def apply(row: GroupMember) -> None:
        row.volume = volume

    with transaction.atomic():
        refuse_not(_held(member.group), GroupState.FORMING)
        member.perform("join", actor=actor, apply=apply, expected_version=expected_version)
    return member


def decline(member: GroupMember, *, actor: Actor, expected_version: int | None = None) -> GroupMember:
    return member.perform("decline", actor=actor, expected_version=expected_version)


def leave(
    member: GroupMember, *, actor: Actor, reason: str, expected_version: int | None = None
) -> GroupMember:
    """Before all have signed: the others sign again. The coordinator dissolves instead."""
    with transaction.atomic():
        group = _held(member.group)
        refuse_to_leave(member, group)
        if group.state == GroupState.SIGNING:
            reopen(group, actor=actor, reason=reason)
        member.refresh_from_db()
        member.perform("leave", actor=actor, reason=reason, expected_version=expected_version)
    return member


def refuse_to_leave(member: GroupMember, group: GroupPurchase) -> None:
    if member.is_coordinator:
        raise MoveRefused(
            "coordinator_stays", "Le coordonnateur ne quitte pas le groupement\u00a0: il le dissout."
        )
    if group.state not in (GroupState.FORMING, GroupState.SIGNING):
        raise MoveRefused("group_signed", "Tous ont signé la convention\u00a0: elle engage le groupement.")


def propose_convention(
    group: GroupPurchase, *, actor: Actor, document: UploadedFile, expected_version: int | None = None
) -> GroupPurchase:
    """Put to the signature of those who joined; invitations without an answer lapse."""

    def apply(row: GroupPurchase) -> None:
        if row.members.filter(state=MemberState.JOINED).count() < LEAST_MEMBERS:
            raise MoveRefused(
                "group_alone", "Un groupement compte au moins deux membres. Attendez une adhésion."
            )
        row.document = store_upload(
            document, owner=row.project.organisation, actor=actor, accept=(PDF,), field="document"
        )

    with transaction.atomic():
        group.perform("propose_convention", actor=actor, apply=apply, expected_version=expected_version)
        for pending in group.members.filter(state=MemberState.INVITED):
            pending.perform("lapse", actor=actor)
        for member in group.members.filter(state=MemberState.JOINED).select_related("organisation"):
            _tell(member, f"{group}\u00a0: convention à signer", group.title)
    return group


def sign(member: GroupMember, *, actor: Actor, expected_version: int | None = None) -> GroupMember:
    """Binds the hash of the convention; the last signature completes the group. Raises MoveRefused."""
    if actor.user is None:
        raise NotAllowed("not_allowed", "Une convention est signée par une personne.")

    def apply(row: GroupMember) -> None:
        refuse_unsignable(row)
        assert group.document is not None  # constraint
        row.signed_by, row.signed_at = actor.user, timezone.now()
        row.signed_sha256 = group.document.sha256

    with transaction.atomic():
        group = _held(member.group)
        refuse_not(group, GroupState.SIGNING)
        member.touch("sign", actor=actor, apply=apply, expected_version=expected_version)
        if not group.members.filter(state=MemberState.JOINED, signed_at=None).exists():
            group.perform("complete", actor=actor)
    return member


def refuse_unsignable(member: GroupMember) -> None:
    if member.state != MemberState.JOINED:
        raise MoveRefused("not_a_member", "Rejoignez d’abord le groupement.")
    if member.signed_at is not None:
        raise MoveRefused("already_signed", "Votre administration a déjà signé cette convention.")


def reopen(
    group: GroupPurchase, *, actor: Actor, reason: str, expected_version: int | None = None
) -> GroupPurchase:
    """Signatures of the convention that was proposed no longer count."""
    with transaction.atomic():
        group.perform("reopen", actor=actor, reason=reason, expected_version=expected_version)
        for member in group.members.exclude(signed_at=None):
            member.touch("void_signature", actor=actor, apply=_unsign)
    return group


def _unsign(row: GroupMember) -> None:
    row.signed_by, row.signed_at, row.signed_sha256 = None, None, ""


def dissolve(
    group: GroupPurchase, *, actor: Actor, reason: str, expected_version: int | None = None
) -> GroupPurchase:
    """Not once the consultation is published."""

    def apply(row: GroupPurchase) -> None:
        refuse_published(row.project_id)
        row.closing_reason = reason

    return group.perform(
        "dissolve", actor=actor, reason=reason, apply=apply, expected_version=expected_version
    )


def refuse_not(group: GroupPurchase, state: GroupState) -> None:
    if group.state != state:
        raise MoveRefused("wrong_state", f"L’état du groupement est « {group.get_state_display()} ».")


def _held(group: GroupPurchase) -> GroupPurchase:
    held = GroupPurchase.objects.select_for_update(of=("self",)).select_related("document")
    return held.select_related("project__organisation").get(pk=group.pk)


def _tell(member: GroupMember, subject: str, body: str) -> None:
    notify(
        people_holding(member.organisation, *TOLD),
        subject=subject,
        body=body,
        url=member.group.get_absolute_url(),
        organisation=member.organisation,
    )
