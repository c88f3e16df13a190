"""Every (state, move) pair of the offer's and the claim's tables."""

import itertools
from typing import Any

import pytest

from catalog.enums import ClaimProof, ClaimState, OfferState
from catalog.models import Offer, OfferClaim, OfferVersion
from catalog.states import CLAIM_MOVES, OFFER_MOVES
from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused, VersionStale
from tests.builders import make_member
from tests.catalog.builders import ACTOR, make_offer

pytestmark = pytest.mark.django_db
PAIRS = list(itertools.product(OfferState.values, OFFER_MOVES))


def act(offer: Offer, move: str) -> Any:
    if move == "open_sheet":
        Offer.objects.filter(pk=offer.pk).update(source_key=f"essai-{offer.pk}")
        version, _ = OfferVersion.objects.get_or_create(offer=offer, number=1)
        return offer.become_public_sheet(version, actor=ACTOR)
    if move == "publish":
        return offer.publish(actor=ACTOR, version=offer.versions.get(number=1))
    if move == "claim":
        return offer.claim(actor=ACTOR)
    return getattr(offer, move)(actor=ACTOR, reason="Essai.")


@pytest.mark.parametrize(("state", "move"), PAIRS)
def test_offer_moves(state: str, move: str) -> None:
    offer = make_offer(state=state)
    allowed = state in OFFER_MOVES[move].sources
    if not allowed:
        with pytest.raises(MoveRefused) as refused:
            act(offer, move)
        assert refused.value.status == 409
        offer.refresh_from_db()
        assert offer.state == state
        return
    act(offer, move)
    assert offer.state == OFFER_MOVES[move].target
    line = AuditEvent.objects.filter(object_type="catalog.offer", object_id=offer.pk).latest("pk")
    assert (line.from_state, line.to_state, line.what) == (state, OFFER_MOVES[move].target, move)


def test_a_move_refuses_a_version_read_too_early() -> None:
    offer = make_offer()
    with pytest.raises(VersionStale):
        offer.suspend(actor=ACTOR, reason="Essai.", expected_version=offer.version + 7)


@pytest.mark.parametrize(("state", "move"), list(itertools.product(ClaimState.values, CLAIM_MOVES)))
def test_claim_moves(state: str, move: str) -> None:
    member = make_member("supplier_manager")
    claim = OfferClaim.objects.create(
        state=state,
        offer=make_offer(state=OfferState.UNCLAIMED),
        organisation=member.organisation,
        claimed_by=member.user,
        proof=ClaimProof.DNS,
    )
    options = {"reason": "Essai."} if move in ("grant", "refuse") else {}
    if state in CLAIM_MOVES[move].sources:
        getattr(claim, move)(actor=ACTOR, **options)
        assert claim.state == CLAIM_MOVES[move].target
    else:
        with pytest.raises(MoveRefused):
            getattr(claim, move)(actor=ACTOR, **options)
