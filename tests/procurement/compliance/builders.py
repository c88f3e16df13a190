"""AIPD and homologations for tests, recorded by the same action as real ones."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from procurement.compliance.recording import record_act
from procurement.models import ComplianceAct, Project
from tests.procurement.derogation_builders import pdf


def make_act(project: Project, *, actor: Any, kind: str = "impact_assessment", **said: Any) -> ComplianceAct:
    """Dated yesterday; an homologation is given for two years unless said otherwise."""
    today = timezone.localdate()
    given: dict[str, Any] = {
        "outcome": "accepted",
        "dated_on": today - dt.timedelta(days=1),
        "document": pdf(),
    }
    if kind == "accreditation":
        given |= {"outcome": "granted", "valid_until": today + dt.timedelta(days=730)}
    return record_act(project, actor=actor, kind=kind, **{**given, **said})
