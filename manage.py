#!/usr/bin/env python3
import os
import sys

# These change tables or rights: they run as the owner wherever DATABASE_OWNER_URL is given.
OWNER_COMMANDS = {"migrate", "prepare_database", "grant_roles"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.dev")
    if set(sys.argv[1:2]) & OWNER_COMMANDS and "DATABASE_OWNER_URL" in os.environ:
        os.environ.setdefault("SERVING_DATABASE_URL", os.environ.get("DATABASE_URL", ""))
        os.environ["DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"]
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
