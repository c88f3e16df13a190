"""Instruction: links declared, the grid of findings, rounds that open again only what they touch."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction

from marketplace.accounts.enums import Role
from marketplace.errors import NotAllowed, RuleBroken
from qualification import actions, decisions, findings, interests
from qualification.abilities import dossier_abilities
from qualification.models import Dossier, Finding, InterestDeclaration
from qualification.reopening import Changed, reopened, still_standing
from qualification.schemes import Requirement
from tests.builders import actor_for, client_for, make_member
from tests.qualification import builders
from tests.rest.builders import client_for_token, problem_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> builders.People:
    return builders.make_people()


def judge(
    dossier: Dossier, people: builders.People, code: str, verdict: str = "conform", **words: Any
) -> None:
    findings.record_finding(
        dossier,
        actor=people.actor("officer"),
        requirement=code,
        verdict=verdict,
        **({"observation": "Vu."} | words),
    )


# -- links


def test_nobody_instructs_without_having_declared(people):
    dossier = builders.make_dossier(people, upto="instruction")
    url = f"/api/v1/dossiers/{dossier.uuid}/take/"
    problem = problem_of(client_for_token(people.officer).post(url, {}, format="json"), 400)
    assert (problem["code"], problem["errors"][0]["field"]) == ("declaration_missing", "no_interest")
    assert Dossier.objects.get(pk=dossier.pk).officer is None
    taken = client_for_token(people.officer).post(url, {"no_interest": True}, format="json").json()
    assert taken["officer"] == people.officer.user.full_name
    assert InterestDeclaration.objects.get(dossier=dossier).has_interest is False


def test_the_database_refuses_an_officer_who_did_not_declare(people):
    dossier = builders.make_dossier(people, upto="instruction")
    rows = Dossier.objects.filter(pk=dossier.pk)
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        rows.update(officer=people.officer.user)
    interests.declare_interest(dossier, actor=people.actor("officer"), has_interest=False)
    assert rows.update(officer=people.officer.user) == 1


def test_a_declaration_made_before_is_enough(people):
    dossier = builders.make_dossier(people, upto="instruction")
    interests.declare_interest(dossier, actor=people.actor("officer"), has_interest=False)
    assert interests.take(dossier, actor=people.actor("officer")).officer == people.officer.user


def test_who_decides_declares_too_and_the_text_typed_is_kept(people):
    dossier = builders.make_dossier(people, upto="proposed")
    words = {"outcome": "listed", "reasons": "Des motifs pesés.", "version": dossier.version}
    client = client_for(people.decider)
    page = f"/dossiers/{dossier.number}/decider/"
    refused = client.post(page, words)
    text = refused.content.decode()
    assert refused.status_code == 400 and interests.UNDECLARED in text and "Des motifs pesés." in text
    with pytest.raises(RuleBroken) as error:
        decisions.decide(dossier, actor=people.actor("decider"), outcome="listed", reasons="Bien.")
    assert error.value.code == "declaration_missing"
    assert Dossier.objects.get(pk=dossier.pk).state == "proposed"
    assert client.post(page, words | {"no_interest": "on"}).status_code == 302
    declared = InterestDeclaration.objects.get(user=people.decider.user)
    assert (declared.dossier, declared.has_interest) == (dossier, False)


def test_a_link_bars_from_every_judgement_on_the_supplier(people):
    dossier = builders.make_dossier(people, upto="proposed", outcome="refused")
    page = f"/dossiers/{dossier.number}/lien/"
    client = client_for(people.decider)
    assert client.post(page, {"statement": " "}).status_code == 400
    assert client.post(page, {"statement": "J’y ai travaillé."}).status_code == 302
    verdicts = dossier_abilities(people.actor("decider"), dossier)
    assert all(verdicts[name].startswith("Vous avez déclaré un lien") for name in ("decide", "send_back"))
    with pytest.raises(NotAllowed):
        builders.decide(dossier, people, "refused")
    later = builders.make_dossier(people, upto="instruction")
    assert dossier_abilities(people.actor("decider"), later)["decide"].startswith("Vous avez déclaré")


def test_a_link_found_late_gives_the_dossier_back_to_its_place(people):
    dossier = builders.make_dossier(people, upto="instruction")
    interests.take_declared(dossier, actor=people.actor("officer"))
    since = dossier.queue_since
    page = f"/dossiers/{dossier.number}/lien/"
    assert "Déclarer un lien" in client_for(people.officer).get(dossier.get_absolute_url()).content.decode()
    assert client_for(people.officer).post(page, {"statement": "Un parent."}).status_code == 302
    dossier.refresh_from_db()
    assert (dossier.officer, dossier.queue_since) == (None, since)
    other = actor_for(Role.QUALIFICATION_OFFICER, organisation=people.operator)
    assert interests.take_declared(dossier, actor=other).officer == other.user


# -- the grid


def test_what_is_not_compliant_says_how_much_it_weighs(people):
    dossier = builders.make_dossier(people, upto="instruction")
    interests.take_declared(dossier, actor=people.actor("officer"))
    with pytest.raises(RuleBroken) as refused:
        judge(dossier, people, "exit", "not_conform", remedy="Réduire.")
    assert (refused.value.code, list(refused.value.fields)) == ("severity_missing", ["severity"])
    judge(dossier, people, "exit", "conform", severity="blocking")
    assert Finding.objects.get().severity == ""


def test_the_grid_on_the_page_and_in_the_api(people):
    dossier = builders.make_dossier(people, upto="instruction")
    interests.take_declared(dossier, actor=people.actor("officer"))
    form = {
        "verdict": "not_conform",
        "severity": "major",
        "observation": "Préavis de six mois.",
        "evidence": "Contrat type, page 4.",
        "remedy": "Ramener à deux mois.",
        "version": dossier.version,
    }
    client = client_for(people.officer)
    assert client.post(f"/dossiers/{dossier.number}/constats/exit/", form).status_code == 302
    text = client.get(f"/dossiers/{dossier.number}/constats/").content.decode()
    seen = ("Préavis de six mois.", "Contrat type, page 4.", "Ramener à deux mois.", "Majeur", "2023/2854")
    assert all(words in text for words in seen)
    url = f"/api/v1/dossiers/{dossier.uuid}/findings/"
    rows = client_for_token(people.officer).get(url).json()
    line = next(row for row in rows if row["requirement"] == "exit")
    assert (line["severity"], line["evidence"], line["stands"]) == ("major", "Contrat type, page 4.", True)
    assert next(row for row in rows if row["requirement"] == "prices")["verdict"] is None
    own = client_for_token(people.manager).get(url).json()
    assert [row["requirement"] for row in own] == ["exit"]
    problem_of(client_for_token(make_member("requester")).get(url), 404)


# -- rounds


def requirement(code: str, **values: Any) -> Requirement:
    return Requirement(code, code, "Règle.", **values)


def test_what_a_round_opens_again():
    asked = [
        requirement("exit", questions=("notice", "formats")),
        requirement("site", questions=("website",)),
        requirement("prices", facts="plans"),
        requirement("marks", facts="marks"),
        requirement("new"),
    ]
    judged = {
        "exit": "conform",
        "site": "conform_with_reserve",
        "prices": "conform",
        "marks": "not_applicable",
    }

    def codes(*questions: str, facts: tuple[str, ...] = ()) -> list[str]:
        return reopened(asked, changed=Changed(frozenset(questions), frozenset(facts)), judged=judged)

    assert codes() == ["site"]
    assert codes("formats") == ["exit", "site"]
    assert codes("elsewhere", facts=("plans", "marks")) == ["site", "prices", "marks"]


def test_a_finding_written_after_the_round_stands():
    rounds = [(1, ["exit", "site"]), (2, ["site"])]
    assert still_standing({"exit": 2, "site": 2, "prices": 1}, rounds=rounds) == {
        "exit": True,
        "site": False,
        "prices": True,
    }


def test_only_what_changed_is_judged_again(people):
    dossier = builders.make_dossier(people, upto="instruction")
    interests.take_declared(dossier, actor=people.actor("officer"))
    builders.judge_all(dossier, people)
    judge(dossier, people, "description", "conform_with_reserve", severity="minor")
    since = dossier.queue_since
    actions.request_corrections(dossier, actor=people.actor("officer"), reason="Précisez.")
    version = dossier.offer.edit_version(by=people.manager.user)
    version.answers = version.answers | {"exit_notice_months": "1"}
    version.save()
    actions.answer_corrections(dossier, actor=people.actor("manager"), reason="Fait.")
    builders.run_all(dossier)
    assert dossier.corrections.get().reopened == ["description", "exit"]
    assert dossier.queue_since == since
    missing = findings.missing_findings(Dossier.objects.get(pk=dossier.pk))
    assert missing == ["La description est exacte et complète", "Le client peut partir"]
    with pytest.raises(RuleBroken):
        actions.propose(dossier, actor=people.actor("officer"), outcome="listed", reasons="Bien.")
    text = client_for(people.officer).get(f"/dossiers/{dossier.number}/constats/").content.decode()
    assert text.count("À juger de nouveau") == 2
    assert (
        "2\u00a0exigences rouvertes"
        in client_for(people.manager).get(dossier.get_absolute_url()).content.decode()
    )
    for code in ("description", "exit"):
        judge(dossier, people, code)
    assert (
        actions.propose(dossier, actor=people.actor("officer"), outcome="listed", reasons="Bien.").state
        == "proposed"
    )


def test_a_price_changed_opens_the_prices_again(people):
    dossier = builders.make_dossier(people, upto="instruction")
    interests.take_declared(dossier, actor=people.actor("officer"))
    builders.judge_all(dossier, people)
    actions.request_corrections(dossier, actor=people.actor("officer"), reason="Le prix est à revoir.")
    version = dossier.offer.edit_version(by=people.manager.user)
    line = version.plans.get().lines.get()
    line.amount_eur_ht = 12
    line.save()
    actions.answer_corrections(dossier, actor=people.actor("manager"), reason="Fait.")
    assert dossier.corrections.get().reopened == ["prices"]


def test_a_qualification_declared_meanwhile_opens_the_qualifications_again(people):
    from catalog.trust import add_mark

    dossier = builders.make_dossier(people, upto="instruction")
    interests.take_declared(dossier, actor=people.actor("officer"))
    builders.judge_all(dossier, people)
    actions.request_corrections(dossier, actor=people.actor("officer"), reason="Et ISO 27001 ?")
    words = {"scheme": "iso27001", "status": "in_force", "origin": "declared", "scope": "Essai"}
    add_mark(dossier.offer, actor=people.actor("editor"), **words)
    actions.answer_corrections(dossier, actor=people.actor("manager"), reason="Déclarée.")
    assert dossier.corrections.get().reopened == ["trust_marks"]
