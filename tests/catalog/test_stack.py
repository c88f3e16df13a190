"""The stack never turns in a circle, even written twice at once."""

import threading

import pytest
from django.db import DatabaseError, connection, transaction

from catalog import stack
from catalog.layers import layers_of
from catalog.models import StackEdge
from catalog.stack import above, below
from marketplace.errors import RuleBroken
from tests.catalog.builders import ACTOR, make_offer


@pytest.mark.django_db
def test_a_cycle_is_refused_by_the_rule_and_by_the_database() -> None:
    a, b, c = make_offer(), make_offer(), make_offer()
    stack.add_edge(a, actor=ACTOR, base=b, layer="platform")
    stack.add_edge(b, actor=ACTOR, base=c, layer="infrastructure")
    with pytest.raises(RuleBroken):
        stack.add_edge(c, actor=ACTOR, base=a, layer="infrastructure")
    with pytest.raises(DatabaseError), transaction.atomic():
        StackEdge.objects.create(offer=c, base=a, layer="infrastructure")
    assert below([a.pk]) == {a.pk, b.pk, c.pk}
    assert above([c.pk]) == {a.pk, b.pk}
    assert [layer.layer for layer in layers_of(a)] == ["software", "platform", "infrastructure"]


@pytest.mark.django_db(transaction=True)
def test_two_opposite_edges_at_once_leave_one() -> None:
    a, b = make_offer(), make_offer()
    refused: list[Exception] = []
    start = threading.Barrier(2)

    def write(offer: object, base: object) -> None:
        try:
            start.wait(timeout=10)
            stack.add_edge(offer, actor=ACTOR, base=base, layer="infrastructure")
        except RuleBroken as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=pair) for pair in ((a, b), (b, a))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    assert len(refused) == 1
    assert StackEdge.objects.count() == 1
