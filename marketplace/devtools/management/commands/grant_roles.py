from argparse import ArgumentParser
from typing import Any

import environ
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from marketplace.devtools.grants import Logins, grant


class Command(BaseCommand):
    help = "Gives the serving and sealing logins their rights. Run as the owner, after each migration."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--serving", default=_user_of("SERVING_DATABASE_URL"))
        parser.add_argument("--sealer", default=_user_of("AUDIT_SEALER_DATABASE_URL"))

    def handle(self, *args: Any, **options: Any) -> None:
        logins = Logins(serving=options["serving"], sealer=options["sealer"] or options["serving"])
        if not logins.serving:
            raise CommandError(
                "Name the login that serves: --serving, or DATABASE_URL with DATABASE_OWNER_URL."
            )
        with transaction.atomic():
            grant(connection, logins=logins)
        if options["verbosity"] > 1:
            self.stdout.write(f"{settings.DATABASES['default']['NAME']}: {logins}")


def _user_of(variable: str) -> str:
    env = environ.Env()
    return str(env.db_url(variable)["USER"]) if env.str(variable, default="") else ""
