from __future__ import annotations

import pytest
from kombu import Connection

from marketplace.events import bus
from marketplace.events.models import DomainEvent, EventDelivery
from marketplace.events.tasks import deliver
from marketplace.leases import LeaseState
from marketplace.notifications.models import Notification, OutgoingEmail
from marketplace.notifications.outbox import notify
from tests.builders import make_user


@pytest.fixture
def consumers(monkeypatch):
    registry: dict[str, dict[str, bus.Handler]] = {}
    monkeypatch.setattr(bus, "_CONSUMERS", registry)
    return registry


@pytest.mark.django_db
def test_an_event_gives_one_delivery_per_consumer(consumers):
    bus.consumer("essai", name="un")(lambda event: None)
    bus.consumer("essai", name="deux")(lambda event: None)
    event = bus.emit("essai", {"a": 1})
    assert sorted(event.deliveries.values_list("consumer", flat=True)) == ["deux", "un"]


@pytest.mark.django_db
def test_a_delivery_consumed_twice_has_its_effect_once(consumers):
    person = make_user()
    bus.consumer("essai", name="un")(lambda event: notify([person], subject="Objet", body="Texte") and None)
    delivery = bus.emit("essai", {}).deliveries.get()
    assert bus.consume(delivery.pk) is True
    assert bus.consume(delivery.pk) is False
    assert Notification.objects.count() == 1
    assert OutgoingEmail.objects.count() == 1


@pytest.mark.django_db
def test_a_consumer_that_fails_leaves_no_half_effect_and_is_tried_again(consumers):
    person = make_user()

    def breaks(event: DomainEvent) -> None:
        notify([person], subject="Objet", body="Texte")
        raise ValueError("panne")

    bus.consumer("essai", name="un")(breaks)
    delivery = bus.emit("essai", {}).deliveries.get()
    with pytest.raises(ValueError, match="panne"):
        bus.consume(delivery.pk)
    delivery.refresh_from_db()
    assert Notification.objects.count() == 0
    assert delivery.lease_state == LeaseState.DUE
    assert "panne" in delivery.last_error


@pytest.mark.django_db
def test_a_name_registered_twice_for_two_functions_is_an_error(consumers):
    bus.consumer("essai", name="un")(lambda event: None)
    with pytest.raises(ValueError, match="twice"):
        bus.consumer("essai", name="un")(lambda event: None)


@pytest.mark.django_db
def test_a_keyed_notification_is_told_once():
    person = make_user()
    notify([person], subject="Objet", body="Texte", key="k1")
    notify([person], subject="Objet", body="Texte", key="k1")
    assert Notification.objects.filter(user=person).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("url", ["redis://127.0.0.1:1/0", "pgmq://nobody:x@127.0.0.1:1/none"])
def test_an_unreachable_broker_never_refuses_the_writer(consumers, monkeypatch, url):
    send = deliver.apply_async

    def to_a_closed_port(args, **options):
        with Connection(url, transport_options={"init_extension": False}) as nowhere:
            return send(args, connection=nowhere, **options)

    monkeypatch.setattr(deliver, "apply_async", to_a_closed_port)
    bus.consumer("essai", name="un")(lambda event: None)
    event = bus.emit("essai", {})
    delivery = EventDelivery.objects.get(event=event)
    assert delivery.sent_at is None, "nothing was sent: the next sweep must ring"


@pytest.mark.django_db(transaction=True)
def test_a_row_finished_before_its_bell_is_stamped_is_left_alone(consumers, monkeypatch):
    """A worker may be quicker than the sender: the stamp never touches a row with a result."""
    monkeypatch.setattr(deliver, "apply_async", lambda args, **options: bus.consume(*args))
    bus.consumer("essai", name="un")(lambda event: None)
    delivery = bus.emit("essai", {}).deliveries.get()
    assert delivery.lease_state == LeaseState.DONE
    assert delivery.sent_at is None
