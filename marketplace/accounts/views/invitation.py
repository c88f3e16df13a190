"""The link of an invitation: read by anybody who holds it, accepted by its addressee alone."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from marketplace.accounts.actions.invitations import accept_invitation, owns_address
from marketplace.accounts.enums import Role
from marketplace.accounts.middleware import SESSION_KEY
from marketplace.accounts.models import Invitation
from marketplace.errors import Gone
from marketplace.ui.breadcrumb import breadcrumb


def _found(secret: str) -> Invitation:
    """404 on an unknown secret, 410 on one that has served, was cancelled or is too old."""
    invitation = Invitation.objects.by_secret(secret).select_related("organisation", "invited_by").first()
    if invitation is None:
        raise Http404
    if not invitation.is_open:
        raise Gone(
            "invitation_closed",
            "Cette invitation ne sert plus\u00a0: elle a déjà servi, a été annulée ou a plus de sept jours.",
            on=timezone.localdate(min(invitation.expires_at, timezone.now())),
        )
    return invitation


@never_cache
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    found = _found(secret)
    signed_in = request.user.is_authenticated
    context = {
        "invitation": found,
        "roles": [Role(role).label for role in found.roles],
        "is_addressee": signed_in and owns_address(request.user, found.email),
        "secret": secret,
        "breadcrumb_data": breadcrumb(current="Invitation"),
    }
    response = render(request, "accounts/invitation.html", context)
    # The address of this page is the key: it must not leave with a link followed from it.
    response["Referrer-Policy"] = "no-referrer"
    return response


@login_required
@require_POST
def invitation_accept(request: HttpRequest, secret: str) -> HttpResponse:
    membership = accept_invitation(_found(secret), actor=request.actor)
    request.session[SESSION_KEY] = membership.pk
    messages.success(request, f"Vous êtes membre de {membership.organisation.name}.")
    return redirect("accounts:organisation")
