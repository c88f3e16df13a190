"""The notice: where it is due, its content to copy, what was sent, and the delay that follows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.errors import MoveRefused, RuleBroken
from marketplace.notifications.models import Notification
from procurement.consultations import publishing, writing
from procurement.consultations.notices.content import notice_of
from procurement.consultations.notices.recording import record_sending
from procurement.models import ConsultationDocument, ConsultationNotice, NoticeSending
from procurement.routes import PurchaseFacts, pick
from procurement.routes.notices import delay_on, publicity_due
from tests.builders import client_for
from tests.procurement.consultation_builders import make_draft, make_supplier
from tests.procurement.evaluation.test_story import browser, sent, text_of
from tests.rest.builders import client_for_token

DAY = dt.date(2026, 11, 26)


def refused(code, act):
    with pytest.raises((MoveRefused, RuleBroken)) as told:
        act()
    assert told.value.code == code, told.value.code
    return told.value


def paper(name="cahier.txt"):
    return SimpleUploadedFile(name, f"Contenu {name}.".encode())


def recorded(room, made, medium="joue", days=0, **values):
    given = {
        "reference": f"REF-{medium}",
        "sent_on": timezone.localdate() - dt.timedelta(days=days),
        **values,
    }
    return record_sending(made, actor=room.purchasing, medium=medium, **given)


@pytest.mark.parametrize(
    ("kind", "counted", "media"),
    [
        ("formalised", "1", [("boamp",), ("joue",)]),
        ("adapted", "89999.99", []),
        ("adapted", "90000", [("boamp", "jal")]),
        ("adapted", None, [("boamp", "jal")]),
        ("quotes", "30000", []),
        ("subsequent", "500000", []),
        ("specific", "500000", []),
    ],
)
def test_where_a_notice_is_due(kind, counted, media):
    amount = None if counted is None else Decimal(counted)
    due = publicity_due(kind=kind, buyer_kind="state", counted_eur_ht=amount, on=DAY)
    assert [one.any_of for one in due] == media
    assert all(one.text and one.source and one.confidence for one in due)


def test_thirty_whole_days_follow_the_sending_of_an_open_call():
    delay = delay_on("formalised", DAY)
    assert delay.first_closing_day(dt.date(2025, 1, 6)) == dt.date(2025, 2, 6)
    assert delay.first_closing_day(dt.date(2028, 2, 1)) == dt.date(2028, 3, 3)
    assert delay_on("adapted", DAY) is None and delay_on("formalised", dt.date(2010, 1, 1)) is None
    assert (delay.base_days, [one.code for one in delay.reductions]) == (35, ["electronic"])


@pytest.mark.parametrize(("claimed", "days"), [("", 30), ("prior_information", 15), ("urgency", 15)])
def test_a_reduction_has_its_days_and_its_text(claimed, days):
    delay = delay_on("formalised", DAY, claimed=claimed)
    assert delay.days == days and "R. 2161-3" in delay.told
    assert all(one.text and one.source and one.confidence for one in delay.reductions)


def test_a_prior_notice_is_sent_from_thirty_five_days_to_twelve_months_before():
    (found,) = (
        one
        for one in delay_on("formalised", DAY, claimed="prior_information").reductions
        if one.least_days_before
    )
    for prior, holds in [
        (dt.date(2026, 10, 22), True), (dt.date(2026, 10, 23), False),
        (dt.date(2025, 11, 26), True), (dt.date(2025, 11, 25), False),
    ]:  # fmt: skip
        assert found.holds(prior, sent_on=DAY) is holds, prior


def test_the_picker_says_where():
    facts = PurchaseFacts(
        buyer_kind="state", value_eur_ht=Decimal(100_000), homogeneous_eur_ht=Decimal(0), is_innovative=False
    )
    result = pick(facts, on=DAY)
    assert result.route("adapted").publicity == (("boamp", "jal"),)
    assert result.route("formalised").publicity == (("boamp",), ("joue",))
    assert any("R. 2161-3" in step for step in result.route("formalised").steps)
    assert result.route("formalised").as_dict()["publicity"] == [["boamp"], ["joue"]]


@pytest.mark.django_db
def test_nothing_is_published_before_what_is_due_was_sent(room):
    made = room.proved(route="formalised", value=200_000, sent=False)
    told = refused("not_publishable", lambda: publishing.publish(made, actor=room.purchasing, attested=True))
    assert "BOAMP" in told.message and "Journal officiel de l’Union européenne" in told.message
    assert len(told.fields["notices"]) == 2
    recorded(room, made, "boamp")
    recorded(room, made, "joue")
    publishing.publish(made, actor=room.purchasing, attested=True)


@pytest.mark.django_db
def test_one_of_two_media_is_enough_for_an_adapted_procedure(room):
    made = room.proved(value=95_000)
    told = refused("not_publishable", lambda: publishing.publish(made, actor=room.purchasing, attested=True))
    assert "BOAMP ou Journal d’annonces légales" in told.message
    recorded(room, made, "jal")
    publishing.publish(made, actor=room.purchasing, attested=True)


@pytest.mark.django_db
def test_the_closing_leaves_the_days_that_the_text_asks(room):
    made = room.proved(route="formalised", value=200_000, response_days=15)
    told = refused("not_publishable", lambda: publishing.publish(made, actor=room.purchasing, attested=True))
    assert list(told.fields) == ["response_days"] and "le premier jour possible est le" in told.message
    recorded(room, made, "joue", days=20)
    publishing.publish(made, actor=room.purchasing, attested=True)


@pytest.mark.django_db
def test_a_shorter_delay_has_its_reason_or_is_refused(room):
    made = room.proved(route="formalised", value=200_000, response_days=15)

    def edit(**given):
        writing.edit(type(made).objects.get(pk=made.pk), actor=room.requester, **given)

    told = refused("reduction_unreasoned", lambda: edit(reduction="urgency", reduction_reason=" "))
    assert list(told.fields) == ["reduction_reason"] and "délai entier" in told.message
    refused("reduction_unnamed", lambda: edit(reduction_reason="Vite."))
    undated = {"reduction": "prior_information", "reduction_reason": "Avis REF-1."}
    assert "prior_notice_on" in refused("prior_notice_undated", lambda: edit(**undated)).fields
    adapted = room.draft()
    here = {"actor": room.requester, "reduction": "urgency", "reduction_reason": "Vite."}
    assert "reduction" in refused("no_minimal_delay", lambda: writing.edit(adapted, **here)).fields
    with pytest.raises(IntegrityError), transaction.atomic():
        type(made).objects.filter(pk=made.pk).update(reduction="urgency")
    today = timezone.localdate()
    edit(**undated, prior_notice_on=today - dt.timedelta(days=20))
    fresh = type(made).objects.get(pk=made.pk)
    told = refused("not_publishable", lambda: publishing.publish(fresh, actor=room.purchasing, attested=True))
    assert "prior_notice_on" in told.fields and "ne réduit pas le délai" in told.message
    edit(prior_notice_on=today - dt.timedelta(days=40))
    fresh = publishing.publish(type(made).objects.get(pk=made.pk), actor=room.purchasing, attested=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(made).objects.filter(pk=made.pk).update(reduction_reason="Autre.")
    page = text_of(client_for(None).get(fresh.get_absolute_url()))
    assert "jours au moins au lieu de 35" in page and "Avis REF-1." in page and "R. 2161-3, 1°" in page
    (delay,) = client_for_token(None).get(f"/api/v1/consultations/{fresh.uuid}/").json()["minimal_delays"]
    assert (delay["days"], delay["base_days"]) == (15, 35)
    assert [one["code"] for one in delay["reductions"]] == ["electronic", "prior_information"]
    assert "Avis REF-1." in str(notice_of(fresh, on=today))


@pytest.mark.django_db
def test_the_reason_is_asked_by_the_page_and_what_was_typed_stays(room):
    made = room.draft(route="formalised", value=200_000)
    buyer, url = browser(room.requester), f"{made.get_absolute_url()}modifier/"
    body = {
        "title": made.title, "description": made.description, "access": "open", "response_days": 15,
        "question_days": 6, "answer_days": 4, "closing_time": "12:00", "price_formula": "lowest_ratio",
        "reduction": "urgency", "reduction_reason": "",
    }  # fmt: skip
    wrong = text_of(buyer.post(url, body), 400)
    assert "Donnez le motif du délai réduit" in wrong
    sent(buyer.post(url, body | {"reduction_reason": "Panne du service actuel."}))
    assert "Panne du service actuel." in text_of(buyer.get(url))
    assert "reduction" not in text_of(buyer.get(f"{room.draft().get_absolute_url()}modifier/"))


@pytest.mark.django_db
def test_what_was_sent_is_frozen_with_the_publication(room):
    made = room.published(route="formalised", value=200_000)
    day = made.notice_sendings.get(medium="joue").sent_on
    told = refused("sending_frozen", lambda: recorded(room, made, "joue", reference="AUTRE"))
    assert "reference" in told.fields
    recorded(room, made, "joue", reference="ESSAI-joue", published_on=day, url="https://joue.example/avis")
    assert made.notice_sendings.get(medium="joue").published_on == day
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeSending.objects.filter(medium="joue").update(reference="AUTRE")
    refused("sent_to_come", lambda: recorded(room, made, "jal", days=-1))
    early = {"published_on": timezone.localdate() - dt.timedelta(days=3)}
    refused("published_before_sent", lambda: recorded(room, made, "jal", **early))


@pytest.mark.django_db
def test_documents_are_frozen_then_joined_by_a_change_told_to_all(room):
    made = room.proved()
    first = writing.add_document(made, actor=room.requester, title="Cahier des charges", file=paper())
    made = type(made).objects.get(pk=made.pk)
    publishing.publish(made, actor=room.purchasing, attested=True)
    manager = make_supplier()[1]
    make_draft(made, manager)
    refused(
        "consultation_frozen",
        lambda: writing.add_document(made, actor=room.requester, title="Autre", file=paper("autre.txt")),
    )
    for act in (
        lambda: ConsultationDocument.objects.filter(pk=first.pk).update(title="Autre"),
        lambda: ConsultationDocument.objects.filter(pk=first.pk).delete(),
        lambda: ConsultationDocument.objects.create(consultation=made, title="Autre", file=first.file),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    alone = {"text": "Une annexe.", "title": "Annexe"}
    told = refused("document_incomplete", lambda: publishing.announce(made, actor=room.requester, **alone))
    assert "file" in told.fields and not ConsultationNotice.objects.exists()
    Notification.objects.all().delete()
    publishing.announce(made, actor=room.requester, **alone, file=paper("annexe.txt"))
    joined = ConsultationDocument.objects.get(title="Annexe")
    assert joined.notice.text == "Une annexe." and len(joined.file.sha256) == 64
    assert "Document joint : Annexe" in Notification.objects.get(user=manager.user).body


@pytest.mark.django_db
def test_by_the_pages(room):
    made = room.proved(route="formalised", value=200_000, sent=False)
    url, buyer = f"{made.get_absolute_url()}avis/", browser(room.purchasing)
    assert client_for(None).get(url).status_code == 302
    page = text_of(buyer.get(url))
    assert "Rien n’est envoyé d’ici" in page and "R. 2161-3" in page and "envoi à enregistrer" in page
    told = buyer.get(f"{url}contenu.json").json()
    assert told["title"] == made.title and [one["any_of"] for one in told["publicity"]] == [
        ["boamp"],
        ["joue"],
    ]
    assert buyer.get(f"{url}contenu.pdf").content.startswith(b"%PDF-")
    assert buyer.get(f"{url}contenu.docx").status_code == 404
    body = {
        "medium": "joue",
        "reference": "2026/S 229-1",
        "sent_on": "2126-01-01",
        "url": "https://joue.example/",
    }
    wrong = text_of(buyer.post(f"{url}enregistrer/", body), 400)
    assert "Cette date est à venir" in wrong and "2026/S 229-1" in wrong
    body["sent_on"] = timezone.localdate().isoformat()
    sent(buyer.post(f"{url}enregistrer/", body))
    assert "2026/S 229-1" in text_of(buyer.get(url))
    assert "2026/S 229-1" in text_of(buyer.get(f"{url}enregistrer/?support=joue"))


@pytest.mark.django_db
def test_by_the_api(room):
    made = room.published(route="formalised", value=200_000)
    buyer = client_for_token(room.purchasing.membership)
    supplier = client_for_token(make_supplier()[1].membership)
    here = f"/api/v1/consultations/{made.uuid}/"
    assert supplier.get(f"{here}notice/").status_code == 403
    told = buyer.get(f"{here}notice/").json()
    assert told == {**notice_of(type(made).objects.with_content().get(pk=made.pk), on=timezone.localdate())}
    body = {"medium": "jal", "reference": "JAL-1", "sent_on": timezone.localdate().isoformat()}
    done = buyer.post(f"{here}record-sending/", body, format="json")
    assert done.status_code == 200, done.content
    assert sorted(one["medium"] for one in supplier.get(here).json()["sendings"]) == ["boamp", "jal", "joue"]
    given = {"text": "Une annexe.", "title": "Annexe", "file": paper("annexe.txt")}
    done = buyer.post(f"{here}announce/", given, format="multipart")
    assert done.status_code == 200, done.content
    assert done.json()["documents"][0]["title"] == "Annexe"
    plain = buyer.post(f"{here}announce/", {"text": "Autre précision."}, format="json")
    assert plain.status_code == 200, plain.content
