"""Questions while candidates are called: without a name, answered to all, until some days before the term."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.notifications.models import Notification
from marketplace.ui.desk import rows_of
from procurement.candidates import selecting
from procurement.consultations import desk, publishing, talk
from procurement.consultations.schedule import schedule_to
from procurement.models import Consultation
from tests.builders import client_for
from tests.procurement.candidates.builders import CALL, give, pass_term
from tests.procurement.consultation_builders import make_supplier
from tests.procurement.evaluation.test_story import browser, sent, text_of
from tests.rest.builders import client_for_token

ASKED, TOLD = "Les effectifs comptent-ils les sous-traitants ?", "Non, les seuls effectifs propres."


@pytest.fixture
def three(db):
    return [make_supplier(name=f"Nuage Exemple {letter}")[1] for letter in "ABC"]


def refused(code, act):
    with pytest.raises((MoveRefused, RuleBroken, NotAllowed)) as told:
        act()
    assert told.value.code == code, told.value.code
    return told.value


def test_the_calendar_of_the_call_and_then_of_the_responses(room, three):
    made = room.published(**CALL)
    told = schedule_to(
        made.candidatures_until, question_days=made.question_days, answer_days=made.answer_days
    )
    assert (made.questions_until, made.answers_by) == (told.questions_until, told.answers_by)
    tender = made.releases.get().ocds["tender"]
    assert tender["enquiryPeriod"] == {
        "startDate": made.published_at.isoformat(),
        "endDate": made.questions_until.isoformat(),
    }
    later = made.candidatures_until + dt.timedelta(days=7)
    publishing.extend(made, actor=room.purchasing, closes_at=later, reason="Délai demandé.")
    made.refresh_from_db()
    assert made.questions_until > told.questions_until and made.answers_by > told.answers_by
    one = give(made, three[0])
    pass_term(made)
    selecting.select(one, actor=room.purchasing)
    selecting.invite(made, actor=room.purchasing)
    again = schedule_to(made.closes_at, question_days=made.question_days, answer_days=made.answer_days)
    assert (made.questions_until, made.answers_by) == (again.questions_until, again.answers_by)


def test_a_call_shorter_than_its_questions_says_how_to_repair(room):
    made = room.proved(**{**CALL, "candidature_days": 25, "response_days": 40, "question_days": 30})
    told = refused("not_publishable", lambda: publishing.publish(made, actor=room.purchasing, attested=True))
    assert "avant le terme des candidatures" in told.fields["question_days"][0]


def test_asked_and_answered_by_pages(room, three):
    asker, candidate, _ = three
    made = room.published(**CALL)
    url = made.get_absolute_url()
    give(made, candidate)
    assert "Poser une question" in text_of(browser(asker).get(url))
    assert sent(browser(asker).post(f"{url}questions/", {"text": ASKED})) == url
    buyer = browser(room.purchasing)
    question = made.questions.get()
    page = text_of(buyer.get(url))
    assert ASKED in page and "Répondre à cette question" in page and "Nuage Exemple A" not in page
    (row,) = [one for one in rows_of(room.purchasing, desk.rows) if "Question" in one.object_label]
    assert row.due_on == made.answers_by
    Notification.objects.all().delete()
    assert sent(buyer.post(f"{url}questions/{question.uuid}/", {"answer": TOLD})) == url
    assert TOLD in text_of(client_for(None).get(url))
    told = {note.user_id for note in Notification.objects.all()}
    assert {asker.user.pk, candidate.user.pk} <= told, "who applied reads it too, as who asked"


def test_asked_and_answered_by_api(room, three):
    made = room.published(**CALL)
    seller = client_for_token(three[0].membership)
    asked = seller.post(
        "/api/v1/consultation-questions/", {"consultation": str(made.uuid), "text": ASKED}, format="json"
    )
    assert asked.status_code == 201, asked.content
    here = f"/api/v1/consultation-questions/{asked.json()['id']}/"
    assert client_for_token(None).get(here).status_code == 404, "not answered: its supplier and the buyer"
    buyer = client_for_token(room.purchasing.membership)
    assert buyer.post(f"{here}answer/", {"answer": TOLD}, format="json").status_code == 200
    assert client_for_token(None).get(here).json()["answer"] == TOLD
    assert "Nuage Exemple" not in client_for_token(None).get(here).content.decode()


def test_late_is_refused_at_each_instant(room, three):
    made = room.published(**CALL)
    question = talk.ask(made, actor=three[0], text=ASKED)
    now = timezone.now()
    Consultation.objects.filter(pk=made.pk).update(questions_until=now - dt.timedelta(seconds=1))
    made.refresh_from_db()
    assert "jusqu’au" in refused("questions_over", lambda: talk.ask(made, actor=three[1], text="?")).message
    assert "Poser une question" not in text_of(browser(three[1]).get(made.get_absolute_url()))
    one = give(made, three[1])
    pass_term(made)
    told = refused("candidatures_over", lambda: talk.ask(made, actor=three[0], text="?"))
    assert "terme des candidatures" in told.message
    refused("candidatures_over", lambda: talk.answer(question, actor=room.purchasing, text=TOLD))
    selecting.select(one, actor=room.purchasing)
    selecting.invite(made, actor=room.purchasing)
    refused("not_eligible", lambda: talk.ask(made, actor=three[0], text="?"))
    talk.ask(made, actor=three[1], text="Et maintenant ?")
    talk.answer(question, actor=room.purchasing, text=TOLD)
