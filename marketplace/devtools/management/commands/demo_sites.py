import json
import signal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from marketplace.devtools.gaiax_identities import identities
from marketplace.devtools.tls_sites import TlsSites, demo_sites


class Command(BaseCommand):
    help = (
        "Sert les sites de démonstration en TLS sur la boucle locale, jusqu’à l’arrêt. "
        "La première ligne écrite est l’environnement à donner aux autres processus, en JSON."
    )
    # Started before the database is.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=0, help="0 : un port libre")
        parser.add_argument("--folder", type=Path, default=None, help="où écrire l’autorité")

    def handle(self, *_args: Any, port: int, folder: Path | None, **_options: Any) -> None:
        place = folder or Path(settings.VAR_DIR) / "tls"
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        with TlsSites(demo_sites(identities(place / "gaiax")), folder=place, port=port) as sites:
            signal.signal(signal.SIGTERM, lambda *_signal: sites.stop())
            self.stdout.write(json.dumps(sites.environment()))
            self.stdout.flush()
            try:
                sites.wait()
            except KeyboardInterrupt:
                self.stderr.write("Arrêt demandé.")
