"""What a project's page proposes next from the list on: the route, the consultation, then the order."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from procurement.consultations.enums import ConsultationState
from procurement.models import Consultation, RouteChoice
from tests.builders import client_for
from tests.procurement.builders import Administration
from tests.procurement.search_proofs.builders import frozen_project

pytestmark = pytest.mark.django_db


def read(ministry: Administration, project: Any) -> tuple[str, list[str]]:
    """The button that leads on, and the steps in their order."""
    page = client_for(ministry.requester.membership).get(project.get_absolute_url())
    text = html.unescape(page.content.decode()).replace("\u00a0", " ")
    button = re.search(r'<a class="fr-btn" href="[^"]*">([^<]*)</a>', text)
    steps = text.split('id="', 1)[1].split("Étapes du projet", 1)[1]
    known = ("Choisir les offres", "Choisir la voie d’achat", "Consulter", "Commander", "Suivre le contrat")
    order = sorted((steps.find(name), name) for name in known if name in steps.split("</ol>")[0])
    return (button[1] if button else ""), [name for _, name in order]


def choose(project: Any, ministry: Administration, *, code: str, state: str) -> None:
    RouteChoice.objects.filter(project=project).delete()
    decided = {} if state == "proposed" else {"decided_at": project.created_at}
    RouteChoice.objects.create(
        project=project,
        code=code,
        state=state,
        facts={"value_eur_ht": "90000.00", "homogeneous_eur_ht": None, "innovative": None},
        route={"label": "Voie d’essai", "steps": []},
        on=project.created_at.date(),
        chosen_by=ministry.requester.user,
        **decided,
    )


def test_the_route_then_the_consultation_then_the_order() -> None:
    ministry = Administration()
    project = frozen_project(ministry)
    assert read(ministry, project)[0] == "Choisir la voie d’achat"
    choose(project, ministry, code="adapted", state="proposed")
    assert read(ministry, project)[0] == "Voir la voie d’achat"
    choose(project, ministry, code="adapted", state="confirmed")
    button, steps = read(ministry, project)
    assert button == "Consulter des fournisseurs"
    assert steps[1:4] == ["Choisir la voie d’achat", "Consulter", "Commander"]
    made = Consultation.objects.create(
        number="CNS-2026-9001",
        project=project,
        organisation=project.organisation,
        route_choice=project.route_choices.get(),
        kind="adapted",
        title="Essai",
    )
    assert read(ministry, project)[0] == "Voir la consultation"
    Consultation.objects.filter(pk=made.pk).update(state=ConsultationState.WITHDRAWN, closing_reason="Essai")
    assert read(ministry, project)[0] == "Consulter des fournisseurs"


def test_below_the_threshold_one_orders_without_consulting() -> None:
    ministry = Administration()
    project = frozen_project(ministry)
    choose(project, ministry, code="dispense", state="confirmed")
    button, steps = read(ministry, project)
    assert button == "Commander" and "Consulter" not in steps
