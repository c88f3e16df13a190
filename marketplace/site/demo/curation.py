"""What waits for the curators and the suppliers of the demonstration, besides dossiers."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from catalog.collections import actions as collections
from catalog.curated import actions as curated
from catalog.duplicates.looking import look_for_duplicates
from catalog.handovers import actions as handovers
from catalog.models import Offer
from catalog.price_watch import look_for_outliers
from marketplace.site.demo.acting import act
from marketplace.site.demo.buying import MINISTRY

SOFTWARE_SIREN = "000001024"


def load_curation(offers: dict[str, Offer]) -> None:
    _sale(offers)
    look_for_duplicates()
    look_for_outliers()
    _collections(offers)
    _retained(offers)


def _retained(offers: dict[str, Offer]) -> None:
    """What the ministry of the demonstration says to its own people."""
    keeper = act(f"admin@{MINISTRY}")
    for code, kind, note in (
        ("messagerie", "recommended", "Note fictive : à préférer pour un nouveau service."),
        ("standard", "allowed", "Note fictive : sans donnée sensible seulement."),
    ):
        curated.retain(Offer.objects.get(pk=offers[code].pk), actor=keeper, kind=kind, note=note)


def _collections(offers: dict[str, Offer]) -> None:
    """One names fictitious offers, the other follows a search over what the registers say."""
    curator = act("moderateur@operateur.example")
    chosen = (
        ("messagerie", "Courriel et agendas sur une infrastructure qualifiée, code ouvert."),
        ("coffre", "Garder ses documents ; le délai de bascule est à négocier."),
        ("accompagnement", "Se faire aider à migrer, au jour et sans engagement."),
    )
    named = collections.create(
        actor=curator,
        title="Équiper une équipe de projet",
        intro="Sélection fictive. De quoi écrire, garder ses documents et se faire aider. Les offres ont été "
        "choisies pour leurs prix publics et leurs formats de sortie.",
        offers=[(Offer.objects.get(pk=offers[code].pk), why) for code, why in chosen],
    )
    live = collections.create(
        actor=curator,
        title="Qualifiées SecNumCloud",
        intro="Toutes les offres dont la qualification SecNumCloud est en vigueur. La liste suit le "
        "catalogue : une qualification perdue en sort aussitôt.",
        query="secnumcloud=in_force&secnumcloud=expiring&secnumcloud=renewal_pending",
    )
    for made in (named, live):
        collections.publish(made, actor=curator)


def _sale(offers: dict[str, Offer]) -> None:
    """A fictitious sale of a business: « Logiciels Exemple » has not answered yet."""
    handovers.propose(
        Offer.objects.get(pk=offers["espace"].pk),
        actor=act("moderateur@operateur.example"),
        identifier=SOFTWARE_SIREN,
        reason="Cession fictive de l’activité « espaces de données ».",
        source="Annonce légale fictive n° 2026-000",
        source_date=timezone.localdate() - dt.timedelta(days=21),
    )
