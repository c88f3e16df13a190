"""The main job told once by API and once through the browser: same cast, same outcome.

A supplier lists an offer, corrects it, another person decides; a ministry analyses, compares, orders,
approves, commits and sends; the supplier acknowledges; the qualification is suspended.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from marketplace.reference.releases import load_release
from qualification.schemes import LISTING, load_scheme
from tests.rest.builders import client_for_token
from tests.support import journey_pages
from tests.support.browsing import Visit
from tests.support.journey import (
    ANSWERS,
    DECISION,
    OUTCOME,
    PLAN,
    VEHICLE,
    Cast,
    in_days,
    load_reference,
    outcome,
    the_supplier_site,
    work,
)
from tests.support.journey_api import Caller, advise, assessed_project, lose_the_status


@pytest.fixture
def cast(db: None) -> Cast:
    return gathered()


def gathered() -> Cast:
    """Everybody, and a register of the ANSSI that knows the offer of the story."""
    load_reference()
    today = timezone.localdate()
    row = {
        "service": ANSWERS["name"],
        "provider": "Nuage Exemple SAS",
        "decision": DECISION,
        "status": "in_force",
    }
    dates = {"valid_from": in_days(-30).isoformat(), "valid_until": in_days(900).isoformat()}
    load_release(
        "anssi_register_demo",
        edition="essai",
        payload={"rows": [row | dates]},
        in_force_from=today,
        read_on=today,
    )
    return Cast.gathered()


def test_by_api(cast: Cast, settings: Any, tmp_path: Path) -> None:
    say = {role: Caller(client_for_token(member)) for role, member in cast.members.items()}
    settings.MEDIA_ROOT = str(tmp_path / "files")
    with the_supplier_site(settings, tmp_path):
        offer = list_an_offer(say)
    order = order_it(say, offer)
    lose_the_status(say, offer)
    assert say["requester"].get(f"offers/{offer}/")["trust"][0]["status"] == "suspended"
    work()
    assert say["requester"].get(f"orders/{order}/")["state"] == "acknowledged"
    assert outcome(cast) == OUTCOME


@pytest.mark.browser
def test_by_browser(cast: Cast, visit: Visit, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "files")
    stage = journey_pages.Stage(visit, cast)
    with the_supplier_site(settings, tmp_path):
        journey_pages.list_an_offer(stage)
    journey_pages.order_it(stage)
    journey_pages.lose_the_status(stage)
    work()
    journey_pages.the_loss_shows(stage)
    assert stage.faults == []
    assert outcome(cast) == OUTCOME


def list_an_offer(say: dict[str, Caller]) -> str:
    """Drafted, sent, sent back once for its notice, proposed by one person and decided by another."""
    editor, manager, officer = say["supplier_editor"], say["supplier_manager"], say["qualification_officer"]
    offer = str(editor.post("offers/", {**ANSWERS, "exit_notice_months": "4", "plans": [PLAN]})["id"])
    mark = {"offer": offer, "scheme": "secnumcloud", "status": "in_force", "decision_number": DECISION}
    period = {"valid_from": in_days(-30).isoformat(), "valid_until": in_days(900).isoformat()}
    editor.post("trust-marks/", {**mark, **period, "issuer": "ANSSI", "scope": "Messagerie"})
    dossier = str(manager.post("dossiers/", {"offer": offer})["id"])
    manager.post(f"dossiers/{dossier}/submit/")
    work()
    first = {
        run["check_code"]: run["verdict"] for run in officer.get(f"checks/?dossier={dossier}")["results"]
    }
    assert first["exit_terms"] == "fail"
    officer.post(f"dossiers/{dossier}/declare_interest/", {"has_interest": False})
    officer.post(f"dossiers/{dossier}/take/")
    officer.post(f"dossiers/{dossier}/request_corrections/", {"reason": "Ramenez le préavis à deux mois."})
    editor.patch(f"offers/{offer}/", {"exit_notice_months": "2"})
    manager.post(f"dossiers/{dossier}/answer_corrections/", {"reason": "Préavis ramené à deux mois."})
    work()
    for requirement in load_scheme(*LISTING).requirements:
        finding = {"requirement": requirement.code, "verdict": "conform", "observation": "Relu."}
        officer.post(f"dossiers/{dossier}/record_finding/", finding)
    words = {"outcome": "listed", "reasons": "Conditions remplies."}
    officer.post(f"dossiers/{dossier}/propose/", words)
    say["decision_maker"].post(f"dossiers/{dossier}/decide/", words | {"no_interest": True})
    return offer


def order_it(say: dict[str, Caller], offer: str) -> str:
    """A need assessed, an offer kept, an order advised, approved, committed, sent, acknowledged."""
    requester = say["requester"]
    project = assessed_project(say)
    found = requester.get(f"projects/{project}/eligible_offers/?page_size=100")
    standings = {row["id"]: row["standing"] for row in found["results"]}
    assert standings[offer] in {"eligible", "to_check"}
    requester.post(f"projects/{project}/shortlist/", {"offer": offer})
    requester.post(f"projects/{project}/freeze_offers/")
    requester.post(f"projects/{project}/buy/")
    period = {"starts_on": in_days(-10).isoformat(), "ends_on": in_days(900).isoformat()}
    vehicle = say["purchasing"].post("purchasing-vehicles/", VEHICLE | period)
    terms = {
        "project": project,
        "offer": offer,
        "plan": "essentielle",
        "lines": [
            {"price_line": "poste", "quantity": "250"},
            {"price_line": "mise-en-service", "quantity": "1"},
        ],
        "starts_on": in_days(30).isoformat(),
        "ends_on": in_days(394).isoformat(),
        "vehicle": vehicle["id"],
        "budget_line": "Action 01",
        "supplier_vat_regime": "normal",
    }
    order = str(requester.post("orders/", terms)["id"])
    requester.post(f"orders/{order}/request_opinions/")
    advise(say, {"order": order}, rssi="unfavourable")
    say["approver"].post(f"orders/{order}/approve/")
    say["finance"].post(f"orders/{order}/commit/", {"commitment_number": "1400000042"})
    requester.post(f"orders/{order}/send/")
    say["supplier_manager"].post(f"orders/{order}/acknowledge/")
    return order
