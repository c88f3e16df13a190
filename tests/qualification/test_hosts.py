"""So many looks at one host at a time, whoever looks; the others come back, their attempt not counted."""

import threading

import pytest
from django.db import connection, connections

from marketplace.devtools.tls_sites import Site, TlsSites, answer_page
from marketplace.leases import LeaseState
from qualification import pipeline
from qualification.addresses import host_of
from qualification.checks import gaiax_credential
from qualification.doors import through
from qualification.facts_web import CredentialFacts
from qualification.fetcher import Limits, fetch
from qualification.gaiax import resolve
from qualification.hosts import HostBusy, Looks, place_at
from qualification.models import CheckRun, GaiaxVerification
from qualification.verifications import run_verification
from tests.builders import make_organisation
from tests.qualification import builders
from tests.qualification.test_fetcher import redirect_to

HOST = "cloud.fournisseur.example"
ELSEWHERE = "ailleurs.example"


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


@pytest.fixture
def sites(tmp_path, settings):
    """HOST leads to ELSEWHERE. What each look saw: its host, and the places held meanwhile."""
    seen: list[tuple[str, int]] = []

    def noted(host, behaviour):
        def answer(sock, closing):
            try:
                seen.append((host, places_held()))
            finally:
                connections.close_all()
            behaviour(sock, closing)

        return Site(host, behaviour=answer)

    served = (noted(HOST, redirect_to(f"https://{ELSEWHERE}/page")), noted(ELSEWHERE, answer_page))
    with TlsSites(served, folder=tmp_path) as running:
        settings.DEMO_HOSTS = dict.fromkeys(running.sites, f"127.0.0.1:{running.port}")
        settings.DEMO_CA_FILE = str(running.ca_file)
        yield seen


def held_elsewhere(places: int, host: str = HOST) -> threading.Event:
    """So many other sessions look at ``host`` until the event is set."""
    leave, arrived = threading.Event(), threading.Barrier(places + 1)

    def look() -> None:
        try:
            with place_at(host):
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
def test_a_run_whose_host_is_busy_comes_back_its_attempt_not_counted(settings):
    settings.CHECKS_PER_HOST = 1
    dossier = builders.make_dossier(builders.make_people(), upto="checking", website=f"https://{HOST}/")
    run = dossier.runs.get(check_code="website_tls")
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
def test_several_hosts_are_looked_at_one_place_at_a_time_and_waited_for(settings, sites):
    settings.CHECKS_PER_HOST = 1
    look = Looks(patience=5.0)
    leave = held_elsewhere(1)
    threading.Timer(0.3, leave.set).start()
    for url in (f"https://{HOST}/did.json", f"https://{ELSEWHERE}/did.json"):
        assert look(url, limits=Limits()).status == 200
    # One's own place alone, at each look: nobody who waits holds what another waits for. The first address
    # leads to the other host: its place is taken there too.
    assert sites == [(HOST, 1), (ELSEWHERE, 1), (ELSEWHERE, 1)]
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


@pytest.mark.django_db(transaction=True)
def test_a_check_led_to_a_busy_host_comes_back_its_attempt_not_counted(settings, sites, monkeypatch):
    """The site of the offer is free, the one that it redirects to is not."""
    settings.CHECKS_PER_HOST = 1
    monkeypatch.setattr(pipeline, "Looks", lambda waits: Looks(patience=0.2, waits=waits))
    dossier = builders.make_dossier(builders.make_people(), upto="checking", website=f"https://{HOST}/")
    run = dossier.runs.get(check_code="website_tls")
    leave = held_elsewhere(1, ELSEWHERE)
    try:
        assert not pipeline.run_check(run.pk)
    finally:
        leave.set()
    waiting = CheckRun.objects.get(pk=run.pk)
    assert (waiting.lease_state, waiting.attempt) == (LeaseState.DUE, 0)
    wait_until_free()
    CheckRun.objects.filter(pk=run.pk).update(due_at=run.due_at)
    assert pipeline.run_check(run.pk)
    assert CheckRun.objects.get(pk=run.pk).verdict == "pass"
    # The first time the other session's place at ELSEWHERE is counted too.
    assert sites == [(HOST, 2), (HOST, 1), (ELSEWHERE, 1)]


@pytest.mark.django_db(transaction=True)
def test_waiting_at_a_door_is_not_counted_as_the_site_s_slowness(settings, sites):
    settings.CHECKS_PER_HOST = 1
    leave = held_elsewhere(1, ELSEWHERE)
    threading.Timer(1.5, leave.set).start()
    with through(Looks(patience=5.0).place):
        result = fetch(f"https://{HOST}/", limits=Limits(seconds=1.0))
    assert (result.reason, result.status) == ("", 200)
    wait_until_free()


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
