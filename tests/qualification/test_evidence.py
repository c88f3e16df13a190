"""Evidence given once: joined where it serves, reminded before its end, read under a journal."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from catalog.trust import add_mark
from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.files.models import FileAccess
from marketplace.notifications.models import Notification, OutgoingEmail
from qualification import actions, evidence, findings, interests
from qualification.models import Evidence, EvidenceUse
from qualification.reminders import remind, step_of
from qualification.tasks import remind_expiries
from tests.builders import client_for, make_member, make_organisation
from tests.qualification import builders
from tests.rest.builders import client_for_token, problem_of

pytestmark = pytest.mark.django_db
URL = "/api/v1/evidence/"


@pytest.fixture
def people() -> builders.People:
    return builders.make_people()


def pdf(name: str = "preuve.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7\n%%EOF\n")


def test_another_supplier_and_a_buyer_read_nothing(people):
    made = builders.make_evidence(people)
    rival = make_member("supplier_manager", organisation=make_organisation(kind="supplier"))
    for member in (rival, make_member("requester"), people.officer):
        assert client_for(member).get(made.get_absolute_url()).status_code == 404
        assert client_for(member).get(f"{made.get_absolute_url()}fichier/").status_code == 404
        problem_of(client_for_token(member).get(f"{URL}{made.uuid}/file/"), 404)
    assert not FileAccess.objects.exists()


def test_kept_by_the_page_and_refused_in_words(people):
    client = client_for(people.editor)
    page = "/mes-preuves/ajouter/"
    told = {"title": "Politique", "valid_until": "01/01/2020", "upload": pdf()}
    refused = client.post(page, told)
    assert refused.status_code == 400 and "n’est plus valable" in refused.content.decode()
    program = SimpleUploadedFile("preuve.pdf", b"MZ\x90\x00")
    refused = client.post(page, {"title": "Politique", "upload": program})
    assert refused.status_code == 400 and 'href="#id_upload"' in refused.content.decode()
    large = SimpleUploadedFile("preuve.pdf", b"%PDF-1.7\n" + b"0" * 10_000_000 + b"\n%%EOF\n")
    refused = client.post(page, {"title": "Politique", "upload": large})
    assert refused.status_code == 400 and "10 Mo au plus" in refused.content.decode()
    # 200 MB are refused on their announced length, before a byte is read.
    assert client.generic("POST", page, b"", CONTENT_LENGTH="200000000").status_code == 413
    assert not Evidence.objects.exists()
    end = timezone.localdate() + dt.timedelta(days=400)
    done = client.post(page, {"title": "Politique", "valid_until": f"{end:%d/%m/%Y}", "upload": pdf()})
    made = Evidence.objects.get()
    assert (done.status_code, done.url, made.valid_until) == (302, made.get_absolute_url(), end)
    assert AuditEvent.objects.filter(what="create", object_number=made.number).exists()


def test_the_same_evidence_serves_several_dossiers(people):
    made = builders.make_evidence(people)
    first, second = (builders.make_dossier(people) for _ in range(2))
    client = client_for(people.editor)
    for dossier in (first, second):
        shown = client.get(made.get_absolute_url()).content.decode()
        assert f"{dossier.number}:exit" in shown
        sent = client.post(made.get_absolute_url(), {"where": f"{dossier.number}:exit"})
        assert sent.status_code == 302
    again = client.post(made.get_absolute_url(), {"where": f"{first.number}:exit"})
    assert again.status_code == 400 and "déjà jointe" in again.content.decode()
    assert made.uses.count() == 2
    listed = client.get("/mes-preuves/").content.decode()
    assert first.number in listed and second.number in listed
    assert made.title in client.get(first.get_absolute_url()).content.decode()


def test_by_api_joined_then_taken_off(people):
    api = client_for_token(people.editor)
    made = api.post(URL, {"title": "Plan de secours", "file": pdf()}, format="multipart")
    assert made.status_code == 201, made.content
    body, dossier = made.json(), builders.make_dossier(people)
    use = {"dossier": str(dossier.uuid), "requirement": "exit"}
    joined = api.post(f"{URL}{body['id']}/join/", use, format="json").json()
    assert [(one["number"], one["requirement"]) for one in joined["uses"]] == [(dossier.number, "exit")]
    problem = problem_of(api.post(f"{URL}{body['id']}/join/", use | {"requirement": "x"}, format="json"), 400)
    assert problem["errors"][0]["field"] == "requirement"
    assert api.post(f"{URL}{body['id']}/take-off/", use, format="json").json()["uses"] == []
    problem_of(api.post(f"{URL}{body['id']}/take-off/", use, format="json"), 404)


def test_a_dossier_at_the_examination_keeps_its_evidence(people):
    made = builders.make_evidence(people)
    dossier = builders.make_dossier(people)
    use = builders.join(made, dossier, people)
    actions.submit(dossier, actor=people.actor("manager"))
    with pytest.raises(MoveRefused):
        builders.join(made, dossier, people, "prices")
    with pytest.raises(MoveRefused):
        evidence.take_off(use, actor=people.actor("editor"))
    assert EvidenceUse.objects.count() == 1


def test_another_suppliers_dossier_is_refused(people):
    made, other = builders.make_evidence(people), builders.make_people()
    with pytest.raises(RuleBroken) as refused:
        builders.join(made, builders.make_dossier(other), people)
    assert refused.value.code == "dossier_not_yours"


def test_every_reading_is_in_the_journal_that_the_supplier_reads(people):
    made = builders.make_evidence(people)
    dossier = builders.make_dossier(people)
    builders.join(made, dossier, people)
    actions.submit(dossier, actor=people.actor("manager"))
    builders.run_all(dossier)
    interests.take_declared(dossier, actor=people.actor("officer"))
    page = client_for(people.officer).get(f"/dossiers/{dossier.number}/constats/exit/").content.decode()
    file_url = f"{made.get_absolute_url()}fichier/"
    assert file_url in page
    got = client_for(people.officer).get(file_url)
    assert (got.status_code, got.content[:5]) == (200, b"%PDF-")
    client_for_token(people.decider).get(f"{URL}{made.uuid}/file/")
    own = client_for(people.editor).get(made.get_absolute_url()).content.decode()
    assert people.officer.user.full_name in own and people.decider.user.full_name in own
    read = client_for_token(people.editor).get(f"{URL}{made.uuid}/accesses/").json()
    assert [row["person"] for row in read] == [
        people.decider.user.full_name,
        people.officer.user.full_name,
    ]
    assert "Qui l’a lue" not in client_for(people.officer).get(made.get_absolute_url()).content.decode()
    problem_of(client_for_token(people.officer).get(f"{URL}{made.uuid}/accesses/"), 403)


def test_evidence_joined_in_a_round_opens_its_requirement_again(people):
    dossier = builders.make_dossier(people, upto="instruction")
    interests.take_declared(dossier, actor=people.actor("officer"))
    builders.judge_all(dossier, people)
    actions.request_corrections(dossier, actor=people.actor("officer"), reason="Une preuve de sortie.")
    builders.join(builders.make_evidence(people), dossier, people)
    actions.answer_corrections(dossier, actor=people.actor("manager"), reason="Jointe.")
    assert dossier.corrections.get().reopened == ["exit"]
    assert findings.missing_findings(dossier) == ["Le client peut partir"]


@pytest.mark.parametrize(
    ("left", "step"),
    [(91, None), (90, 90), (61, 90), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (0, 7), (-1, None)],
)
def test_the_reminder_due(left, step):
    assert step_of(left) == step


def test_four_reminders_each_once_by_mail_and_on_the_desk(people):
    with time_machine.travel("2026-11-26 10:00+01:00", tick=False):
        end = dt.date(2027, 3, 1)
        made = builders.make_evidence(people, valid_until=end)
        assert remind() == 0
    sent = []
    for left in (90, 89, 60, 60, 45, 30, 7, 3, 0, -1):
        moment = dt.datetime.combine(end - dt.timedelta(days=left), dt.time(9), tzinfo=dt.UTC)
        with time_machine.travel(moment, tick=False):
            if (count := remind_expiries()) > 0:
                sent.append((left, count))
            if left == 60:
                desk = client_for(people.editor).get("/bureau/").content.decode()
                assert made.number in desk and "Préparer son renouvellement" in desk
    # Editor and manager, four times.
    assert sent == [(90, 2), (60, 2), (30, 2), (7, 2)]
    told = Notification.objects.filter(user=people.editor.user).order_by("pk")
    assert "dans 90" in told[0].subject and told[0].url == made.get_absolute_url()
    assert OutgoingEmail.objects.filter(notification__in=told).count() == 4


def test_certificates_are_reminded_too_and_a_new_end_starts_again(people):
    offer = builders.make_offer(people.supplier)
    end = timezone.localdate() + dt.timedelta(days=20)
    words = {"scheme": "iso27001", "status": "in_force", "origin": "declared", "scope": "Essai"}
    mark = add_mark(offer, actor=people.actor("editor"), valid_until=end, **words)
    assert (remind(), remind()) == (2, 0)
    type(mark).objects.filter(pk=mark.pk).update(valid_until=end + dt.timedelta(days=5))
    assert remind() == 2


def certificate(days: int, **more: object) -> dict[str, object]:
    until = timezone.localdate() + dt.timedelta(days=days)
    paper = {"issuer": "Certificateur", "number": "27001-A", "valid_until": until.isoformat(), **more}
    return {"iso27001_held": True, "iso27001_held_certificate": paper}


@pytest.mark.parametrize(("days", "count"), [(91, 0), (90, 2), (7, 2), (0, 2), (-1, 0)])
def test_a_certificate_given_only_as_an_answer_is_reminded(people, days, count):
    offer = builders.make_offer(people.supplier, **certificate(days))
    assert (remind(), remind()) == (count, 0)
    for told in Notification.objects.all():
        assert "27001" in told.subject and offer.name in told.subject
        assert told.url == f"{offer.get_absolute_url()}modifier/certifications/"
        assert client_for(people.editor).get(told.url).status_code == 200


def test_an_answer_that_counts_no_more_or_that_a_mark_repeats_is_not_reminded(people):
    offer = builders.make_offer(people.supplier, **certificate(20) | {"iso27001_held": False})
    assert remind() == 0
    version = offer.versions.get()
    version.answers = {**version.answers, **certificate(20)}
    version.save(update_fields=["answers"])
    words = {"scheme": "iso27001", "status": "in_force", "origin": "declared", "scope": "Essai"}
    until = timezone.localdate() + dt.timedelta(days=20)
    add_mark(offer, actor=people.actor("editor"), valid_until=until, decision_number="27001-A", **words)
    assert remind() == 2, "the mark's own, once a person"
    assert not Notification.objects.filter(key__contains="answer:").exists()


def test_the_newest_version_speaks_and_a_public_sheet_is_nobody_s_to_renew(people):
    offer = builders.make_offer(people.supplier, **certificate(20))
    first = offer.versions.get()
    first.frozen_at = timezone.now()
    first.save(update_fields=["frozen_at"])
    offer.versions.create(number=2, answers={**first.answers, **certificate(800)})
    assert remind() == 0
    offer.versions.filter(number=2).update(answers={**first.answers, **certificate(30)})
    offer.supplier.organisation = None
    offer.supplier.save(update_fields=["organisation"])
    assert remind() == 0
