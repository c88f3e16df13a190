"""/.well-known/security.txt of this site, judged by the check that suppliers are judged by."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from qualification.checks import CHECKS
from qualification.facts_web import Page, PageFacts
from tests.builders import client_for

URL = "/.well-known/security.txt"
CONTACTS = ["mailto:securite@operateur.example", "https://operateur.example/securite"]


@pytest.mark.parametrize(("contacts", "expires"), [([], ""), (CONTACTS, ""), ([], "2027-06-30")])
@pytest.mark.django_db
def test_without_its_settings_there_is_none(settings, contacts, expires):
    settings.SECURITY_CONTACTS, settings.SECURITY_TXT_EXPIRES = contacts, expires
    assert client_for(None).get(URL).status_code == 404


@pytest.mark.django_db
def test_it_is_served_and_passes_our_own_check(settings):
    settings.SECURITY_CONTACTS, settings.SITE_URL = CONTACTS, "https://place.example"
    today = timezone.localdate()
    last = today + dt.timedelta(days=200)
    settings.SECURITY_TXT_EXPIRES = last.isoformat()
    answer = client_for(None).get(URL)
    assert answer.content.decode() == (
        "Contact: mailto:securite@operateur.example\nContact: https://operateur.example/securite\n"
        f"Expires: {last}T23:59:59Z\nPreferred-Languages: fr, en\n"
        "Canonical: https://place.example/.well-known/security.txt\n"
    )
    page = Page(
        "", f"https://place.example{URL}", 200, (("content-type", answer["Content-Type"]),), answer.content
    )
    judged = CHECKS["security_txt"].judge(PageFacts(f"https://place.example{URL}", page=page), today)
    assert judged.verdict == "pass", judged.message
