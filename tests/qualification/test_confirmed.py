"""Waivers and links to registers: asked by one person, answered by another, dated, published, ended."""

import datetime as dt
from dataclasses import replace

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from qualification import actions, confirmations, gather, interests
from qualification.checks import CHECKS
from qualification.enums import Verdict
from qualification.facts import MarkFacts
from qualification.facts_offer import MatchFacts, RegisterRow
from qualification.models import RegisterLink, Waiver
from tests.builders import client_for, make_member
from tests.qualification import builders
from tests.rest.builders import client_for_token, problem_of

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 11, 22)


@pytest.fixture
def people():
    return builders.make_people()


@pytest.fixture
def dossier(people):
    """Judged whole, with the conditions of today: identity and site could not be verified."""
    made = builders.make_dossier(people, upto="instruction", edition=builders.CURRENT)
    interests.take_declared(made, actor=people.actor("officer"))
    builders.judge_all(made, people)
    made.refresh_from_db()
    return made


def propose(dossier, people):
    actions.propose(dossier, actor=people.actor("officer"), outcome="listed", reasons="Conforme.")


def waive(dossier, people, code):
    asked = builders.make_waiver(dossier, officer=people.actor("officer"), code=code)
    return confirmations.accept(asked, actor=people.actor("decider"), reason="Vu l’extrait.")


def test_a_mandatory_check_that_could_not_conclude_needs_a_waiver(dossier, people):
    with pytest.raises(RuleBroken) as refused:
        propose(dossier, people)
    assert refused.value.code == "unknown_mandatory"
    assert "Identité et activité du fournisseur" in refused.value.message
    waive(dossier, people, "legal_identity")
    builders.make_waiver(dossier, officer=people.actor("officer"), code="website_tls")
    with pytest.raises(RuleBroken) as refused:
        propose(dossier, people)
    assert "Site joignable" in refused.value.message, "asked is not accepted"
    confirmations.accept(
        Waiver.objects.get(check_code="website_tls"), actor=people.actor("decider"), reason="Vu."
    )
    propose(dossier, people)
    assert dossier.state == "proposed"


def test_a_refusal_needs_no_waiver_and_an_older_edition_asks_none(dossier, people):
    actions.propose(dossier, actor=people.actor("officer"), outcome="refused", reasons="Incomplet.")
    assert dossier.state == "proposed"
    assert builders.make_dossier(people, upto="proposed").state == "proposed"


def test_a_waiver_ends_by_the_clock_and_is_seen_by_the_decision(dossier, people):
    for code in ("legal_identity", "website_tls"):
        waive(dossier, people, code)
    propose(dossier, people)
    confirmations.end(Waiver.objects.first(), actor=people.actor("officer"), reason="Extrait démenti.")
    with pytest.raises(RuleBroken) as refused:
        builders.decide(dossier, people, "listed")
    assert refused.value.code == "unknown_mandatory"
    last = Waiver.objects.filter(ended_at=None).get()
    assert (last.standing, list(confirmations.published(dossier.offer))) == ("in_force", [last])
    with time_machine.travel(timezone.now() + dt.timedelta(days=91)):
        assert (last.standing, confirmations.published(dossier.offer)) == ("ended", [])


def test_who_asks_does_not_answer(dossier, people):
    asked = builders.make_waiver(dossier, officer=people.actor("officer"))
    for move in (confirmations.accept, confirmations.refuse):
        with pytest.raises(NotAllowed):
            move(asked, actor=people.actor("officer"), reason="Moi-même.")
    with pytest.raises(IntegrityError), transaction.atomic():
        Waiver.objects.filter(pk=asked.pk).update(
            answered_by=people.officer.user, answered_at=timezone.now(), accepted=True
        )
    confirmations.refuse(asked, actor=people.actor("decider"), reason="Extrait trop ancien.")
    with pytest.raises(MoveRefused):
        confirmations.accept(asked, actor=people.actor("other_decider"), reason="Finalement oui.")
    with pytest.raises(MoveRefused):
        confirmations.end(asked, actor=people.actor("officer"), reason="Trop tard.")


def test_what_may_be_waived(dossier, people):
    until = timezone.localdate() + dt.timedelta(days=30)
    passed, unknown = dossier.runs.get(check_code="prices"), dossier.runs.get(check_code="legal_identity")
    ask = {"actor": people.actor("officer"), "reason": "Vu."}
    with pytest.raises(MoveRefused):
        confirmations.ask_waiver(passed, valid_until=until, **ask)
    for days in (0, -1, 400):
        with pytest.raises(RuleBroken) as refused:
            confirmations.ask_waiver(
                unknown, valid_until=timezone.localdate() + dt.timedelta(days=days), **ask
            )
        assert "valid_until" in refused.value.fields
    with pytest.raises(NotAllowed):
        confirmations.ask_waiver(unknown, valid_until=until, actor=people.actor("manager"), reason="Vu.")
    confirmations.ask_waiver(unknown, valid_until=until, **ask)
    with pytest.raises(RuleBroken):
        confirmations.ask_waiver(unknown, valid_until=until, **ask)


def test_a_waiver_by_pages_published_on_the_sheet(dossier, people):
    officer, decider = client_for(people.officer), client_for(people.decider)
    page = f"/dossiers/{dossier.number}/controles/legal_identity/"
    assert "Demander qu’un écart soit accepté" in officer.get(page).content.decode()
    assert "Demander qu’un écart" not in client_for(people.manager).get(page).content.decode()
    assert officer.post(f"{page}ecart/", {"reason": "", "valid_until": "hier"}).status_code == 400
    until = (timezone.localdate() + dt.timedelta(days=90)).isoformat()
    answer = officer.post(f"{page}ecart/", {"reason": "Extrait lu.", "valid_until": until})
    waiver = Waiver.objects.get()
    assert answer.url == waiver.get_absolute_url()
    assert "Accepter" not in officer.get(answer.url).content.decode()
    assert decider.post(answer.url, {"move": "accept", "reason": ""}).status_code == 400
    assert decider.post(answer.url, {"move": "accept", "reason": "Accord."}).status_code == 302
    waive(dossier, people, "website_tls")
    propose(dossier, people)
    builders.decide(dossier, people, "listed")
    dossier.offer.refresh_from_db()
    sheet = client_for(make_member("requester")).get(dossier.offer.get_absolute_url()).content.decode()
    assert "Écarts acceptés au référencement" in sheet and people.officer.user.full_name in sheet
    told = (
        client_for_token(make_member("requester")).get(f"/api/v1/waivers/?offer={dossier.offer.uuid}").json()
    )
    assert (told["count"], {row["standing"] for row in told["results"]}) == (2, {"in_force"})


def test_a_waiver_by_api(dossier, people):
    officer, decider = client_for_token(people.officer), client_for_token(people.decider)
    run = dossier.runs.get(check_code="legal_identity")
    until = (timezone.localdate() + dt.timedelta(days=90)).isoformat()
    body = {"check": str(run.uuid), "reason": "Extrait lu.", "valid_until": until}
    problem_of(client_for_token(people.manager).post("/api/v1/waivers/", body, format="json"), 403)
    made = officer.post("/api/v1/waivers/", body, format="json")
    assert made.status_code == 201, made.content
    url = f"/api/v1/waivers/{made.json()['id']}/"
    problem_of(officer.post(f"{url}accept/", {"reason": "x"}, format="json"), 403)
    problem_of(decider.post(f"{url}accept/", {}, format="json"), 400)
    assert decider.post(f"{url}accept/", {"reason": "Vu."}, format="json").json()["standing"] == "in_force"
    problem_of(decider.post(f"{url}refuse/", {"reason": "Non."}, format="json"), 409)
    assert officer.post(f"{url}end/", {"reason": "Fini."}, format="json").json()["standing"] == "ended"
    assert client_for_token(make_member("supplier_manager")).get(url).status_code == 404


@pytest.fixture
def curator(people):
    return Actor.of(make_member(Role.CURATOR, organisation=people.operator))


def read(offer):
    facts = gather.register_match(offer.versions.first(), timezone.localdate(), register="anssi")
    return facts.linked_key, facts.row.decision if facts.row else None


def test_a_line_counts_once_another_person_has_confirmed_it(people, curator):
    offer = builders.make_offer(people.supplier)
    asked = builders.make_link(offer, officer=people.actor("officer"))
    assert read(offer) == ("", None)
    with pytest.raises(NotAllowed):
        confirmations.accept(asked, actor=people.actor("officer"), reason="Moi-même.")
    with pytest.raises(NotAllowed):
        confirmations.accept(asked, actor=people.actor("decider"), reason="Pas mon rôle.")
    confirmations.accept(asked, actor=curator, reason="Comparé au registre.")
    assert read(offer) == ("n:ESSAI-1", "ESSAI-1")
    confirmations.end(asked, actor=curator, reason="Service vendu.")
    assert read(offer) == ("", None)


def test_a_link_does_not_follow_the_offer_to_another_supplier(people, curator):
    offer = builders.make_offer(people.supplier)
    confirmations.accept(
        builders.make_link(offer, officer=people.actor("officer")), actor=curator, reason="Vu."
    )
    other = builders.make_people().supplier
    RegisterLink.objects.update(organisation=other)
    assert read(offer) == ("", None)


def test_a_link_needs_a_verified_supplier_and_the_very_number(people):
    offer, officer = builders.make_offer(people.supplier), people.actor("officer")
    builders.make_link(offer, officer=officer)
    ask = {"actor": officer, "register": "anssi", "reason": "Vu."}
    for number in ("ESSAI", "essai-1", "", " "):
        with pytest.raises(RuleBroken) as refused:
            confirmations.ask_link(offer, decision=number, **ask)
        assert "decision" in refused.value.fields
    with pytest.raises(RuleBroken) as refused:
        confirmations.ask_link(offer, decision="ESSAI-1", **ask)
    assert refused.value.code == "asked_already"
    type(people.supplier).objects.filter(pk=people.supplier.pk).update(state="pending")
    offer.supplier.organisation.refresh_from_db()
    with pytest.raises(RuleBroken) as refused:
        confirmations.ask_link(offer, decision="ESSAI-1", **ask)
    assert refused.value.code == "supplier_not_verified"


def test_a_link_by_pages_and_by_api(people, curator):
    offer = builders.make_dossier(people, upto="decided").offer
    builders.make_link(builders.make_offer(people.supplier), officer=people.actor("officer"))
    officer = client_for(people.officer)
    form = {"offer": offer.number, "register": "anssi", "decision": "ESSAI-2", "reason": "Vu."}
    page = officer.post("/pilotage/rattachements/nouveau/", form)
    assert page.status_code == 400 and "Un nom voisin ne prouve rien" in page.content.decode()
    assert officer.post("/pilotage/rattachements/nouveau/", form | {"offer": 999999}).status_code == 400
    made = officer.post("/pilotage/rattachements/nouveau/", form | {"decision": "ESSAI-1"})
    link = RegisterLink.objects.get(offer=offer)
    assert made.url == link.get_absolute_url()
    assert client_for(people.manager).get(made.url).status_code == 404
    assert offer.name in officer.get("/pilotage/rattachements/").content.decode()
    token = client_for_token(make_member(Role.CURATOR, organisation=people.operator))
    url = f"/api/v1/register-links/{link.uuid}/"
    assert token.post(f"{url}accept/", {"reason": "Comparé."}, format="json").json()["standing"] == "in_force"
    assert token.get(url).json()["decision"] == "ESSAI-1"
    body = {"offer": str(offer.uuid), "register": "anssi", "decision": "ESSAI-1", "reason": "x"}
    assert (
        problem_of(token.post("/api/v1/register-links/", body, format="json"), 400)["code"] == "asked_already"
    )


MARK = MarkFacts(
    "secnumcloud",
    "SecNumCloud",
    "in_force",
    "Nuage",
    "2279",
    dt.date(2025, 1, 1),
    dt.date(2028, 5, 30),
    False,
)
ROW = RegisterRow(
    "Nuage", "Nuage SAS", "2279", "in_force", "Nuage, région FR", dt.date(2025, 1, 1), dt.date(2028, 5, 30)
)
MATCH = MatchFacts((MARK,), "ANSSI, édition 2026-11", ON, "n:2279", ROW)


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        (MATCH, Verdict.PASS),
        (replace(MATCH, marks=()), Verdict.PASS),
        (replace(MATCH, linked_key="", row=None), Verdict.UNKNOWN),
        (replace(MATCH, row=None), Verdict.FAIL),
        (replace(MATCH, read_on=None), Verdict.UNKNOWN),
        (replace(MATCH, read_on=ON - dt.timedelta(days=63)), Verdict.UNKNOWN),
        (replace(MATCH, row=replace(ROW, decision="2280")), Verdict.FAIL),
        (replace(MATCH, row=replace(ROW, status="suspended")), Verdict.FAIL),
        (replace(MATCH, row=replace(ROW, valid_until=ON - dt.timedelta(days=1))), Verdict.FAIL),
        (replace(MATCH, row=replace(ROW, valid_until=dt.date(2029, 1, 1))), Verdict.WARN),
        (replace(MATCH, row=replace(ROW, perimeter="Autre service")), Verdict.WARN),
    ],
)
@pytest.mark.parametrize("code", ["anssi_register", "hds_register"])
def test_the_marks_against_the_line(code, facts, verdict):
    assert CHECKS[code].judge(facts, ON).verdict == verdict
