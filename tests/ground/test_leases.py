"""Claims, fencing and sweeping, on the rows that event deliveries are."""

from __future__ import annotations

import datetime as dt

import pytest
from django.apps import apps
from django.utils import timezone

from marketplace.events.models import DomainEvent, EventDelivery
from marketplace.leases import Leased, LeaseState, claim, fail, finish, held, sweep


def make_delivery(**values) -> EventDelivery:
    event = DomainEvent.objects.create(kind="essai", payload={})
    return EventDelivery.objects.create(event=event, consumer="essai", **values)


def test_a_task_ends_before_its_lease_and_the_lease_before_the_message_comes_back(settings):
    visibility = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    leased = [model for model in apps.get_models() if issubclass(model, Leased)]
    assert EventDelivery in leased
    for model in leased:
        assert settings.CELERY_TASK_TIME_LIMIT < model.LEASE_SECONDS <= visibility, model


@pytest.mark.django_db
def test_a_row_is_claimed_by_one_worker_only():
    delivery = make_delivery()
    first = claim(EventDelivery, delivery.pk)
    assert first is not None
    assert (first.lease_state, first.attempt) == (LeaseState.RUNNING, 1)
    assert claim(EventDelivery, delivery.pk) is None


@pytest.mark.django_db
def test_a_row_not_yet_due_is_left_alone():
    delivery = make_delivery(due_at=timezone.now() + dt.timedelta(minutes=5))
    assert claim(EventDelivery, delivery.pk) is None


@pytest.mark.django_db
def test_a_worker_that_lost_its_lease_is_fenced_off():
    delivery = make_delivery()
    slow = claim(EventDelivery, delivery.pk)
    EventDelivery.objects.filter(pk=delivery.pk).update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    quick = claim(EventDelivery, delivery.pk)
    assert quick is not None and quick.token != slow.token
    assert not held(slow)
    assert finish(slow) is False
    assert finish(quick) is True
    delivery.refresh_from_db()
    assert (delivery.lease_state, delivery.attempt) == (LeaseState.DONE, 2)


@pytest.mark.django_db
def test_failures_come_back_later_and_end_dead():
    delivery = make_delivery()
    row = claim(EventDelivery, delivery.pk)
    fail(row, "panne")
    delivery.refresh_from_db()
    assert delivery.lease_state == LeaseState.DUE
    assert delivery.due_at > timezone.now()
    EventDelivery.objects.filter(pk=delivery.pk).update(
        attempt=EventDelivery.MAX_ATTEMPTS, due_at=timezone.now()
    )
    assert claim(EventDelivery, delivery.pk) is None
    delivery.refresh_from_db()
    assert delivery.lease_state == LeaseState.DEAD


@pytest.mark.django_db
def test_the_sweeper_rings_once_for_a_row_never_announced():
    delivery = make_delivery()
    rung: list[int] = []
    assert sweep(EventDelivery, rung.append) == 1
    assert sweep(EventDelivery, rung.append) == 0
    assert rung == [delivery.pk]


@pytest.mark.django_db
def test_the_sweeper_hands_back_an_expired_lease():
    delivery = make_delivery(sent_at=timezone.now())
    claim(EventDelivery, delivery.pk)
    rung: list[int] = []
    assert sweep(EventDelivery, rung.append) == 0
    EventDelivery.objects.filter(pk=delivery.pk).update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    assert sweep(EventDelivery, rung.append) == 1
    assert sweep(EventDelivery, rung.append) == 0


@pytest.mark.django_db
def test_a_long_queue_never_multiplies_messages():
    old = timezone.now() - dt.timedelta(minutes=25)
    for _ in range(20):
        make_delivery(due_at=old, sent_at=old)
    # One was finished lately: the queue flows, its messages are waiting, not lost.
    make_delivery(lease_state=LeaseState.DONE, done_at=timezone.now())
    rung: list[int] = []
    assert sweep(EventDelivery, rung.append) == 0
    # Nothing finished for ten minutes: the messages are lost, each rings once.
    EventDelivery.objects.filter(lease_state=LeaseState.DONE).update(done_at=old)
    assert sweep(EventDelivery, rung.append) == 20
    assert sweep(EventDelivery, rung.append) == 0


@pytest.mark.django_db
def test_a_message_lost_in_a_queue_that_flows_rings_again():
    lost = make_delivery(
        due_at=timezone.now() - dt.timedelta(hours=3), sent_at=timezone.now() - dt.timedelta(minutes=31)
    )
    make_delivery(due_at=timezone.now(), sent_at=timezone.now())
    make_delivery(lease_state=LeaseState.DONE, done_at=timezone.now())
    rung: list[int] = []
    assert sweep(EventDelivery, rung.append) == 1
    assert rung == [lost.pk]
    assert sweep(EventDelivery, rung.append) == 0
