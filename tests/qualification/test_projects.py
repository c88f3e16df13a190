"""Calls for projects: needs frozen at publication, members who confirm, the demonstrator, the grid."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.needs.actions import join, report
from marketplace.accounts.actors import Actor
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.notifications.models import Notification
from qualification.programmes import calls, demonstrators, projects
from qualification.programmes.models import ProgrammeCall, ProjectProposal
from tests.builders import actor_for
from tests.habits.matrix.world import World
from tests.qualification import programme_builders as builders
from tests.qualification.builders import make_supplier
from tests.rest.builders import faults, problem_of

pytestmark = pytest.mark.django_db
TARGETS = [("functional", "Partager", "5 s")]
API = "/api/v1/project-proposals/"


@pytest.fixture
def manager() -> Actor:
    return actor_for("programme_manager")


@pytest.fixture
def lead() -> Actor:
    return actor_for("supplier_manager", "supplier_editor")


@pytest.fixture
def partner() -> Actor:
    return actor_for("supplier_manager")


def test_needs_come_from_administrations_and_are_frozen_at_publication(manager: Any) -> None:
    need = report(actor=actor_for("requester"), title="Signature de gros fichiers")
    join(need, actor=actor_for("requester"))
    call = builders.make_call(manager, state="draft", programme="offre-cloud")
    stated = projects.add_need(call, actor=manager, title="Signer", targets=TARGETS, need=need)
    assert (stated.number, stated.administrations, str(stated.targets.get())) == (1, 2, "Partager : 5 s")
    with pytest.raises(RuleBroken, match="au moins un objectif"):
        projects.add_need(call, actor=manager, title="Rien", targets=[])
    calls.publish_call(call, actor=manager)
    with pytest.raises(MoveRefused, match="figés"):
        projects.add_need(call, actor=manager, title="Trop tard", targets=TARGETS)
    support = builders.make_call(manager, state="draft")
    with pytest.raises(RuleBroken, match="Seul un appel à projets"):
        projects.add_need(support, actor=manager, title="x", targets=TARGETS)


def test_a_project_leaves_only_when_every_member_has_confirmed(lead: Any, partner: Any, manager: Any) -> None:
    made = builders.make_proposal(lead, partner, manager, state="invited")
    assert Notification.objects.filter(user=partner.user, subject__contains="vous invite").exists()
    with pytest.raises(RuleBroken, match="N’ont pas encore confirmé"):
        projects.send(made, actor=lead)
    with pytest.raises(NotAllowed):
        projects.answer_invitation(made, actor=lead, confirms=True)
    projects.answer_invitation(made, actor=partner, confirms=True)
    with pytest.raises(NotAllowed):
        projects.send(made, actor=partner)
    projects.send(made, actor=lead)
    assert made.state == "sent" and len(made.sent_content["members"]) == 2
    assert Notification.objects.filter(user=partner.user, subject__contains="Récépissé").exists()
    with pytest.raises(MoveRefused):
        projects.answer_invitation(made, actor=partner, confirms=False)


def test_who_declines_is_out_and_may_be_asked_again(lead: Any, partner: Any, manager: Any) -> None:
    made = builders.make_proposal(lead, partner, manager, state="invited")
    with pytest.raises(RuleBroken, match="déjà du groupement"):
        projects.invite(made, actor=lead, organisation=partner.organisation, role="integrator", part="x")
    projects.answer_invitation(made, actor=partner, confirms=False)
    assert made not in ProjectProposal.objects.visible_to(partner)
    with pytest.raises(RuleBroken, match="un éditeur et un intégrateur"):
        projects.send(made, actor=lead)
    projects.invite(made, actor=lead, organisation=partner.organisation, role="integrator", part="x")
    projects.answer_invitation(made, actor=partner, confirms=True)
    projects.send(made, actor=lead)


def test_late_is_late_for_a_project_too(lead: Any, partner: Any, manager: Any) -> None:
    made = builders.make_proposal(lead, partner, manager)
    past = {"opens_at": builders.minute(days=-20), "closes_at": builders.minute(days=-1)}
    ProgrammeCall.objects.filter(pk=made.call_id).update(**past)
    with pytest.raises(MoveRefused, match="a clos le"):
        projects.send(made, actor=lead)
    late = {"state": "sent", "sent_at": timezone.now(), "sent_sha256": "0" * 64}
    with pytest.raises(IntegrityError), transaction.atomic():
        ProjectProposal.objects.filter(pk=made.pk).update(**late)


def test_what_the_demonstrator_shows_is_recorded_target_by_target(
    lead: Any, partner: Any, manager: Any
) -> None:
    made = builders.make_proposal(lead, partner, manager, state="sent")
    first, second = made.call.needs.get().targets.all()
    seen: dict[str, Any] = {"observation": "Vu à l’écran.", "seen_on": timezone.localdate()}
    with pytest.raises(RuleBroken, match="Aucun démonstrateur"):
        demonstrators.record_result(made, actor=manager, target=first, verdict="met", **seen)
    demonstrators.record_result(made, actor=manager, target=second, verdict="not_shown", **seen)
    where = {"url": "https://demo.essai.example/", "available_from": timezone.now()}
    demonstrators.set_demonstrator(made, actor=lead, **where)
    demonstrators.record_result(made, actor=manager, target=first, verdict="not_met", **seen)
    demonstrators.record_result(made, actor=manager, target=first, verdict="met", **seen)
    assert {key: row.verdict for key, row in made.last_results.items()} == {
        first.pk: "met",
        second.pk: "not_shown",
    }
    assert made.results.count() == 3
    with pytest.raises(IntegrityError), transaction.atomic():
        made.results.update(verdict="met")
    with pytest.raises(NotAllowed):
        demonstrators.record_result(made, actor=lead, target=first, verdict="met", **seen)
    elsewhere = builders.make_projects_call(manager).needs.get().targets.all()[0]
    with pytest.raises(RuleBroken, match="ne répond pas"):
        demonstrators.record_result(made, actor=manager, target=elsewhere, verdict="met", **seen)


def test_a_consortium_in_the_browser() -> None:
    world = World()
    manager, lead = world.browser("programme_manager"), world.browser("supplier_manager")
    other = world.browser("other_supplier")
    call = builders.make_call(world.actor("programme_manager"), state="draft", programme="offre-cloud")
    url = call.get_absolute_url()
    bad = manager.post(f"{url}besoins/", {"title": "Signer", "targets": "Signer vite"})
    assert bad.status_code == 400 and "Signer vite" in bad.content.decode()
    manager.post(f"{url}besoins/", {"title": "Signer", "targets": "F | Signer | En 5 s\nT | TLS | 1.3"})
    manager.post(f"{url}publier/", {})
    assert "seuil" in lead.get(url).content.decode()
    lead.post(f"{url}groupement/", {"title": "Coffre", "role": "publisher", "part": "Le logiciel"})
    made = ProjectProposal.objects.get()
    page = made.get_absolute_url()
    integrator = make_supplier(world.the("other_supplier").organisation)
    bad = lead.post(f"{page}inviter/", {"supplier": "999999", "role": "integrator", "part": "x"})
    assert bad.status_code == 400 and "Aucun fournisseur" in bad.content.decode()
    lead.post(f"{page}inviter/", {"supplier": integrator.number, "role": "integrator", "part": "x"})
    assert other.post(f"{page}repondre/", {}).url == page
    written = {"title": "Coffre", "summary": "a", "work_plan": "b", "needs": ["1"]}
    lead.post(f"{page}modifier/", {**written, "version": ""})
    assert lead.post(f"{page}envoyer/", {}).status_code == 302
    demo = {"url": "https://demo.essai.example/", "available_from": "2026-12-01T09:00"}
    lead.post(f"{page}demonstrateur/", demo)
    target = made.call.needs.get().targets.all()[0]
    result = {"target": target.pk, "verdict": "met", "observation": "Vu.", "seen_on": "2026-11-20"}
    assert manager.post(f"{page}resultat/", result).status_code == 302
    assert "Vu." in other.get(page).content.decode()
    letter = {"decided_on": str(timezone.localdate()), "decision_reference": "L2"}
    manager.post(f"{page}retenu/", letter)
    made.refresh_from_db()
    assert made.state == "selected"


def test_the_api_says_the_same_of_projects() -> None:
    world = World()
    manager, lead, other = (
        world.api(who) for who in ("programme_manager", "supplier_manager", "other_supplier")
    )
    call = builders.make_call(world.actor("programme_manager"), state="draft", programme="offre-cloud")
    url = f"/api/v1/programme-calls/{call.uuid}/"
    need = {"title": "Signer", "targets": [{"kind": "functional", "title": "Signer", "threshold": "5 s"}]}
    assert faults(manager.post(f"{url}needs/", {**need, "targets": []})) == {"targets"}
    stated = manager.post(f"{url}needs/", need).json()["needs"][0]
    manager.post(f"{url}publish/")
    opened = {"call": str(call.uuid), "title": "Coffre", "role": "publisher", "part": "Le logiciel"}
    made = lead.post(API, opened).json()
    one = f"{API}{made['id']}/"
    supplier = make_supplier(world.the("other_supplier").organisation)
    invited = {"supplier": str(supplier.uuid), "role": "integrator", "part": "L’intégration"}
    problem_of(other.get(one), 404)
    lead.post(f"{one}invite/", invited)
    assert (
        other.post(f"{one}answer-invitation/", {"confirms": True}).json()["members"][1]["answer"]
        == "confirmed"
    )
    version = lead.get(one)["ETag"]
    written = {"summary": "a", "work_plan": "b", "needs": [stated["id"]]}
    assert lead.patch(one, written, headers={"If-Match": version}).status_code == 200
    assert lead.post(f"{one}send/").json()["state"] == "sent"
    demo = {"url": "https://demo.essai.example/", "available_from": timezone.now().isoformat()}
    assert lead.post(f"{one}demonstrator/", demo).status_code == 200
    seen = {
        "target": stated["targets"][0]["id"],
        "verdict": "partly",
        "observation": "En 7 s.",
        "seen_on": str(timezone.localdate() - dt.timedelta(days=1)),
    }
    assert manager.post(f"{one}result/", seen).json()["results"][0]["verdict"] == "partly"
    problem_of(lead.post(f"{one}result/", seen), 403)
