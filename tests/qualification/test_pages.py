"""Each page by role, its words, its forms, its number of queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.accounts.enums import Role
from qualification import actions
from qualification.models import CheckRun, Decision, Dossier, Finding
from tests.builders import client_for, make_member
from tests.qualification import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return builders.make_people()


WHO = ("stranger", "other_supplier", "buyer", "editor", "manager", "officer", "decider", "auditor")
# (page, state of the dossier): what each of WHO gets, in that order.
PAGES = {
    ("/dossiers/", "instruction"): (302, 200, 200, 200, 200, 200, 200, 200),
    ("/dossiers/{n}/", "draft"): (302, 404, 404, 200, 200, 404, 404, 200),
    ("/dossiers/{n}/", "instruction"): (302, 404, 404, 200, 200, 200, 200, 200),
    ("/dossiers/{n}/avancement/", "instruction"): (302, 404, 404, 302, 302, 302, 302, 302),
    ("/dossiers/{n}/controles/exit_terms/", "instruction"): (302, 404, 404, 200, 200, 200, 200, 200),
    ("/dossiers/{n}/controles/inconnu/", "instruction"): (302, 404, 404, 404, 404, 404, 404, 404),
    ("/dossiers/{n}/decision/", "instruction"): (302, 404, 404, 404, 404, 404, 404, 404),
    ("/dossiers/{n}/decision/", "decided"): (302, 404, 404, 200, 200, 200, 200, 200),
    ("/dossiers/{n}/envoyer/", "draft"): (302, 404, 404, 403, 200, 404, 404, 403),
    ("/dossiers/{n}/envoyer/", "instruction"): (302, 404, 404, 403, 409, 403, 403, 403),
    ("/dossiers/{n}/prendre/", "instruction"): (302, 404, 404, 403, 403, 200, 403, 403),
    ("/dossiers/{n}/constats/", "instruction"): (302, 404, 404, 403, 403, 200, 200, 200),
    ("/dossiers/{n}/constats/exit/", "proposed"): (302, 404, 404, 403, 403, 200, 200, 200),
    ("/dossiers/{n}/proposer/", "proposed"): (302, 404, 404, 403, 403, 409, 403, 403),
    ("/dossiers/{n}/demander-corrections/", "proposed"): (302, 404, 404, 403, 403, 409, 403, 403),
    ("/dossiers/{n}/decider/", "proposed"): (302, 404, 404, 403, 403, 403, 200, 403),
    ("/dossiers/{n}/rendre/", "proposed"): (302, 404, 404, 403, 403, 403, 200, 403),
    ("/dossiers/{n}/recours/", "decided"): (302, 404, 404, 403, 200, 403, 403, 403),
    ("/dossiers/{n}/decider-recours/", "appealed"): (302, 404, 404, 403, 403, 403, 403, 403),
    ("/pilotage/instruction/", "instruction"): (302, 403, 403, 403, 403, 200, 200, 403),
    ("/pilotage/decisions/", "proposed"): (302, 403, 403, 403, 403, 403, 200, 403),
}


@pytest.mark.parametrize(("page", "state"), PAGES, ids=lambda value: str(value))
def test_who_gets_which_page(people, page, state):
    outcome = "refused" if state in ("appealed", "decided") else "listed"
    dossier = builders.make_dossier(people, upto=state, outcome=outcome)
    members = {
        "stranger": None,
        "other_supplier": make_member(Role.SUPPLIER_MANAGER),
        "buyer": make_member(Role.REQUESTER),
        "auditor": make_member(Role.AUDITOR),
    }
    got = {}
    for who in WHO:
        member = members[who] if who in members else getattr(people, who)
        got[who] = client_for(member).get(page.format(n=dossier.number)).status_code
    assert got == dict(zip(WHO, PAGES[page, state], strict=True))


def test_a_number_that_is_not_one(people):
    client = client_for(people.manager)
    assert [client.get(f"/dossiers/{n}/").status_code for n in ("DOS-1", "12", "DOS-2026-9999")] == [404] * 3


def test_the_supplier_opens_sends_and_reads(people):
    offer = builders.make_offer(people.supplier)
    client = client_for(people.manager)
    assert client.get(f"/dossiers/nouveau/?offre={offer.number}").status_code == 200
    opened = client.post(f"/dossiers/nouveau/?offre={offer.number}")
    dossier = Dossier.objects.get()
    assert opened.url == dossier.get_absolute_url()
    again = client.get(f"/dossiers/nouveau/?offre={offer.number}")
    assert (again.status_code, again.url) == (302, dossier.get_absolute_url())
    page = client.get(f"{opened.url}envoyer/")
    assert "question" in page.content.decode()
    assert client.post(f"{opened.url}envoyer/", {"version": "1"}).status_code == 302
    text = client.get(opened.url).content.decode()
    assert "0 contrôles sur 29 terminés" in text
    assert "Reste 20\u00a0jours ouvrés sur 20" in text
    assert 'hx-trigger="every 10s"' in text
    assert "Actualiser" in text


@pytest.mark.parametrize("offre", ["", "abc", "999999", "9" * 30, "-1", "²"])
def test_a_foreign_or_bad_offer_opens_nothing(people, offre):
    assert client_for(people.manager).get("/dossiers/nouveau/", {"offre": offre}).status_code == 404


def test_a_stale_form_is_refused(people):
    dossier = builders.make_dossier(people)
    answer = client_for(people.manager).post(f"/dossiers/{dossier.number}/envoyer/", {"version": "7"})
    assert answer.status_code == 412
    assert Dossier.objects.get().state == "draft"


def test_progress_by_htmx_is_the_table_alone(people):
    dossier = builders.make_dossier(people, upto="checking")
    client = client_for(people.editor)
    part = client.get(f"/dossiers/{dossier.number}/avancement/", HTTP_HX_REQUEST="true")
    assert part.status_code == 200
    assert "<html" not in part.content.decode()
    assert "every 10s" in part.content.decode()
    builders.run_all(dossier)
    done = client.get(f"/dossiers/{dossier.number}/avancement/", HTTP_HX_REQUEST="true").content.decode()
    assert ("every 10s" in done, "6 contrôles sur 6 terminés" in done) == (False, True)


def test_a_check_is_run_again_by_its_supplier(people):
    dossier = builders.make_dossier(people, upto="instruction")
    client = client_for(people.manager)
    url = f"/dossiers/{dossier.number}/controles/exit_terms/"
    assert "Relancer ce contrôle" in client.get(url).content.decode()
    assert client.post(url).status_code == 302
    assert client.post(url).status_code == 409
    assert dossier.runs.filter(check_code="exit_terms").count() == 2
    assert client_for(people.editor).post(url).status_code == 403


def test_the_officer_takes_judges_and_proposes(people):
    dossier = builders.make_dossier(people, upto="instruction")
    client, base = client_for(people.officer), f"/dossiers/{dossier.number}"
    assert "À prendre" in client.get("/pilotage/instruction/").content.decode()
    taken = client.post(f"{base}/prendre/", {"has_interest": "non", "version": dossier.version})
    assert (taken.status_code, taken.url) == (302, f"{base}/")
    refused = client.post(f"{base}/constats/identity/", {"verdict": "not_conform", "observation": "Absent."})
    assert refused.status_code == 400
    assert "comment le réparer" in refused.content.decode()
    kept = client.post(f"{base}/constats/identity/", {"verdict": "conform", "observation": "Vu."})
    assert (kept.status_code, kept.url) == (302, f"{base}/constats/description/")
    early = client.post(f"{base}/proposer/", {"outcome": "listed", "reasons": "Bien."})
    assert (early.status_code, "Il reste à juger" in early.content.decode()) == (400, True)
    builders.judge_all(dossier, people)
    assert client.post(f"{base}/proposer/", {"outcome": "listed", "reasons": "Bien."}).status_code == 302
    assert "Vous avez instruit ce dossier" not in client.get(f"{base}/").content.decode()
    decided = client_for(people.decider).post(
        f"{base}/decider/", {"outcome": "listed", "reasons": "Bien.", "no_interest": "on"}
    )
    assert decided.status_code == 302
    letter = client_for(people.manager).get(f"{base}/decision/").content.decode()
    assert "l’offre est référencée." in letter
    assert "tribunal administratif" in letter


def test_a_link_with_the_supplier_is_said_and_keeps_away(people):
    dossier = builders.make_dossier(people, upto="instruction")
    client, url = client_for(people.officer), f"/dossiers/{dossier.number}/prendre/"
    silent = client.post(url, {"has_interest": "oui"})
    assert (silent.status_code, "Dites quel est ce lien" in silent.content.decode()) == (400, True)
    assert client.post(url, {"has_interest": "oui", "statement": "Un parent."}).status_code == 302
    assert client.get(url).status_code == 403
    assert Dossier.objects.get().officer is None


def test_corrections_go_and_come_back(people):
    dossier = builders.make_dossier(people, upto="instruction")
    base = f"/dossiers/{dossier.number}"
    officer, manager = client_for(people.officer), client_for(people.manager)
    officer.post(f"{base}/prendre/", {"has_interest": "non"})
    asked = officer.post(f"{base}/demander-corrections/", {"reason": "Précisez le préavis."})
    assert asked.status_code == 302
    text = manager.get(f"{base}/").content.decode()
    assert "Votre place dans la file est gardée." in text
    assert "Répondre aux corrections" in text
    assert "le fournisseur corrige depuis" in text
    assert "Répondre aux corrections demandées" in manager.get("/bureau/").content.decode()
    assert manager.post(f"{base}/corrections/", {"reason": " "}).status_code == 400
    assert manager.post(f"{base}/corrections/", {"reason": "Préavis précisé."}).status_code == 302
    assert "Préavis précisé." in officer.get(f"{base}/").content.decode()


def test_two_posts_of_one_form_act_once(people):
    dossier = builders.make_dossier(people, upto="instruction")
    client, url = client_for(people.officer), f"/dossiers/{dossier.number}/prendre/"
    for _ in range(2):
        assert client.post(url, {"has_interest": "non", "_once": "jeton"}).status_code == 302
    builders.judge_all(dossier, people)
    given = {"verdict": "conform", "observation": "Vu.", "_once": "autre"}
    before = Finding.objects.count()
    for _ in range(2):
        assert client.post(f"/dossiers/{dossier.number}/constats/exit/", given).status_code == 302
    assert Finding.objects.count() == before + 1


@pytest.mark.parametrize(
    "given",
    [
        {"outcome": "qualified", "reasons": "Bien."},
        {"outcome": "listed", "reasons": "x" * 6001},
        {"outcome": "listed", "reasons": "a\x00b"},
        {"outcome": "refused", "reasons": "Non."},
        {},
    ],
)
def test_bad_words_decide_nothing(people, given):
    dossier = builders.make_dossier(people, upto="proposed")
    answer = client_for(people.decider).post(f"/dossiers/{dossier.number}/decider/", given)
    assert answer.status_code == 400
    assert Decision.objects.count() == 0


def test_who_instructed_reads_why_they_do_not_decide(people):
    from tests.builders import grant

    grant(people.officer, Role.DECISION_MAKER)
    builders.make_dossier(people, upto="proposed")
    text = client_for(people.officer).get("/pilotage/decisions/").content.decode()
    assert "Vous avez instruit ce dossier" in text


def count(client, url):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


@pytest.mark.parametrize(
    ("url", "who", "state"),
    [
        ("/dossiers/", "manager", "instruction"),
        ("/dossiers/", "officer", "instruction"),
        ("/pilotage/instruction/", "officer", "instruction"),
        ("/pilotage/decisions/", "decider", "proposed"),
        ("/bureau/", "officer", "instruction"),
        ("/bureau/", "decider", "proposed"),
    ],
)
def test_a_list_costs_the_same_for_one_and_for_four(people, url, who, state):
    client = client_for(getattr(people, who))
    builders.make_dossier(people, upto=state)
    count(client, url)
    one = count(client, url)
    for _ in range(3):
        builders.make_dossier(people, upto=state)
    assert count(client, url) == one


def test_the_page_of_a_dossier_costs_few_queries(people):
    dossier = builders.make_dossier(people, upto="proposed")
    client = client_for(people.decider)
    assert count(client, f"/dossiers/{dossier.number}/") <= 24
    assert CheckRun.objects.count() == 6


def test_an_answer_that_changed_meanwhile_is_said_and_the_text_kept(people):
    dossier = builders.make_dossier(people, upto="instruction")
    client, url = client_for(people.officer), f"/dossiers/{dossier.number}/constats/exit/"
    builders.ask_corrections(dossier, people)
    dossier.refresh_from_db()
    read = {"version": dossier.version, "round": dossier.round}
    actions.answer_corrections(dossier, actor=people.actor("manager"), reason="Corrigé.")
    builders.run_all(dossier)
    typed = {"verdict": "conform", "observation": "Texte gardé.", **read}
    stale = client.post(url, typed)
    text = stale.content.decode()
    assert stale.status_code == 400
    assert "La réponse a changé à" in text
    assert "Texte gardé." in text
    assert not Finding.objects.exists()
    dossier.refresh_from_db()
    again = client.post(url, typed | {"version": dossier.version, "round": dossier.round})
    assert (again.status_code, Finding.objects.count()) == (302, 1)
