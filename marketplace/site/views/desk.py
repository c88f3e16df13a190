"""« Mon bureau »: what waits for the reader, from every app, oldest limit first."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.accounts.middleware import actor_of
from marketplace.ui import desk as registry


@login_required
def desk(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    zones = registry.rows_for(actor)
    todo = zones[registry.TODO]
    return render(
        request,
        "site/desk.html",
        {
            "todo": todo,
            "first": todo[0] if todo else None,
            **{zone: zones[zone] for zone in (registry.SOON, registry.CHANGED, registry.DONE)},
            "shortcuts": registry.shortcuts_for(actor),
            "ended_roles": ended_roles(actor),
            "role_labels": sorted(str(Role(role).label) for role in actor.roles),
            "today": timezone.localdate(),
        },
    )


def ended_roles(actor: Actor) -> list[str]:
    """Labels of the roles that ended in the last 30 days and are not held again."""
    if actor.membership is None:
        return []
    today = timezone.localdate()
    return sorted(
        str(Role(grant.role).label)
        for grant in actor.membership.grants.all()
        if grant.revoked_at is None
        and grant.expires_on is not None
        and 0 < (today - grant.expires_on).days <= 30
        and grant.role not in actor.roles
    )
