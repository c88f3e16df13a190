"""Two contracts of the demonstration's ministry: one published and modified, one late to be published."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from marketplace.site.demo.acting import act
from procurement.actions import vehicles
from procurement.models import Publication
from procurement.publication import actions as publications
from procurement.publication.facts import ChangeFacts, Holder

BUYER = "achats@ministere.example"


def load_publications() -> None:
    today = timezone.localdate()
    first = _draft(
        "DEMO-2026-01", "Sauvegarde des postes (démonstration)", began=today - dt.timedelta(days=40)
    )
    publications.save_answers(first, actor=act(BUYER), values=_answers(first, today - dt.timedelta(days=40)))
    publications.review(first, actor=act(BUYER), attested=True)
    publications.publish(first, actor=act(BUYER))
    change = ChangeFacts(
        notified_on=today - dt.timedelta(days=5),
        amount_eur_ht=Decimal("104000.00"),
        rationale="Deux cents postes de plus.",
    )
    publications.modify(first, actor=act(BUYER), change=change, attested=True)
    late = _draft("DEMO-2026-02", "Visioconférence (démonstration)", began=today - dt.timedelta(days=75))
    publications.save_answers(
        late, actor=act(BUYER), values={"notified_on": today - dt.timedelta(days=75), "nature": "Marché"}
    )


def _draft(reference: str, title: str, *, began: dt.date) -> Publication:
    vehicle = vehicles.create_vehicle(
        actor=act(BUYER),
        kind="own_contract",
        title=title,
        reference=reference,
        holder_name="Titulaire fictif",
        starts_on=began,
        ends_on=began + dt.timedelta(days=729),
        maximum_eur=Decimal("90000.00"),
    )
    return publications.draft_of_vehicle(vehicle, actor=act(BUYER))


def _answers(publication: Publication, notified_on: dt.date) -> dict[str, Any]:
    return {
        "nature": "Marché",
        "cpv": "72910000",
        "procedure": "Procédure adaptée",
        "techniques": ("Sans objet",),
        "execution_modes": ("Sans objet",),
        "offers_received": 3,
        # Of the range that INSEE does not give.
        "holders": (Holder("SIRET", "00004040200018"),),
        "holder_is_person": False,
        "grouping": "Pas de groupement",
        "subcontracting": False,
        "notified_on": notified_on,
        "place_kind": "Code pays",
        "place_code": "FR",
        "price_form": "Unitaire",
        "price_types": ("Définitif révisable",),
        "advance": False,
        "ccag": "Techniques de l'information et de la communication",
        "innovative": False,
        "social": ("Pas de considération sociale",),
        "environmental": ("Critère environnemental", "Clause environnementale"),
    }
