"""So many looks at one host at a time, whoever looks; the others come back, their attempt not counted."""

import threading

import pytest
from django.db import connection, connections

from marketplace.leases import LeaseState
from qualification import hosts, pipeline
from qualification.checks import gaiax_credential
from qualification.facts_web import CredentialFacts
from qualification.fetcher import FetchResult, Limits
from qualification.gaiax import resolve
from qualification.hosts import HostBusy, Looks, host_of, place_at
from qualification.models import CheckRun, GaiaxVerification
from qualification.verifications import run_verification
from tests.builders import make_organisation
from tests.qualification import builders

HOST = "cloud.fournisseur.example"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Cloud.Exemple.fr:8443/a?b", "cloud.exemple.fr"),
        ("https://[2001:db8::1]/", "2001:db8::1"),
        ("https://[", ""),
        ("", ""),
    ],
)
def test_the_host_of_an_address(url, host):
    assert host_of(url) == host


def held_elsewhere(places: int) -> threading.Event:
    """So many other sessions look at HOST until the event is set."""
    leave, arrived = threading.Event(), threading.Barrier(places + 1)

    def look() -> None:
        try:
            with place_at(HOST):
                arrived.wait(20)
                leave.wait(20)
        finally:
            connections.close_all()

    for _ in range(places):
        threading.Thread(target=look, daemon=True).start()
    arrived.wait(20)
    return leave


@pytest.mark.django_db(transaction=True)
def test_as_many_places_as_the_setting_says_and_given_back(settings):
    settings.CHECKS_PER_HOST = 2
    leave = held_elsewhere(2)
    try:
        with pytest.raises(HostBusy), place_at(HOST):
            pytest.fail("a third look began")
        with place_at("autre.example"), place_at(""):
            pass
    finally:
        leave.set()
    wait_until_free()
    with pytest.raises(ZeroDivisionError), place_at(HOST):
        raise ZeroDivisionError
    assert places_held() == 0


@pytest.mark.django_db(transaction=True)
def test_a_run_whose_host_is_busy_comes_back_its_attempt_not_counted(settings, monkeypatch):
    settings.CHECKS_PER_HOST = 1
    dossier = builders.make_dossier(builders.make_people(), upto="checking")
    run = dossier.runs.get(check_code="website_tls")
    monkeypatch.setattr(pipeline, "host_of", lambda url: HOST)
    leave = held_elsewhere(1)
    try:
        assert not pipeline.run_check(run.pk)
    finally:
        leave.set()
    waiting = CheckRun.objects.get(pk=run.pk)
    assert (waiting.lease_state, waiting.attempt, waiting.token) == (LeaseState.DUE, 0, "")
    assert waiting.due_at > run.due_at and waiting.sent_at is None
    wait_until_free()
    CheckRun.objects.filter(pk=run.pk).update(due_at=run.due_at)
    assert pipeline.run_check(run.pk)
    assert CheckRun.objects.get(pk=run.pk).lease_state == LeaseState.DONE
    assert places_held() == 0


@pytest.mark.django_db(transaction=True)
def test_several_hosts_are_looked_at_one_place_at_a_time_and_waited_for(settings, monkeypatch):
    settings.CHECKS_PER_HOST = 1
    held: list[int] = []
    monkeypatch.setattr(hosts, "fetch", lambda url, limits: held.append(places_held()) or FetchResult(url))
    look = Looks(patience=5.0)
    leave = held_elsewhere(1)
    threading.Timer(0.3, leave.set).start()
    for url in (f"https://{HOST}/did.json", "https://autre.example/did.json", f"https://{HOST}/liste"):
        assert look(url, limits=Limits()).url == url
    # One's own place alone, at each look: nobody who waits holds what another waits for.
    assert held == [1, 1, 1]
    assert 3.0 < look.patience < 4.9
    leave = held_elsewhere(1)
    try:
        with pytest.raises(HostBusy):
            Looks(patience=0.2)(f"https://{HOST}/", limits=Limits())
    finally:
        leave.set()
    wait_until_free()


@pytest.mark.django_db(transaction=True)
def test_the_documents_of_a_credential_wait_for_their_hosts(settings, monkeypatch):
    """A verification asked for, and the check of an attached one: neither is judged, nor counted, while the
    host of an issuer is busy."""
    settings.CHECKS_PER_HOST = 1
    monkeypatch.setattr(resolve, "Looks", lambda: Looks(patience=0.0))
    monkeypatch.setattr(resolve.sandbox, "needs_apart", lambda text: ([f"did:web:{HOST}"], []))
    row = GaiaxVerification.objects.create(organisation=make_organisation(), text="{}")
    leave = held_elsewhere(1)
    try:
        assert not run_verification(row.pk)
        with pytest.raises(HostBusy):
            gaiax_credential.observe(CredentialFacts(credential="un", text="{}"))
    finally:
        leave.set()
    waiting = GaiaxVerification.objects.get()
    assert (waiting.lease_state, waiting.attempt, waiting.report) == (LeaseState.DUE, 0, {})
    assert waiting.due_at > row.due_at and waiting.sent_at is None
    wait_until_free()
    # The check itself looks at no host of the offer: its places are those of the documents.
    assert gaiax_credential.CHECK.visits(CredentialFacts(credential="un")) == ""


def places_held() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND classid = (hashtext('qualification.host')::bigint & 4294967295)::oid"
        )
        return int(cursor.fetchone()[0])


def wait_until_free() -> None:
    for _ in range(2000):
        if places_held() == 0:
            return
        threading.Event().wait(0.01)
    pytest.fail("a place was kept")
