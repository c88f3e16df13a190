"""A consultation of a group is published only once every member has signed its convention."""

from __future__ import annotations

from procurement.groups.enums import GroupState, MemberState
from procurement.models import GroupMember, GroupPurchase, Project


def hold_group(project_id: int) -> None:
    """Until the end of the transaction: nobody makes, leaves or dissolves a group of this project."""
    Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project_id)
    list(GroupPurchase.objects.living().select_for_update(of=("self",)).filter(project_id=project_id))


def group_refusal(project_id: int) -> str:
    """Empty, or which signatures are missing. At most two queries."""
    group = GroupPurchase.objects.living().filter(project_id=project_id).first()
    if group is None or group.state == GroupState.SIGNED:
        return ""
    members = GroupMember.objects.filter(group=group, state=MemberState.JOINED, signed_at=None)
    names = ", ".join(members.order_by("pk").values_list("organisation__name", flat=True))
    missing = f" Il manque\u00a0: {names}." if names and group.state == GroupState.SIGNING else ""
    return f"La convention du groupement {group.number} n’est pas signée par tous ses membres.{missing}"
