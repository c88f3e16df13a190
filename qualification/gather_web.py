"""From a version's answers to the facts of the checks that look outside. No query, no network."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlsplit

from catalog.models import OfferVersion
from catalog.questions.conditions import applies
from catalog.questions.engine import questions
from qualification.addresses import UrlRefused, parse_https_url
from qualification.answers import choices_of, date_of, decimal_of, text_of
from qualification.checks.security_txt import PLACE
from qualification.facts_web import (
    ApiFacts,
    DidFacts,
    MailFacts,
    NameFacts,
    PageFacts,
    StatementFacts,
    TlsFacts,
)

CONTACTS = ("security_contact", "support_contact")


def tls(version: OfferVersion, _on: dt.date) -> TlsFacts:
    return TlsFacts(url=text_of(version, "website"), promised=text_of(version, "tls_minimum"))


def site(version: OfferVersion, _on: dt.date) -> PageFacts:
    return PageFacts(url=text_of(version, "website"))


def status_page(version: OfferVersion, _on: dt.date) -> PageFacts:
    return PageFacts(url=text_of(version, "status_page_url"))


def security_txt(version: OfferVersion, _on: dt.date) -> PageFacts:
    """Where the offer says, else at its place on the offer's site."""
    given, host = text_of(version, "security_txt_url"), _host(version)
    url = given or (f"https://{host}{PLACE}" if host else "")
    return PageFacts(url=url, applies=asked(version, "security_txt_url"))


def name(version: OfferVersion, _on: dt.date) -> NameFacts:
    return NameFacts(host=_host(version))


def mail(version: OfferVersion, _on: dt.date) -> MailFacts:
    """The domain of the security contact, else of support, else of the site without « www »."""
    for question in CONTACTS:
        contact: Any = version.answers.get(question)
        address = str((contact or {}).get("email") or "") if isinstance(contact, dict) else ""
        if "@" in address:
            return MailFacts(domain=address.rpartition("@")[2].lower())
    return MailFacts(domain=_host(version).removeprefix("www."))


def api(version: OfferVersion, _on: dt.date) -> ApiFacts:
    return ApiFacts(
        styles=choices_of(version, "api_standards"),
        described=version.answers.get("openapi"),
        url=text_of(version, "openapi_url"),
        applies=asked(version, "api_standards"),
    )


def statement(version: OfferVersion, _on: dt.date) -> StatementFacts:
    return StatementFacts(
        level=text_of(version, "accessibility"),
        rate=decimal_of(version, "rgaa_rate_percent"),
        audited_on=date_of(version.answers.get("rgaa_audit_on")),
        url=text_of(version, "accessibility_statement_url"),
        applies=asked(version, "rgaa_rate_percent"),
    )


def did(version: OfferVersion, _on: dt.date) -> DidFacts:
    return DidFacts(did=text_of(version, "gaiax_did"))


def asked(version: OfferVersion, question: str) -> bool:
    """False: the question does not concern this offer. What decides not answered: asked."""
    return applies(questions()[question], version.answers) is not False


def _host(version: OfferVersion) -> str:
    """Of the offer's site; empty when there is none, or when its address cannot be read."""
    url = text_of(version, "website")
    try:
        return parse_https_url(url)[1] if url else ""
    except UrlRefused:
        return urlsplit(url).hostname or "" if url.startswith("http://") else ""
