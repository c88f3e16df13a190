"""Saved searches: what a look finds new, with its reasons, and who is told when. Real commits."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from catalog.models import Change, Offer, OfferSearchRow, SavedSearch
from catalog.saved_searches import actions as saved_searches
from catalog.saved_searches import news as search_news
from catalog.saved_searches.news import watch
from catalog.tasks import watch_searches
from catalog.trust import record_status
from marketplace.accounts.models import Membership
from marketplace.notifications.models import Notification, OutgoingEmail
from tests.builders import actor_for
from tests.catalog.builders import ACTOR, make_mark, make_offer
from tests.catalog.opendata.commits import rename, separate

pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]
ACT = {"issuer": "ANSSI", "act_reference": "ACTE-1", "act_date": dt.date(2026, 1, 5)}


def saved(query: str = "model=saas", **values: Any) -> SavedSearch:
    actor = values.pop("actor", None) or actor_for("requester")
    made = saved_searches.save(actor=actor, name=values.pop("name", "Bureautique"), query=query, **values)
    watch(made.pk)
    return again(made)


def again(search: SavedSearch) -> SavedSearch:
    return SavedSearch.objects.get(pk=search.pk)


def told(search: SavedSearch) -> list[tuple[str, str]]:
    """(kind, offer) of each piece of news, oldest first."""
    return [(news.kind, news.offer.name) for news in search.news.order_by("pk").select_related("offer")]


def messages() -> list[str]:
    return list(Notification.objects.order_by("pk").values_list("subject", flat=True))


def changed(offer: Offer, **values: Any) -> None:
    Offer.objects.filter(pk=offer.pk).update(**values)
    OfferSearchRow.objects.refresh([offer.pk])


def test_the_first_look_says_nothing_then_what_comes_is_told_with_its_reason() -> None:
    make_offer(answers={"name": "Ancienne"})
    search = saved()
    assert told(search) == [] and messages() == [] and len(search.known or {}) == 1
    make_offer(answers={"name": "Nouvelle"})
    make_offer(answers={"name": "Ailleurs", "service_models": ["iaas"]})
    assert watch_searches() == 1
    assert told(search) == [("found", "Nouvelle")]
    assert search.news.get().reasons == ["Référencée"]
    assert messages() == ["Recherche «\u00a0Bureautique\u00a0»\u00a0: nouvelle dans les résultats (1)"]
    email = OutgoingEmail.objects.get()
    assert email.to == search.user.email and "Nouvelle. Référencée" in email.body
    assert search.get_absolute_url() in email.body
    # Nothing moved since: nothing is due, and a second look adds nothing.
    assert watch_searches() == 0 and watch(search.pk) == []
    assert len(messages()) == 1


def test_one_message_a_day_holds_the_rest() -> None:
    offer = make_offer(answers={"name": "Coffre"})
    search = saved()
    make_offer(answers={"name": "Un"})
    watch(search.pk)
    make_offer(answers={"name": "Deux"})
    changed(offer, website="https://coffre.example/")
    watch(search.pk)
    assert len(messages()) == 1
    assert told(search) == [("found", "Un"), ("changed", "Coffre"), ("found", "Deux")]
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        assert watch_searches() == 1
        assert watch_searches() == 0
    assert messages()[1:] == [
        "Recherche «\u00a0Bureautique\u00a0»\u00a0: nouvelle dans les résultats (1), modifiée (1)"
    ]


def test_a_lost_status_is_told_at_once_the_same_day() -> None:
    offer = make_offer(answers={"name": "Coffre"})
    mark = make_mark(offer)
    search = saved("secnumcloud=in_force")
    make_mark(make_offer(answers={"name": "Autre"}))
    watch(search.pk)
    record_status(mark, status="suspended", actor=ACTOR, **ACT)
    watch(search.pk)
    assert told(search)[-1] == ("lost", "Coffre")
    reasons = search.news.first().reasons
    assert reasons[0] == "SecNumCloud\u00a0: n’est plus tenu pour en vigueur"
    assert reasons[-1] == "L’offre ne répond plus à la recherche."
    assert len(messages()) == 2 and "statut perdu (1)" in messages()[1]


def test_a_status_that_the_clock_takes_is_lost_too() -> None:
    offer = make_offer()
    make_mark(offer, valid_until=timezone.localdate())
    search = saved("model=saas")
    with time_machine.travel(timezone.now() + dt.timedelta(days=1)):
        assert watch_searches() == 1
    assert [kind for kind, _ in told(search)] == ["lost"]


def test_an_offer_that_leaves() -> None:
    offer = make_offer(answers={"name": "Coffre"})
    search = saved()
    offer.withdraw(actor=ACTOR, reason="Fin de commercialisation.")
    watch(search.pk)
    assert told(search) == [("gone", "Coffre")]
    assert search.news.get().reasons == ["Retirée\u00a0: Fin de commercialisation."]


def test_a_change_under_an_open_transaction_waits_and_is_told_once() -> None:
    """An older transaction still open may write before it: the next look says it, whole."""
    first, second = make_offer(answers={"name": "Un"}), make_offer(answers={"name": "Deux"})
    search = saved()
    with separate() as other:
        rename(other, first.pk, "Un, autrement")
        changed(second, website="https://deux.example/")
        watch(search.pk)
        assert told(search) == []
        other.commit()
    watch(search.pk)
    assert sorted(told(search)) == [("changed", "Deux"), ("changed", "Un, autrement")]
    watch(search.pk)
    assert search.news.count() == 2


def test_too_broad_a_search_is_said_and_not_watched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_news, "MOST_WATCHED", 1)
    make_offer()
    search = saved("")
    assert not search.is_too_broad
    make_offer()
    watch(search.pk)
    assert again(search).is_too_broad and again(search).known is None and messages() == []


def test_colleagues_who_follow_are_told_while_they_are_members_and_it_is_shared() -> None:
    author = actor_for("requester")
    colleague = actor_for("approver", organisation=author.organisation)
    gone = actor_for("approver", organisation=author.organisation)
    search = saved(actor=author, is_shared=True)
    for actor in (colleague, gone):
        saved_searches.follow(search, actor=actor)
    Membership.objects.filter(pk=gone.membership.pk).update(ended_at=timezone.now())
    make_offer()
    watch(search.pk)
    assert set(Notification.objects.values_list("user", flat=True)) == {author.user.pk, colleague.user.pk}
    saved_searches.edit(search, actor=author, is_shared=False)
    assert search_news.followers(again(search)) == [author.user]


def test_a_search_that_nobody_follows_costs_nothing() -> None:
    search = saved(follow=False)
    make_offer()
    assert watch_searches() == 0 and told(search) == []


def test_unknown_parameters_of_an_old_search_are_no_error() -> None:
    make_offer(answers={"name": "Coffre"})
    search = saved("couleur=bleu&model=saas&model=inconnu&price_max=beaucoup")
    assert len(search.known or {}) == 1


def test_changes_of_another_history_are_not_waited_for() -> None:
    """After a restore elsewhere the numbers begin again: the search goes on from what it finds."""
    search = saved()
    SavedSearch.objects.filter(pk=search.pk).update(seen_xid=2**60, seen_id=1)
    make_offer(answers={"name": "Coffre"})
    watch(search.pk)
    assert told(search) == [("found", "Coffre")]
    assert again(search).position == Change.objects.settled()


def test_one_bad_search_does_not_silence_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    bad, good = saved(name="Un"), saved(name="Deux", actor=actor_for("requester"))
    real = search_news.offers_found

    def broken(query: str, **options: Any) -> Any:
        if query == "broken=1":
            raise ValueError("broken")
        return real(query, **options)

    SavedSearch.objects.filter(pk=bad.pk).update(query="broken=1")
    monkeypatch.setattr(search_news, "offers_found", broken)
    make_offer(answers={"name": "Coffre"})
    assert watch_searches() == 1 and told(good) == [("found", "Coffre")]


def test_a_mistyped_search_is_watched_as_the_page_reads_it() -> None:
    found = make_offer(answers={"name": "Messagerie Zéta"})
    make_offer(answers={"name": "Autre"})
    search = saved("q=mesagerie")
    watch(search.pk)
    assert set(again(search).known or {}) == {str(found.pk)}
