"""A dossier and an offer that changes hands: one sent is decided first, one not sent yet follows."""

from __future__ import annotations

import datetime as dt

import pytest

from catalog.handovers import actions as handovers
from catalog.models import OfferHandover
from marketplace.accounts.models import Membership
from marketplace.errors import MoveRefused
from marketplace.events.bus import consume
from marketplace.events.models import EventDelivery
from qualification.models import Dossier
from tests.builders import actor_for, make_member
from tests.habits.matrix.world import World

pytestmark = pytest.mark.django_db


def propose(dossier: Dossier, receiver: Membership) -> OfferHandover:
    return handovers.propose(
        dossier.offer,
        actor=actor_for("curator"),
        identifier=receiver.organisation.identifier,
        reason="Fusion.",
        source="Annonce",
        source_date=dt.date(2026, 1, 5),
    )


def test_a_sent_dossier_is_decided_first() -> None:
    dossier = World().dossier("instruction")
    with pytest.raises(MoveRefused) as refused:
        propose(dossier, make_member("supplier_manager"))
    assert refused.value.code == "handover_refused" and dossier.number in refused.value.message


def test_an_unsent_dossier_follows_its_offer() -> None:
    dossier, receiver = World().dossier("draft"), make_member("supplier_manager")
    handovers.accept(
        propose(dossier, receiver), actor=actor_for("supplier_manager", organisation=receiver.organisation)
    )
    delivery = EventDelivery.objects.get(consumer="qualification.unsent_dossier")
    assert consume(delivery.pk)
    dossier.refresh_from_db()
    assert dossier.organisation == receiver.organisation
