"""Who instructs reads what was sent: answers, prices, certificates, the version itself."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.actions.authoring import save_answers
from catalog.questions.engine import questions
from catalog.trust import add_mark
from marketplace.accounts.enums import Role
from marketplace.files.store import store_upload
from qualification.schemes import LISTING, load_scheme
from tests.builders import client_for, make_member
from tests.qualification import builders

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def people():
    return builders.make_people()


FACTS = ("supplier", "marks", "plans", "files")


def test_every_requirement_says_what_to_read():
    for requirement in load_scheme(*LISTING).requirements:
        assert requirement.questions or requirement.facts in FACTS
        assert set(requirement.questions) <= set(questions())


@pytest.mark.parametrize("who", ["officer", "decider", "auditor"])
def test_who_instructs_reads_the_answers_of_each_requirement(people, who):
    dossier = builders.make_dossier(people, upto="instruction")
    save_answers(dossier.offer, actor=people.actor("manager"), answers={"description": "Pas encore envoyé."})
    client = client_for(make_member(Role.AUDITOR) if who == "auditor" else getattr(people, who))
    base = f"/dossiers/{dossier.number}/"
    version = f"{dossier.offer.get_absolute_url()}versions/1/"
    expected = {"exit": "2\xa0mois", "description": "Machines virtuelles.", "regions": "Roubaix"}
    whole = client.get(base).content.decode()
    for code, text in expected.items():
        page = client.get(f"{base}constats/{code}/").content.decode()
        assert text in page
        assert text in whole
        assert version in page
    assert questions()["exit_notice_months"].label in whole
    assert "10,00\xa0€" in client.get(f"{base}constats/prices/").content.decode()
    assert people.supplier.name in client.get(f"{base}constats/identity/").content.decode()
    assert "Pas encore envoyé." not in whole
    assert "Machines virtuelles." in client.get(version).content.decode()


def test_certificates_are_joined_and_open_for_who_instructs(people):
    dossier = builders.make_dossier(people, upto="instruction")
    owner = people.actor("manager")
    stored = store_upload(
        SimpleUploadedFile("certificat.pdf", PDF, "application/pdf"), owner=people.supplier, actor=owner
    )
    mark = add_mark(
        dossier.offer, actor=owner, scheme="hds", status="in_force", scope="Hébergement", origin="declared",
        evidence=stored,
    )  # fmt: skip
    url = f"{dossier.offer.get_absolute_url()}preuves/{mark.uuid}/"
    for member in (people.officer, people.decider, make_member(Role.AUDITOR)):
        client = client_for(member)
        assert url in client.get(f"/dossiers/{dossier.number}/constats/trust_marks/").content.decode()
        assert url in client.get(f"/dossiers/{dossier.number}/").content.decode()
        assert client.get(url).status_code == 200


def test_a_dossier_not_sent_shows_no_version(people):
    dossier = builders.make_dossier(people)
    page = client_for(people.manager).get(f"/dossiers/{dossier.number}/").content.decode()
    assert "Lire la version envoyée" not in page
