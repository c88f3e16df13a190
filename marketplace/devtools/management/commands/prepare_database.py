from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from marketplace.devtools.queues import make_queues


class Command(BaseCommand):
    help = "As the owner: migrations, the broker's queues, the rights of the other logins. Safe to run twice."

    def handle(self, *args: Any, **options: Any) -> None:
        executor = MigrationExecutor(connection)
        if foreign := sorted(set(executor.loader.applied_migrations) - set(executor.loader.graph.nodes)):
            app, name = foreign[0]
            raise CommandError(
                f"This database was made by another edition of the code ({app}.{name} is not known here). "
                "On this machine: `make reset`, then `make run` again."
            )
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", interactive=False, verbosity=options["verbosity"])
        if settings.CELERY_BROKER_URL.startswith("pgmq:"):
            with transaction.atomic():
                make_queues(connection)
        call_command("grant_roles", verbosity=options["verbosity"])
