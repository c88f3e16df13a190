"""What the demonstration's administrations do not find: a need that two of them have, and the derogation
of a project already engaged, on its way to the Prime Minister."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from catalog.needs import actions as needs
from marketplace.documents.pdf import compile_pdf, row
from marketplace.site.demo.acting import act
from marketplace.site.demo.buying import MINISTRY, SENSITIVE, assess, open_project
from marketplace.ui.typography import date_text
from procurement.actions.project_needs import link_need
from procurement.derogations import actions as derogations
from procurement.models import Project

_PAPER = Path(__file__).with_name("paper.typ")


def load_lacks() -> None:
    maps = needs.report(
        actor=act("prescripteur@agence.example"),
        title="Partage de cartes hors connexion",
        description="Besoin fictif. Des agents sur le terrain consultent et annotent des cartes sans réseau.",
        service_models=["saas"],
        searched="q=cartes+hors+connexion&model=saas",
    )
    needs.join(maps, actor=act("dsi@hopital.example"))
    project = open_project(
        "Suivi des interventions",
        "saas",
        "620000.00",
        description="Service fictif, en production depuis trois ans chez un hébergeur non qualifié.",
        project_kind="existing",
    )
    assess(project, SENSITIVE)
    # Its own lack, which nobody else has said yet.
    own = needs.report(
        actor=act(f"prescripteur@{MINISTRY}"),
        title="Suivi d’interventions en temps réel",
        description="Besoin fictif. Obligations à respecter : SecNumCloud, immunité.",
        service_models=["saas"],
    )
    link_need(project, own, actor=act(f"prescripteur@{MINISTRY}"))
    _derogation(project)


def _derogation(project: Project) -> None:
    asked = derogations.ask(
        project,
        actor=act(f"prescripteur@{MINISTRY}"),
        reason="Motif fictif : changer d’hébergeur avant la fin de la campagne interromprait le service.",
        **paper("Demande de dérogation R9", "DEMO-R9-01", days=45),
    )
    derogations.sign(
        asked,
        actor=act(f"dnum@{MINISTRY}"),
        **paper("Signature du ministre", "DEMO-R9-02", days=12),
    )


def paper(title: str, reference: str, *, days: int) -> dict[str, Any]:
    """An act dated `days` ago, with a paper that says it is worth nothing."""
    day = timezone.localdate() - dt.timedelta(days=days)
    content = compile_pdf(
        _PAPER,
        {
            "title": f"{title} (démonstration)",
            "author": "Ministère de la Démonstration",
            "description": "Document fictif de la démonstration.",
            "facts": [row("Référence", reference), row("Date", date_text(day))],
        },
        when=timezone.now(),
    )
    document = SimpleUploadedFile(f"{reference.lower()}.pdf", content, content_type="application/pdf")
    return {"dated_on": day, "reference": reference, "document": document}
