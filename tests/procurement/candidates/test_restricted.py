"""A restricted procedure: called, applied to in secret, chosen by published criteria, then answered."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.notifications.models import Notification
from procurement.awards import deciding
from procurement.candidates import applying, selecting
from procurement.consultations import drafts, publishing, writing
from procurement.models import Candidate, Consultation, ConsultationInvitation
from procurement.routes.notices import delay_on
from tests.builders import client_for
from tests.procurement.candidates.builders import CALL, dume, give, pass_term
from tests.procurement.consultation_builders import make_deposit, make_supplier
from tests.procurement.evaluation.test_story import browser, sent, text_of
from tests.procurement.evaluation_builders import decided
from tests.rest.builders import client_for_token

DAY = dt.date(2026, 11, 26)


def refused(code, act):
    with pytest.raises((MoveRefused, RuleBroken, NotAllowed)) as told:
        act()
    assert told.value.code == code, told.value.code
    return told.value


@pytest.fixture
def three(db):
    return [make_supplier(name=f"Nuage Exemple {letter}")[1] for letter in "ABC"]


@pytest.mark.parametrize(
    ("phase", "claimed", "days"),
    [
        ("candidature", "", 30),
        ("candidature", "urgency", 15),
        ("candidature", "prior_information", 30),
        ("response", "", 25),
        ("response", "prior_information", 10),
        ("response", "urgency", 10),
    ],
)
def test_each_phase_has_its_days(phase, claimed, days):
    delay = delay_on("formalised", DAY, access="restricted", phase=phase, claimed=claimed)
    assert delay.days == days and "R. 2161-" in delay.told
    assert all(one.confidence for one in (delay, *delay.reductions))


def test_called_chosen_answered_awarded(room, three):
    first, second, third = three
    made = room.published(**CALL)
    assert (made.state, made.closes_at) == ("candidatures", None)
    assert "Candidatures jusqu’au" in text_of(client_for(None).get(made.get_absolute_url()))
    ones = [give(made, actor) for actor in three]
    refused("consultation_not_open", lambda: drafts.begin(made, actor=first, lot=made.lots.get()))
    pass_term(made)
    refused("candidature_late", lambda: applying.withdraw(ones[0], actor=first))
    selecting.select(ones[0], actor=room.purchasing)
    told = refused("candidates_unjudged", lambda: selecting.invite(made, actor=room.purchasing))
    assert "Nuage Exemple B" in told.message
    selecting.select(ones[1], actor=room.purchasing)
    why = {"ground": "ranked", "reason": "Moins de références."}
    selecting.reject(ones[2], actor=room.purchasing, **why)
    told = refused("candidates_least", lambda: selecting.invite(made, actor=room.purchasing))
    assert "R. 2142-15" in told.message, "fewer than announced only when no other one fits"
    selecting.select(ones[2], actor=room.purchasing)
    selecting.reject(ones[2], actor=room.purchasing, ground="unfit", reason="Aucune référence.")
    Notification.objects.all().delete()
    selecting.invite(made, actor=room.purchasing)
    assert made.state == "published" and made.invited_at is not None
    bodies = {note.user_id: note.body for note in Notification.objects.all()}
    assert "Aucune référence." in bodies[third.user.pk] and "retenue" in bodies[first.user.pk]
    told = refused("not_eligible", lambda: drafts.begin(made, actor=third, lot=made.lots.get()))
    assert "candidats retenus" in told.message
    make_deposit(made, first, price="1000.00")
    make_deposit(made, second, price="1250.00")
    award = decided(room, {}, consultation=room.open(room.closed(made)))
    deciding.send_letters(award, actor=room.purchasing)
    assert award.standstill_days == 11
    compiled = made.releases.order_by("pk").last().ocds["tender"]
    assert compiled["procurementMethod"] == "selective"
    assert compiled["procurementMethodDetails"] == "Appel d'offres restreint"
    tags = [one.ocds["tag"] for one in made.releases.order_by("pk")]
    assert tags == [["tender"], ["tenderUpdate"]]
    assert "endDate" in compiled["tenderPeriod"] and "6 candidats" in compiled["eligibilityCriteria"]
    assert "Nuage Exemple" not in str([one.ocds for one in made.releases.all()])


def test_nobody_reads_a_candidature_before_the_term(room, three):
    made = room.published(**CALL)
    one = give(made, three[0], statement="Dix clients publics.")
    buyer = browser(room.purchasing)
    page = text_of(buyer.get(f"{made.get_absolute_url()}candidatures/"))
    assert "Noms et nombre restent cachés" in page and "Nuage Exemple" not in page
    assert buyer.get(one.get_absolute_url()).status_code == 404
    api = client_for_token(room.purchasing.membership)
    assert api.get("/api/v1/candidates/").json()["results"] == []
    refused("candidatures_open", lambda: selecting.select(one, actor=room.purchasing))
    assert browser(three[1]).get(one.get_absolute_url()).status_code == 404
    pass_term(made)
    assert "Dix clients publics." in text_of(buyer.get(one.get_absolute_url()))
    assert "Nuage Exemple A" in text_of(buyer.get(f"{made.get_absolute_url()}candidatures/"))
    assert "Choisir les candidats" in text_of(buyer.get("/bureau/"))


def test_on_time_once_and_with_its_attestation(room, three):
    made, actor = room.published(**CALL), three[0]
    refused("exclusion_unattested", lambda: give(made, actor, not_excluded=False))
    one = give(made, actor)
    refused("candidature_exists", lambda: give(made, actor))
    applying.add_paper(one, actor=actor, title="Références", file=dume("references.txt"))
    with pytest.raises(IntegrityError), transaction.atomic():
        one.papers.update(title="Autre")
    applying.withdraw(one, actor=actor)
    again = give(made, actor)
    later = made.candidatures_until + dt.timedelta(days=7)
    publishing.extend(made, actor=room.purchasing, closes_at=later, reason="Une semaine de plus.")
    assert Consultation.objects.get().candidatures_until == later
    pass_term(made)
    refused("candidature_late", lambda: give(made, three[1]))
    refused("candidature_late", lambda: applying.add_paper(again, actor=actor, title="x", file=dume()))
    refused("no_candidature", lambda: give(room.published(), three[1]))


def test_the_published_number_is_never_passed(room, three):
    made = room.published(**CALL)
    ones = [give(made, actor) for actor in three]
    pass_term(made)
    refused("nobody_selected", lambda: selecting.refuse_unfinished(made, []))
    for one in ones[:2]:
        selecting.select(one, actor=room.purchasing)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consultation.objects.filter(pk=made.pk).update(candidates_most=9)
    other = make_supplier(name="Nuage Exemple D")[0]
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsultationInvitation.objects.create(consultation=made, supplier=other)
    made.candidates_most = 2
    refused("candidates_most", lambda: selecting.refuse_full(made))


def test_what_a_call_must_say(room):
    less = {**CALL, "candidates_least": 3, "candidates_most": None, "selection_criteria": ""}
    made = room.proved(**less, candidature_days=15)
    told = refused("not_publishable", lambda: publishing.publish(made, actor=room.purchasing, attested=True))
    wanted = {"selection_criteria", "candidates_most", "candidates_least", "candidature_days"}
    assert set(told.fields) == wanted
    assert "R. 2161-6" in told.message and "R. 2142-15" in told.message
    adapted = room.draft()
    act = {"actor": room.requester, "access": "restricted"}
    assert "access" in refused("restricted_formalised", lambda: writing.edit(adapted, **act)).fields
    supplier = make_supplier()[0]
    act = {"actor": room.requester, "invited": [supplier]}
    assert "invited" in refused("candidates_first", lambda: writing.edit(made, **act)).fields


def test_the_minimal_delay_follows_the_invitations(room, three):
    made = room.published(**{**CALL, "response_days": 10})
    one = give(made, three[0])
    pass_term(made)
    selecting.select(one, actor=room.purchasing)
    selecting.invite(made, actor=room.purchasing)
    assert (made.closes_at.date() - timezone.localdate()).days >= 26


def test_it_stops_while_candidates_apply(room, three):
    made = room.published(**CALL)
    give(made, three[0])
    pass_term(made)
    writing.declare_infructueux(made, actor=room.purchasing, reason="Aucun candidat ne convient.")
    last = made.releases.order_by("pk").last()
    assert made.state == "infructueux" and last.ocds["tender"]["status"] == "unsuccessful"


def test_by_the_pages(room, three):
    draft = room.draft(**{**CALL, "access": "open"})
    requester, url = browser(room.requester), f"{draft.get_absolute_url()}modifier/"
    body = {
        "title": draft.title, "description": draft.description, "access": "restricted",
        "response_days": 30, "question_days": 6, "answer_days": 4, "closing_time": "12:00",
        "price_formula": "lowest_ratio", "selection_criteria": "Références.", "candidates_most": 6,
    }  # fmt: skip
    sent(requester.post(url, body))
    page = text_of(requester.get(draft.get_absolute_url()))
    assert "5 au moins, 6 au plus" in page and "Restreinte, sur candidature" in page
    assert "jours pour candidater" in page.replace("ouvrés ", "")
    made, supplier, buyer = room.published(**CALL), browser(three[0]), browser(room.purchasing)
    here = made.get_absolute_url()
    assert "Candidater" in text_of(supplier.get(here))
    wrong = supplier.post(f"{here}candidater/", {"candidacy": "dume", "statement": "Dix clients."})
    assert "Dix clients." in text_of(wrong, 400)
    body = {"candidacy": "dume", "statement": "Dix clients.", "not_excluded": "on", "file": dume()}
    sent(supplier.post(f"{here}candidater/", body))
    one = Candidate.objects.get()
    own = text_of(supplier.get(one.get_absolute_url()))
    assert "Joindre une pièce" in own and "Retirer la candidature" in own
    sent(supplier.post(f"{one.get_absolute_url()}joindre/", {"title": "Références", "file": dume()}))
    pass_term(made)
    assert "Retenir cette candidature" in text_of(buyer.get(one.get_absolute_url()))
    wrong = buyer.post(f"{one.get_absolute_url()}ecarter/", {"ground": "unfit", "reason": ""})
    assert wrong.status_code == 400
    sent(buyer.post(f"{one.get_absolute_url()}retenir/", {}))
    hidden = text_of(supplier.get(one.get_absolute_url()))
    assert "Retenue" not in hidden, "a supplier reads the choice with the invitations"
    paper = one.papers.first()
    assert buyer.get(f"{one.get_absolute_url()}pieces/{paper.uuid}/").status_code in (200, 409)
    sent(buyer.post(f"{here}inviter/", {}))
    assert "Retenue" in text_of(supplier.get(one.get_absolute_url()))
    assert "Préparer ma réponse" in text_of(supplier.get(here))


def test_by_the_api(room, three):
    made = room.published(**CALL)
    supplier, buyer = (client_for_token(one.membership) for one in (three[0], room.purchasing))
    body = {"consultation": str(made.uuid), "candidacy": "dume", "not_excluded": "true", "file": dume()}
    assert buyer.post("/api/v1/candidates/", body, format="multipart").status_code == 403
    done = supplier.post("/api/v1/candidates/", {**body, "file": dume()}, format="multipart")
    assert done.status_code == 201, done.content
    here = f"/api/v1/candidates/{done.json()['id']}/"
    assert buyer.get(here).status_code == 404
    pass_term(made)
    early = buyer.post(f"{here}reject/", {"ground": "unfit"}, format="json")
    assert early.status_code == 400
    assert buyer.post(f"{here}select/", {}, format="json").status_code == 200
    assert supplier.get(here).json()["state"] == "given"
    done = buyer.post(f"/api/v1/consultations/{made.uuid}/invite/", {}, format="json")
    assert done.status_code == 200, done.content
    assert done.json()["state"] == "published" and done.json()["candidates_most"] == 6
    assert [one["phase"] for one in done.json()["minimal_delays"]] == ["candidature", "response"]
    assert supplier.get(here).json()["state"] == "selected"
    notice = buyer.get(f"/api/v1/consultations/{made.uuid}/notice/").json()
    assert notice["candidates"]["most"] == 6


def test_each_page_says_what_comes_next(room, three):
    made = room.published(**CALL)
    first, second = (give(made, actor) for actor in three[:2])
    buyer, url = browser(room.purchasing), made.get_absolute_url()
    assert "Lire les candidatures" not in text_of(buyer.get(url))
    pass_term(made)
    page = text_of(buyer.get(url))
    assert "Terme des candidatures passé le" in page
    assert page.index("Lire les candidatures") < page.index("Inviter les candidats retenus")
    assert "Lire les candidatures" not in text_of(browser(three[2]).get(url))
    assert "vous serez prévenu" in text_of(browser(three[0]).get(first.get_absolute_url()))
    selecting.select(first, actor=room.purchasing)
    page = text_of(buyer.get(f"{url}candidatures/"))
    assert "1 candidature attend votre choix" in page and f"{url}inviter/" not in page
    selecting.reject(second, actor=room.purchasing, ground="unfit", reason="Aucune référence.")
    assert f"{url}inviter/" in text_of(buyer.get(f"{url}candidatures/"))
    assert f"{url}inviter/" not in text_of(browser(room.requester).get(f"{url}candidatures/"))
