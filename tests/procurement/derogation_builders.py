"""R9 derogations for tests, made by the same actions as real ones."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from catalog.models import Offer
from procurement.derogations import actions as derogations
from procurement.models import Derogation, Project
from tests.procurement.builders import Administration, assessed_project
from tests.procurement.order_builders import make_offer

ORDER = ("asked", "minister_signed", "prime_minister_validated", "active")


def pdf(name: str = "acte.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7\n%%EOF\n", content_type="application/pdf")


def days_ago(days: int) -> dt.date:
    return timezone.localdate() - dt.timedelta(days=days)


def paper(days: int = 0, **more: Any) -> dict[str, Any]:
    """What every act comes with, dated `days` ago."""
    return {"dated_on": days_ago(days), "reference": "ESSAI-1", "document": pdf(), **more}


def engaged_project(administration: Any, **values: Any) -> Project:
    return assessed_project(administration, **{"project_kind": "existing", **values})


def make_saas(**values: Any) -> Offer:
    """Complying with a sensitive project once it holds SecNumCloud."""
    answers = {"non_eu_law": False, "data_processing_agreement": True}
    return make_offer(answers=answers, service_models=["saas"], regions=["FR-Lyon"], **values)


def make_derogation(
    administration: Administration | Any, *, upto: str = "asked", project: Project | None = None
) -> Derogation:
    made = derogations.ask(
        project or engaged_project(administration),
        actor=administration.requester,
        reason="Aucune offre ne convient.",
        **paper(40),
    )
    keeper, rank = administration.authority, ORDER.index(upto)
    if rank >= 1:
        derogations.sign(made, actor=keeper, **paper(30))
    if rank >= 2:
        derogations.validate(made, actor=keeper, **paper(20))
    if rank >= 3:
        derogations.activate(made, actor=keeper, starts_on=days_ago(10))
    return made


def found(derogation: Derogation, administration: Any, *, available_on: dt.date) -> Derogation:
    return derogations.record_finding(
        derogation,
        actor=administration.authority,
        available_on=available_on,
        reason="Inconvénients compensables.",
        **paper(),
    )
