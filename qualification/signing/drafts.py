"""From an offer's rows to the facts of its draft description. Reads the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from catalog.actions.documents import kept_files
from catalog.models import Offer
from catalog.questions.conditions import effective
from marketplace.accounts.enums import IdentifierScheme
from qualification.gaiax.draft import Draft, DraftFacts, draft
from qualification.gaiax.identity import vat_of_siren

MEDIA = {"csv": "text/csv", "json": "application/json", "sql": "application/sql"}
TERMS = ("terms_document", "service_agreement_document")


def draft_of(offer: Offer) -> Draft:
    """Of the newest version. Two queries, one more with conditions joined."""
    version = offer.shown_for_edit
    answers = effective(version.answers) if version is not None else {}
    supplier, scheme = offer.supplier, offer.supplier.identifier_scheme
    siren = supplier.identifier[:9] if scheme in (IdentifierScheme.SIRET, IdentifierScheme.SIREN) else ""
    vat = supplier.identifier if scheme == IdentifierScheme.VAT else vat_of_siren(siren)
    return draft(
        DraftFacts(
            offer=offer.name,
            description=str(answers.get("description") or ""),
            host=(urlsplit(supplier.website or str(answers.get("website") or "")).hostname or ""),
            country=str(answers.get("headquarters_country") or supplier.country or ""),
            siren=siren,
            vat=vat,
            local="" if siren or vat else supplier.identifier,
            terms=_terms(offer, version, answers),
            regime=bool(answers.get("data_processing_agreement")),
            request=_request(answers),
            exports=tuple(MEDIA[each] for each in answers.get("open_formats") or [] if each in MEDIA),
            keywords=tuple(str(each) for each in answers.get("features") or []),
            on=timezone.localdate(),
        )
    )


def _terms(offer: Offer, version: Any, answers: Mapping[str, Any]) -> tuple[str, str] | None:
    """The address at which the file is read, and its own SHA-256."""
    kept = kept_files({name: answers[name] for name in TERMS if answers.get(name)})
    name = next((name for name in TERMS if name in kept), None)
    if name is None:
        return None
    address = reverse("catalog:answer_document", args=[offer.number, offer.slug, version.number, name])
    return f"{settings.SITE_URL}{address}", kept[name].sha256


def _request(answers: Mapping[str, Any]) -> str:
    """How the export of one's account is asked for; empty when nothing says it."""
    if answers.get("documented_api"):
        return "API"
    return "webform" if answers.get("export_self_service") else ""
