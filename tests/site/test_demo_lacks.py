"""The demonstration's needs, derogation, control of purchases and groups, loaded by the command itself."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from catalog.models import MissingNeed
from procurement.models import (
    Amendment,
    ApprovalChain,
    BudgetAlert,
    ControlFile,
    Convention,
    Derogation,
    GroupPurchase,
    RouteChoice,
    SearchProof,
)

pytestmark = pytest.mark.django_db


def test_the_story_tells_a_shared_need_and_a_derogation_in_progress() -> None:
    call_command("load_everything", verbosity=0)
    shared = MissingNeed.objects.get(title="Partage de cartes hors connexion")
    assert [str(row.organisation) for row in shared.joins.all()] == [
        "Agence Exemple des services numériques",
        "Centre hospitalier Exemple",
    ]
    derogation = Derogation.objects.get()
    assert derogation.state == "minister_signed" and derogation.ends_on is None
    assert [act.document is not None for act in derogation.acts.all()] == [True, True]
    assert derogation.project.missing_needs.count() == 1
    # What newcomers opened empty.
    assert ApprovalChain.objects.exists() and RouteChoice.objects.filter(state="confirmed").exists()
    assert BudgetAlert.objects.filter(ended_at=None, threshold=80).exists()
    assert Amendment.objects.filter(state="proposed").exists() and SearchProof.objects.exists()
    assert Convention.objects.filter(charges__isnull=False).exists()
    assert ControlFile.objects.filter(state="acknowledged").exists()
    assert GroupPurchase.objects.filter(state="signing").exists()
