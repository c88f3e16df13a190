from typing import Any

from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand

STEPS = ("load_reference", "load_demo")


class Command(BaseCommand):
    help = "Reference data, then the demonstration. Safe to run twice, like each of its steps."

    def handle(self, *args: Any, **options: Any) -> None:
        for step in STEPS:
            if step in get_commands():
                call_command(step, verbosity=options["verbosity"])
