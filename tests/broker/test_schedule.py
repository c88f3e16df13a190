"""What beat rings and where the tasks go."""

import pytest

from marketplace.celery import app


@pytest.fixture
def product():
    app.loader.import_default_modules()
    app.finalize()
    return app


def test_beat_rings_only_tasks_that_exist(product):
    schedule = product.conf.beat_schedule
    assert {entry["task"] for entry in schedule.values()} <= set(product.tasks)
    assert "health.probe" in {entry["task"] for entry in schedule.values()}


def test_a_tick_that_waited_a_whole_period_is_dropped(product):
    """Otherwise one slow task of the clock fills its queue, and the sweepers behind it wait for hours."""
    every = product.conf.beat_schedule
    periodic = {name for name, entry in every.items() if isinstance(entry["schedule"], int | float)}
    assert {name for name in periodic if not every[name]["options"]["expires"]} == set()
    assert every["catalog.look_for_duplicates"]["options"]["expires"] == 60


def test_every_task_goes_to_a_queue_that_a_worker_serves(product, settings):
    ours = [name for name in product.tasks if not name.startswith(("celery.", "tests."))]
    assert "mail.send" in ours
    queues = {name: product.amqp.router.route({}, name)["queue"].name for name in ours}
    assert set(queues.values()) <= set(settings.QUEUES)
    assert (queues["mail.send"], queues["audit.seal"]) == ("mail", "audit")
    assert set(settings.QUICK_QUEUES) | set(settings.SLOW_QUEUES) == set(settings.QUEUES)


def test_time_limit_stays_below_the_visibility_timeout(settings):
    assert settings.CELERY_TASK_SOFT_TIME_LIMIT < settings.CELERY_TASK_TIME_LIMIT
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"] > settings.CELERY_TASK_TIME_LIMIT


def test_messages_are_json_and_no_result_is_kept(product):
    assert product.conf.accept_content == ["json"]
    assert product.conf.task_ignore_result is True
    assert product.conf.task_acks_late is True
    assert product.conf.task_reject_on_worker_lost is True
