"""Every state and every move of the organisation and of the invitation."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.accounts.actors import Actor, system_actor
from marketplace.accounts.enums import InvitationState, OrganisationState
from marketplace.accounts.models import Invitation, Organisation
from marketplace.audit.models import AuditEvent
from marketplace.errors import Gone, MoveRefused, VersionStale
from tests.builders import make_organisation, make_user

pytestmark = pytest.mark.django_db
PROOF = {"proof_kind": "letter", "proof_reference": "COURRIER-1", "proof_date": dt.date(2026, 1, 2)}

ORGANISATION = {
    ("pending", "verify"): "verified",
    ("pending", "reject"): "rejected",
    ("verified", "close"): "closed",
}
INVITATION = {("open", "accept"): "accepted", ("open", "revoke"): "revoked", ("open", "expire"): "expired"}


def make_invitation(state: str = InvitationState.OPEN, **extra: object) -> Invitation:
    user = make_user()
    values = {
        "organisation": make_organisation(),
        "email": "invite@essai.example",
        "token_sha256": Invitation.digest(f"{user.pk}"),
        "invited_by": user,
        "expires_at": timezone.now() + dt.timedelta(days=7),
        "accepted_by": user if state == InvitationState.ACCEPTED else None,
        **extra,
    }
    return Invitation.objects.create(state=state, **values)


@pytest.mark.parametrize("move", ["verify", "reject", "close"])
@pytest.mark.parametrize("state", OrganisationState.values)
def test_organisation(state: str, move: str) -> None:
    organisation = make_organisation(state=state, proof_date=dt.date(2026, 1, 2))
    arguments = PROOF if move == "verify" else {"reason": "Motif"}
    act = getattr(organisation, move)
    target = ORGANISATION.get((state, move))
    if target is None:
        with pytest.raises(MoveRefused):
            act(actor=system_actor("essai"), **arguments)
        assert Organisation.objects.get(pk=organisation.pk).state == state
        return
    act(actor=system_actor("essai"), **arguments)
    assert (organisation.state, organisation.version) == (target, 2)
    event = AuditEvent.objects.get(object_type="accounts.organisation", what=move)
    assert (event.from_state, event.to_state) == (state, target)


@pytest.mark.parametrize("move", ["accept", "revoke", "expire"])
@pytest.mark.parametrize("state", InvitationState.values)
def test_invitation(state: str, move: str) -> None:
    invitation = make_invitation(state)
    target = INVITATION.get((state, move))
    if target is None:
        with pytest.raises(MoveRefused):
            getattr(invitation, move)(actor=Actor(user=make_user()))
        assert Invitation.objects.get(pk=invitation.pk).state == state
        return
    getattr(invitation, move)(actor=Actor(user=make_user()))
    assert invitation.state == target
    assert AuditEvent.objects.filter(object_type="accounts.invitation", what=move).count() == 1


def test_the_clock_closes_an_invitation_before_beat_does() -> None:
    invitation = make_invitation(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert not invitation.is_open
    assert not Invitation.objects.open_now().exists()
    with pytest.raises(Gone):
        invitation.accept(actor=Actor(user=make_user()))
    assert Invitation.objects.get(pk=invitation.pk).state == InvitationState.OPEN


def test_the_version_read_is_compared() -> None:
    organisation = make_organisation(state=OrganisationState.PENDING)
    with pytest.raises(VersionStale):
        organisation.verify(actor=system_actor("essai"), expected_version=7, **PROOF)


def test_only_a_verified_organisation_holds_its_identifier() -> None:
    identifier = {"identifier_scheme": "SIRET", "identifier": "00000001900015"}
    make_organisation(state=OrganisationState.PENDING, **identifier)
    make_organisation(state=OrganisationState.PENDING, **identifier)
    make_organisation(state=OrganisationState.VERIFIED, **identifier)
    with pytest.raises(IntegrityError, match="organisation_identifier_once_verified"), transaction.atomic():
        make_organisation(state=OrganisationState.VERIFIED, **identifier)


def test_no_verification_without_a_dated_proof() -> None:
    with pytest.raises(IntegrityError, match="organisation_verified_on_proof"), transaction.atomic():
        make_organisation(state=OrganisationState.VERIFIED, proof_date=None)
