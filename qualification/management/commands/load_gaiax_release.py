"""Installs an official Gaia-X release (contexts, shapes, anchors), pinned by its digest."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from marketplace.accounts.actors import Actor, system_actor
from marketplace.errors import DomainError
from qualification.gaiax.report import FAIL, PASS, UNKNOWN
from qualification.models import GaiaxRelease, ReleaseTrial
from qualification.releases.books import current_pk
from qualification.releases.choosing import apply
from qualification.releases.loading import load
from qualification.releases.trials import Outcome, ask_trial, outcome_of, run_result

OWN = "own"
REASON = "Version chargée en ligne de commande."
WORDS = {PASS: "conforme", FAIL: "non conforme", UNKNOWN: "inconnu"}
USAGE = """\
Loads a release from a folder, an archive (.zip, .tar, .tar.gz) or an https address, and prints which offers'
results it would change. It is not in force until it is applied, here (--apply) or on /pilotage/gaia-x/.
The digest of a folder is that of its listing: see docs/operations.md. « own » goes back to the project's own
contexts and shapes; an earlier release is applied again by the same command, or on the page."""


class Command(BaseCommand):
    help = USAGE

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        kwargs["formatter_class"] = RawDescriptionHelpFormatter
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", metavar="DIR|URL", help="folder, archive, https address, or « own »")
        parser.add_argument("--sha256", default="", help="the digest expected; not for « own »")
        parser.add_argument("--edition", default="", help="its name on screen; by default that of the source")
        parser.add_argument("--reason", default=REASON, help="kept with the choice, with --apply")
        acts = parser.add_mutually_exclusive_group()
        acts.add_argument("--preview", action="store_true", help="print what would change (the default)")
        acts.add_argument("--apply", action="store_true", help="put it in force, after the preview")

    def handle(self, *args: object, source: str, reason: str, **options: object) -> None:
        actor = system_actor("load_gaiax_release")
        try:
            release = self._release(source, actor=actor, options=options)
            if (release.pk if release is not None else None) == current_pk():
                self.stdout.write("Cette version est déjà en vigueur.")
                return
            trial = self._previewed(release, actor=actor)
            if options["apply"]:
                apply(trial, actor=actor, reason=reason)
                self.stdout.write(f"{trial.after_name} juge désormais les titres.")
        except DomainError as refused:
            raise CommandError(refused.message) from refused

    def _release(self, source: str, *, actor: Actor, options: dict[str, object]) -> GaiaxRelease | None:
        if source == OWN:
            return None
        found, is_new = load(
            source, sha256=str(options["sha256"]), edition=str(options["edition"]), actor=actor
        )
        types = ", ".join(f"{len(names)} types {name}" for name, names in found.summary["types"].items())
        said = "chargée" if is_new else "déjà chargée"
        self.stdout.write(
            f"Version {found.edition} {said} : {len(found.summary['contexts'])} contextes, {types}, "
            f"{len(found.summary['anchors'])} ancres. Empreinte {found.sha256}."
        )
        return found

    def _previewed(self, release: GaiaxRelease | None, *, actor: Actor) -> ReleaseTrial:
        """Judged here, one presentation after the other; workers may take their part of it."""
        trial = ask_trial(release, actor=actor)
        for pk in list(trial.results.values_list("pk", flat=True)):
            run_result(pk)
        outcome = outcome_of(trial)
        self._tell(outcome)
        return trial

    def _tell(self, outcome: Outcome) -> None:
        self.stdout.write(
            f"{outcome.judged} présentations jugées sur {outcome.total}, {len(outcome.changes)} changeraient."
        )
        for change in outcome.changes:
            self.stdout.write(f"- {change.offer.name} : {WORDS[change.before]} → {WORDS[change.after]}")
            for title, before, after, message in change.moved:
                self.stdout.write(f"    {title} : {WORDS[before]} → {WORDS[after]}. {message}")
