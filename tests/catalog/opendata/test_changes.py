"""Rows of the feed of changes: what writes one, what does not, in which order they are given."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from catalog.actions import reviews
from catalog.enums import OfferState
from catalog.models import Change, Offer, OfferVersion, TrustFact
from catalog.models.change import Position, standing
from catalog.stack import add_edge
from catalog.trust import record_status
from marketplace.accounts.enums import Role
from tests.builders import actor_for
from tests.catalog.builders import ACTOR, make_mark, make_offer

pytestmark = pytest.mark.django_db


def kinds(offer: Offer) -> list[str]:
    return list(Change.objects.filter(offer=offer).order_by("pk").values_list("kind", flat=True))


def forget() -> int:
    """The last change known, to read only what comes next."""
    return Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def since(last: int) -> list[tuple[str, int]]:
    rows = Change.objects.filter(pk__gt=last).order_by("pk")
    return list(rows.values_list("kind", "offer_id"))


def test_a_draft_is_nobody_s_news() -> None:
    draft = make_offer(state=OfferState.DRAFT)
    make_mark(draft)
    assert kinds(draft) == []


def test_publication_opens_what_was_recorded_before() -> None:
    draft = make_offer(state=OfferState.DRAFT)
    make_mark(draft)
    version = draft.draft_version
    assert version is not None
    version.freeze()
    draft.publish(actor=ACTOR, version=version)
    assert kinds(draft) == ["listed", "trust_fact"]
    listed = Change.objects.get(offer=draft, kind="listed")
    assert (listed.state, listed.reason, listed.fact) == ("listed", "", None)


def test_each_move_has_its_word_and_its_reason() -> None:
    offer = make_offer()
    last = forget()
    offer.suspend(actor=ACTOR, reason="Faille non corrigée.")
    offer.lift(actor=ACTOR, reason="Corrigée.")
    offer.withdraw(actor=ACTOR, reason="Fin de commercialisation.")
    offer.remove(actor=ACTOR, reason="Doublon.")
    rows = Change.objects.filter(pk__gt=last).order_by("pk").values_list("kind", "state", "reason")
    assert list(rows) == [
        ("suspended", "suspended", "Faille non corrigée."),
        ("reinstated", "listed", ""),
        ("withdrawn", "withdrawn", "Fin de commercialisation."),
        ("removed", "removed", "Doublon."),
    ]


def test_a_draft_withdrawn_before_anybody_read_it_says_nothing() -> None:
    draft = make_offer(state=OfferState.DRAFT)
    draft.withdraw(actor=ACTOR, reason="Abandon.")
    assert kinds(draft) == []


def test_an_edition_in_progress_says_nothing_and_its_acceptance_says_changed() -> None:
    offer = make_offer()
    last = forget()
    version = offer.edit_version(by=None)
    OfferVersion.objects.filter(pk=version.pk).update(answers={**version.answers, "name": "Nom nouveau"})
    review = reviews.propose(offer, actor=actor_for(Role.SUPPLIER_MANAGER))
    assert since(last) == []
    reviews.accept(review, actor=actor_for(Role.CURATOR))
    assert since(last) == [("changed", offer.pk)]


def test_a_status_lost_below_is_told_of_what_stands_on_it() -> None:
    base, above, stranger = make_offer(), make_offer(), make_offer()
    mark = make_mark(base)
    make_mark(above)
    make_mark(stranger)
    add_edge(above, actor=ACTOR, base=base, layer="infrastructure", inherits=True)
    with connection.cursor() as cursor:  # what the rows above wrote is another transaction's
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM catalog_change")
        cursor.execute("SET session_replication_role = origin")
    record_status(
        mark,
        status="suspended",
        actor=ACTOR,
        issuer="ANSSI",
        act_reference="2026-1",
        act_date=dt.date(2026, 1, 2),
    )
    told = set(Change.objects.values_list("kind", "offer_id"))
    assert told == {("trust_fact", base.pk), ("trust_changed", base.pk), ("trust_changed", above.pk)}


def test_a_fact_is_told_once_and_named() -> None:
    offer = make_offer()
    mark = make_mark(offer)
    fact = TrustFact.objects.get(mark=mark)
    change = Change.objects.get(kind="trust_fact", offer=offer)
    assert change.fact == fact


def test_what_a_supplier_is_called_changes_its_offers() -> None:
    offer, other = make_offer(), make_offer()
    last = forget()
    offer.supplier.name = "Nouveau Nom Exemple"
    offer.supplier.save()
    assert since(last) == [("changed", offer.pk)]
    assert other.pk != offer.pk


def test_saving_the_same_says_nothing() -> None:
    offer = make_offer()
    last = forget()
    offer.supplier.save()
    offer.save()
    assert since(last) == []


@pytest.mark.parametrize(
    "statement", ["UPDATE catalog_change SET kind = 'listed'", "DELETE FROM catalog_change"]
)
def test_a_change_is_never_rewritten(statement: str) -> None:
    make_offer()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_current_transaction_is_above_the_horizon() -> None:
    offer = make_offer()
    assert not Change.objects.after(Position()).filter(offer=offer).exists()
    seen = standing()
    assert Change.objects.get(offer=offer).pk in seen.above
    make_offer()
    assert standing() != seen
