import smtplib
from unittest.mock import patch

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.accounts.enums import Role
from marketplace.leases import LeaseState
from marketplace.notifications.models import Notification, OutgoingEmail
from marketplace.notifications.outbox import notify, queue_email
from marketplace.notifications.tasks import send_email
from tests.builders import client_for, make_member, make_user

pytestmark = pytest.mark.django_db
PAGE = "/notifications/"


def test_each_reads_their_own() -> None:
    member, other = make_member(Role.REQUESTER), make_member(Role.REQUESTER)
    notify([member.user], subject="Pour moi", body="Texte", url="/projets/", organisation=member.organisation)
    notify([other.user], subject="Pour un autre", body="Texte")
    page = client_for(member).get(PAGE).content.decode()
    assert "Pour moi" in page
    assert "Notifications (1)" in page
    assert "Pour un autre" not in page
    foreign = Notification.objects.get(user=other.user)
    assert client_for(member).post(f"{PAGE}{foreign.uuid}/ouvrir/").status_code == 404
    assert client_for(None).post(f"{PAGE}{foreign.uuid}/ouvrir/").status_code == 302
    foreign.refresh_from_db()
    assert foreign.read_at is None


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("/projets/", "/projets/"),
        ("", PAGE),
        ("//ailleurs.example", PAGE),
        ("https://ailleurs.example", PAGE),
    ],
)
def test_opening_marks_it_read_and_stays_on_the_site(url: str, target: str) -> None:
    member = make_member(Role.REQUESTER)
    notification = notify([member.user], subject="Objet", body="Texte", url=url)[0]
    browser = client_for(member)
    assert browser.get(f"{PAGE}{notification.uuid}/ouvrir/").status_code == 405
    assert browser.post(f"{PAGE}{notification.uuid}/ouvrir/")["Location"] == target
    notification.refresh_from_db()
    first = notification.read_at
    browser.post(f"{PAGE}{notification.uuid}/ouvrir/")
    notification.refresh_from_db()
    assert first is not None
    assert notification.read_at == first


def test_reading_all() -> None:
    member = make_member(Role.REQUESTER)
    for n in range(3):
        notify([member.user], subject=f"Objet {n}", body="Texte")
    assert client_for(member).post(f"{PAGE}tout-lire/").status_code == 302
    assert not Notification.objects.filter(read_at__isnull=True).exists()


def test_ten_cost_what_one_costs() -> None:
    member = make_member(Role.REQUESTER)
    browser = client_for(member)

    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(PAGE).status_code == 200
        return len(captured)

    notify([member.user], subject="Objet", body="Texte", organisation=member.organisation)
    before = cost()
    for n in range(9):
        notify([member.user], subject=f"Objet {n}", body="Texte", organisation=member.organisation)
    assert cost() == before


def test_the_message_is_plain_text_with_its_link(settings) -> None:
    settings.SITE_URL = "https://place.example"
    user = make_user()
    notification = notify(
        [user], subject="Objet\nsur deux lignes", body="L’avis « DPO » est rendu & signé.", url="/projets/"
    )[0]
    send_email(OutgoingEmail.objects.get(notification=notification).pk)
    message = mail.outbox[0]
    assert message.content_subtype == "plain"
    assert message.subject == "Objet sur deux lignes"
    assert message.to == [user.email]
    assert message.body.startswith("L’avis « DPO » est rendu & signé.\n\nOuvrir dans le service")
    assert "https://place.example/projets/" in message.body


def test_a_secret_link_does_not_stay_in_the_outbox() -> None:
    row = queue_email("a@essai.example", subject="Lien", body="https://place.example/secret")
    send_email(row.pk)
    send_email(row.pk)
    assert len(mail.outbox) == 1
    row.refresh_from_db()
    assert (row.lease_state, row.body) == (LeaseState.DONE, "")


def test_a_refused_message_is_tried_again() -> None:
    row = queue_email("a@essai.example", subject="Objet", body="Texte")
    with patch("django.core.mail.EmailMessage.send", side_effect=smtplib.SMTPServerDisconnected("coupé")):
        send_email(row.pk)
    row.refresh_from_db()
    assert (row.lease_state, row.attempt) == (LeaseState.DUE, 1)
    assert "coupé" in row.last_error
    assert row.body != ""
