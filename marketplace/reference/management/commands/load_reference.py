from importlib import import_module
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

# In the order of the layers; each module has load() -> str, idempotent, and says what it did.
LOADERS = (
    "catalog.reference.loader",
    "qualification.reference.loader",
    "procurement.reference.loader",
)


class Command(BaseCommand):
    help = "Load the dated reference data of every app. Safe to run twice."

    def handle(self, *args: Any, **options: Any) -> None:
        for path in LOADERS:
            with transaction.atomic():
                self.stdout.write(import_module(path).load())
