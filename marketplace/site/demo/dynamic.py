"""A dynamic purchasing system of the demonstration: one supplier admitted, another waits for its answer."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from marketplace.site.demo.acting import act
from procurement.dynamic import admitting
from procurement.dynamic.opening import open_system
from procurement.models import Admission, DynamicSystem

BUYER = "achats@ministere.example"
CLOUD, HOSTING = "responsable@nuage.example", "responsable@hebergement.example"


def load_dynamic_system() -> None:
    today = timezone.localdate()
    system = open_system(
        actor=act(BUYER),
        title="Hébergement courant (démonstration)",
        reference="DEMO-SAD-2026-01",
        description="Machines virtuelles et stockage d’usage courant, environ 300 machines par an.",
        criteria="Une référence de moins de trois ans ; données hébergées dans l’Union européenne.",
        notice_sent_on=today - dt.timedelta(days=95),
        starts_on=today - dt.timedelta(days=60),
        ends_on=today + dt.timedelta(days=1000),
        maximum_eur=Decimal("1500000.00"),
        categories=[
            {"title": "Machines virtuelles", "criteria": "Une référence de 50 machines ou plus."},
            {"title": "Stockage objet", "criteria": "Une référence de 100 To ou plus."},
        ],
    )
    admitting.admit(_asked(system, CLOUD, category=1), actor=act(BUYER))
    waiting = _asked(system, HOSTING, category=2)
    paper = SimpleUploadedFile("reference.txt", "Référence fictive de la démonstration.".encode())
    admitting.add_paper(waiting, actor=act(HOSTING), title="Référence de 2025", file=paper)


def _asked(system: DynamicSystem, address: str, *, category: int) -> Admission:
    return admitting.ask(
        system,
        actor=act(address),
        candidacy="dume",
        not_excluded=True,
        statement="Hébergeur fictif de la démonstration.",
        category=system.categories.get(number=category),
        file=SimpleUploadedFile("dume.txt", "DUME fictif de la démonstration.".encode()),
    )
