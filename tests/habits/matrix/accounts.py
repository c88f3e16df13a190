"""The entrance (django-allauth), one's account, the organisation, support, messages, the journal."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from marketplace.accounts.models import ApiToken, Invitation, PublicEmailDomain, ServiceAccount
from marketplace.notifications.models import Notification
from marketplace.notifications.outbox import notify
from tests.builders import make_organisation
from tests.habits.matrix.rows import (
    BUYERS,
    EVERYBODY,
    NOBODY,
    OTHER_BUYER,
    OTHER_SUPPLIER,
    SIGNED_IN,
    Row,
    only,
)
from tests.habits.matrix.world import World

# Those who run an organisation: an administration's admin, a supplier's manager, the platform's admin.
RUNNERS = only("organisation_admin", "supplier_manager", "platform_admin", OTHER_BUYER, OTHER_SUPPLIER)
ADMIN = only("organisation_admin")
SUPPORT = only("support")
SECRET = "secret-d-essai"


def a_token(world: World, **holder: Any) -> ApiToken:
    return ApiToken.issue(label="essai", scopes=[], lifetime=dt.timedelta(hours=1), **holder)[0]


def own_token(world: World) -> dict[str, Any]:
    return {"token_id": a_token(world, membership=world.the("requester")).uuid}


def machine(world: World) -> dict[str, Any]:
    creator = world.the("organisation_admin").user
    found = ServiceAccount.objects.create(
        organisation=world.ministry, name="Passerelle", roles=["requester"], created_by=creator
    )
    return {"account_id": found.uuid}


def machine_token(world: World) -> dict[str, Any]:
    ids = machine(world)
    return {
        **ids,
        "token_id": a_token(world, service_account=ServiceAccount.objects.get(uuid=ids["account_id"])).uuid,
    }


def invitation(world: World) -> Invitation:
    return Invitation.objects.create(
        organisation=world.ministry,
        email="invitee@essai.example",
        token_sha256=Invitation.digest(SECRET),
        invited_by=world.the("organisation_admin").user,
        expires_at=timezone.now() + dt.timedelta(days=7),
    )


def invited(world: World) -> dict[str, Any]:
    invitation(world)
    return {"secret": SECRET}


def a_member(world: World, **more: Any) -> dict[str, Any]:
    return {"member_id": world.the("requester").uuid, **more}


def pending(world: World) -> dict[str, Any]:
    return {"number": make_organisation(state="pending").number}


def domain(world: World) -> dict[str, Any]:
    PublicEmailDomain.objects.create(domain="essai.example", organisation=world.ministry)
    return {"number": world.ministry.number, "domain": "essai.example"}


def message(world: World) -> dict[str, Any]:
    notify([world.the("requester").user], subject="Essai", body="Essai", url="/bureau/")
    return {"notification_id": Notification.objects.latest("pk").uuid}


ENTRANCE: dict[str, Row] = {
    "GET account_login": Row(EVERYBODY),
    "GET account_logout": Row(EVERYBODY),
    "GET account_signup": Row(EVERYBODY),
    "GET account_email_verification_sent": Row(EVERYBODY),
    "GET account_confirm_email": Row(EVERYBODY, lambda world: {"key": "inconnue"}),
    "GET account_reset_password": Row(EVERYBODY),
    "GET account_reset_password_done": Row(EVERYBODY),
    "GET account_reset_password_from_key_done": Row(EVERYBODY),
    "GET account_reset_password_from_key": Row(EVERYBODY, lambda world: {"uidb36": "1", "key": "inconnue"}),
    "GET account_inactive": Row(EVERYBODY),
    "GET account_reauthenticate": Row(SIGNED_IN),
    "GET account_email": Row(SIGNED_IN),
    "GET account_change_password": Row(SIGNED_IN),
    "GET account_set_password": Row(SIGNED_IN),
    "GET mfa_authenticate": Row(SIGNED_IN),
    "GET mfa_index": Row(SIGNED_IN),
    "GET mfa_reauthenticate": Row(SIGNED_IN),
    "GET mfa_activate_totp": Row(SIGNED_IN),
    # Nobody of the world has a second factor yet: there is nothing to stop or to show.
    "GET mfa_deactivate_totp": Row(NOBODY),
    "GET mfa_view_recovery_codes": Row(NOBODY),
    "GET mfa_generate_recovery_codes": Row(SIGNED_IN),
    "GET mfa_download_recovery_codes": Row(NOBODY),
}
OWN: dict[str, Row] = {
    "GET accounts:account": Row(SIGNED_IN),
    "GET accounts:tokens": Row(SIGNED_IN),
    "POST accounts:session_keep": Row(SIGNED_IN),
    "GET accounts:token_revoke": Row(only("requester"), own_token),
    "GET accounts:erase": Row(SIGNED_IN),
    "GET accounts:organisation": Row(SIGNED_IN),
    "GET accounts:switch": Row(SIGNED_IN),
    "GET accounts:join": Row(SIGNED_IN),
    "GET accounts:declare": Row(SIGNED_IN),
    "GET accounts:invitation": Row(EVERYBODY, invited),
    # Bound to the confirmed address of the person invited, who is none of these.
    "POST accounts:invitation_accept": Row(NOBODY, invited),
    "GET notifications:list": Row(SIGNED_IN),
    "POST notifications:read_all": Row(SIGNED_IN),
    "POST notifications:open": Row(only("requester"), message),
}
ORGANISATION: dict[str, Row] = {
    "GET accounts:invite": Row(RUNNERS),
    "GET accounts:invitation_revoke": Row(ADMIN, lambda world: {"invitation_id": invitation(world).uuid}),
    "GET accounts:member": Row(BUYERS | SUPPORT, a_member),
    "GET accounts:member_end": Row(ADMIN | SUPPORT, a_member),
    "GET accounts:role_confirm": Row(ADMIN | SUPPORT, lambda world: a_member(world, role="requester")),
    # One may also give up one's own role.
    "GET accounts:role_revoke": Row(
        ADMIN | SUPPORT | only("requester"), lambda world: a_member(world, role="requester")
    ),
    "GET accounts:service_accounts": Row(RUNNERS),
    "GET accounts:service_account": Row(ADMIN, machine),
    "GET accounts:service_account_close": Row(ADMIN, machine),
    "GET accounts:machine_token_revoke": Row(ADMIN, machine_token),
}
STEERING: dict[str, Row] = {
    "GET accounts:people": Row(SUPPORT | only("platform_admin")),
    # The platform's admin sees the operator's own people only.
    "GET accounts:person": Row(SUPPORT, lambda world: {"person_id": world.the("requester").user.uuid}),
    "GET accounts:organisation_new": Row(SUPPORT),
    "GET accounts:support_organisation": Row(SUPPORT, pending),
    "GET accounts:organisation_reject": Row(SUPPORT, pending),
    "GET accounts:organisation_invite": Row(SUPPORT, lambda world: {"number": world.ministry.number}),
    "GET accounts:domains": Row(SUPPORT),
    "GET accounts:domain_remove": Row(SUPPORT, domain),
    "GET audit:journal": Row(RUNNERS | SUPPORT | only("auditor")),
    "GET audit:export": Row(RUNNERS | SUPPORT | only("auditor")),
}
ROWS: dict[str, Row] = {**ENTRANCE, **OWN, **ORGANISATION, **STEERING}
