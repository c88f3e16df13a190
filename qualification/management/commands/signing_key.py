"""The key that signs the marketplace's findings: rotate it, ask for its certificate, keep its chain."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from qualification.signing import keys


class Command(BaseCommand):
    help = "Rotates the signing key, prints its certificate request, or keeps the chain of its certificate."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_mutually_exclusive_group(required=True)
        acts.add_argument("--rotate", action="store_true", help="a new key signs; older ones stay published")
        acts.add_argument("--request", action="store_true", help="the PEM request of the current key")
        acts.add_argument("--chain", type=Path, help="PEM file, the key's own certificate first")

    def handle(
        self, *args: object, rotate: bool, request: bool, chain: Path | None, **options: object
    ) -> None:
        if rotate:
            self.stdout.write(f"key {keys.rotate().kid} signs from now on")
        elif request:
            self.stdout.write(keys.request_for(keys.current_key()))
        elif chain is not None:
            try:
                keys.keep_chain(keys.current_key(), chain.read_text())
            except (OSError, ValueError) as error:
                raise CommandError(str(error)) from error
            self.stdout.write("chain kept")
