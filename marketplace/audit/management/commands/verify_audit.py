from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from marketplace.audit.verify import verify_and_remember, verify_journal


class Command(BaseCommand):
    help = "Check the journal: links, side rows, signed heads, events left unsealed. Exits 1 on a fault."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="do not remember the answer for the auditor's page"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = verify_journal() if options["dry_run"] else verify_and_remember()
        for note in report.notes:
            self.stdout.write(note)
        if not report.intact:
            raise CommandError("\n".join(report.problems))
        self.stdout.write(f"Journal intègre\u00a0: {report.verified} événements vérifiés.")
