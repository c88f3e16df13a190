"""The second factor: who must have one, whether this session was opened with it."""

from collections.abc import Callable

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from marketplace.accounts.enums import OrganisationState
from marketplace.accounts.models import RoleGrant, User
from marketplace.rest.errors import is_api, problem_response

ENROLLED_KEY = "second_factor_enrolled"
# Pages one may still see before having enrolled: enrolling, confirming who one is, leaving.
OPEN_PAGES = frozenset(
    {
        "mfa_activate_totp",
        "mfa_view_recovery_codes",
        "mfa_download_recovery_codes",
        "mfa_reauthenticate",
        "account_reauthenticate",
        "account_logout",
        "account_confirm_email",
        "account_email_verification_sent",
    }
)


def second_factor_is_compulsory(user: User) -> bool:
    """True while any grant in force, in any verified organisation, is of a role the setting names."""
    if not settings.MFA_REQUIRED_ROLES:
        return False
    return (
        RoleGrant.objects.in_force(timezone.localdate())
        .filter(
            membership__user=user,
            membership__ended_at__isnull=True,
            membership__organisation__state=OrganisationState.VERIFIED,
            role__in=settings.MFA_REQUIRED_ROLES,
        )
        .exists()
    )


def has_second_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def session_has_second_factor(request: HttpRequest) -> bool:
    """Whether a second factor was given when this session was opened, or confirmed since."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, request.user))


class SecondFactorMiddleware:
    """Before anything else, the holder of a sensitive role enrols. Costs nothing when not configured."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        if not settings.MFA_REQUIRED_ROLES or self._may_pass(request):
            return None
        if is_api(request):
            detail = "Votre rôle demande une double authentification. Activez-la sur « Mon compte »."
            return problem_response(403, code="second_factor_missing", detail=detail)
        messages.warning(
            request, "Votre rôle demande une double authentification. Activez-la pour continuer."
        )
        return redirect("mfa_activate_totp")

    def _may_pass(self, request: HttpRequest) -> bool:
        match = request.resolver_match
        if match is None or match.url_name in OPEN_PAGES:
            return True
        if not request.user.is_authenticated or request.session.get(ENROLLED_KEY):
            return True
        if not request.actor.has(*settings.MFA_REQUIRED_ROLES):
            return True
        if not has_second_factor(request.user):
            return False
        request.session[ENROLLED_KEY] = True
        return True
