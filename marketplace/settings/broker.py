"""Celery, the same on Redis (production) and on PostgreSQL by pgmq (the zero-install machine)."""

import environ

env = environ.Env()

# `audit` seals every second and must wait for nobody: its worker does not serve `checks` and `fetch`.
QUEUES = ("checks", "fetch", "mail", "events", "audit")
SLOW_QUEUES = ("checks", "fetch")
QUICK_QUEUES = ("events", "mail", "audit")

CELERY_BROKER_URL = env("CELERY_BROKER_URL", default="redis://127.0.0.1:6379/0")
CELERY_TASK_DEFAULT_QUEUE = "events"
CELERY_TASK_CREATE_MISSING_QUEUES = True
# The first word of a task's name is its queue (marketplace.bells); other names go to the default one.
CELERY_TASK_ROUTES = {f"{queue}.*": {"queue": queue} for queue in QUEUES}
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_BACKEND = None
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_ENABLE_UTC = True
CELERY_TIMEZONE = "UTC"

# time limit < lease of a row <= visibility timeout: nothing runs twice while it is still running.
CELERY_TASK_TIME_LIMIT = env.int("CELERY_TASK_TIME_LIMIT", default=60)
CELERY_TASK_SOFT_TIME_LIMIT = max(CELERY_TASK_TIME_LIMIT - 10, 1)
_VISIBILITY_TIMEOUT = env.int("CELERY_VISIBILITY_TIMEOUT", default=120)

CELERY_WORKER_PREFETCH_MULTIPLIER = 4
CELERY_WORKER_MAX_TASKS_PER_CHILD = 2000
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {"visibility_timeout": _VISIBILITY_TIMEOUT}

# Of kombu, before a channel that is asked for a message is refused; a worker connects again without end.
ONE_MORE_TRY: dict[str, object] = {
    "max_retries": 1, "interval_start": 0.2, "interval_step": 0.2, "interval_max": 0.2,
}  # fmt: skip

if CELERY_BROKER_URL.startswith("pgmq:"):
    # The transport cannot answer remote control: its reply queues have names too long for pgmq.
    CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
    CELERY_BROKER_TRANSPORT_OPTIONS |= {
        "init_extension": False,
        # Said again here: pgmq prefers the DATABASE_URL of its environment to the address it is given.
        "conn_string": f"postgresql:{CELERY_BROKER_URL.removeprefix('pgmq:')}",
        # The long poll waits on one queue at a time: with three queues a message took 1.7 s, now 0.08 s,
        # for 3 % of a core more (measured 2026-11-22).
        "wait_time_seconds": 0,
        "polling_interval": 0.1,
        "pool_size": 4,
        "pool_timeout": 2,
    }
    # A broker that does not answer must not hold a request: the row waits for the sweeper.
    CELERY_BROKER_TRANSPORT_OPTIONS |= ONE_MORE_TRY
else:
    CELERY_BROKER_TRANSPORT_OPTIONS |= {"socket_connect_timeout": 2, "socket_timeout": 10, **ONE_MORE_TRY}
