"""What waits for the curators and the suppliers of the demonstration, besides dossiers."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from catalog.actions import handovers
from catalog.models import Offer
from marketplace.site.demo.acting import act

SOFTWARE_SIREN = "000001024"


def load_curation(offers: dict[str, Offer]) -> None:
    """A fictitious sale of a business: « Logiciels Exemple » has not answered yet."""
    handovers.propose(
        Offer.objects.get(pk=offers["espace"].pk),
        actor=act("moderateur@operateur.example"),
        identifier=SOFTWARE_SIREN,
        reason="Cession fictive de l’activité « espaces de données ».",
        source="Annonce légale fictive n° 2026-000",
        source_date=timezone.localdate() - dt.timedelta(days=21),
    )
