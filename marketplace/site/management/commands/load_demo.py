from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from marketplace.accounts.models import Organisation
from marketplace.site.demo.people import MINISTRY, load_people
from marketplace.site.demo.story import load_story


class Command(BaseCommand):
    help = "Load the demonstration's story once. Safe to run again: a loaded story is left alone."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMONSTRATION:
            raise CommandError("The demonstration is loaded only where DEMONSTRATION is on.")
        if Organisation.objects.filter(name=MINISTRY.name).exists():
            self.stdout.write("Demonstration: already loaded.")
            return
        with transaction.atomic():
            load_people()
            self.stdout.write(load_story())
