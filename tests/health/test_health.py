import datetime as dt

import pytest
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from marketplace.health import checks
from marketplace.health.models import WorkerProbe
from marketplace.health.tasks import probe


def test_livez_touches_no_database(client):
    answer = client.get("/livez")
    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


@pytest.mark.django_db
def test_not_ready_before_any_probe(client):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "worker": "no probe executed in the last 15 seconds"}


@pytest.mark.django_db
def test_ready_after_a_probe_and_no_longer_when_it_is_old(client):
    probe()
    probe()
    assert WorkerProbe.objects.count() == 1
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})
    assert "no-store" in answer["Cache-Control"]
    WorkerProbe.objects.update(executed_at=timezone.now() - dt.timedelta(seconds=16))
    assert client.get("/readyz").status_code == 503


@pytest.mark.django_db
def test_not_ready_while_a_migration_is_missing(client):
    probe()
    MigrationRecorder(connection).record_unapplied("health", "0001_tables")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["migrations"]) == (503, "missing")


def test_not_ready_when_the_database_is_unreachable(client, monkeypatch):
    class Unreachable:
        def cursor(self):
            raise DatabaseError

    monkeypatch.setattr(checks, "connection", Unreachable())
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "not ready", "database": "unreachable"})


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/livez", "/readyz"])
def test_health_addresses_are_read_only(client, address):
    assert client.post(address).status_code in (403, 405)


@pytest.mark.django_db
def test_readiness_costs_three_queries(client, django_assert_num_queries):
    probe()
    client.get("/readyz")
    with django_assert_num_queries(4):
        client.get("/readyz")
