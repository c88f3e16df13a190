"""From rows to the facts of each check. Reads the database; the network is the checks' own."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings

from catalog.models import OfferVersion, TrustMark
from marketplace.reference.releases import current_release
from marketplace.validators import identifier_error
from qualification import gather_offer, gather_web
from qualification.answers import countries_of, date_of, decimal_of, text_of, whole_of
from qualification.facts import (
    AnssiEntry,
    CatalogueFacts,
    ExitFacts,
    IdentityFacts,
    MarkFacts,
    PriceFacts,
    RegionFacts,
    TrustFacts,
    WebsiteFacts,
)
from qualification.registers.legal import identifier_of, legal_register

ANSSI_RELEASE = "anssi_register"
DEMO_RELEASE = "anssi_register_demo"


def identity(version: OfferVersion, on: dt.date) -> IdentityFacts:
    supplier = version.offer.supplier
    organisation = supplier.organisation
    scheme, identifier = identifier_of(supplier)
    reading = legal_register().look_up(scheme=scheme, identifier=identifier, on=on)
    return IdentityFacts(
        scheme=scheme,
        identifier=identifier,
        well_formed=identifier_error(scheme, identifier) is None if identifier else None,
        legal_name=supplier.legal_name or (organisation.name if organisation else supplier.name),
        register=reading.register,
        read_on=reading.read_on,
        entry=reading.entry,
    )


def regions(version: OfferVersion, _on: dt.date) -> RegionFacts:
    marks = gather_offer.claimed(version)
    return RegionFacts(
        storage=countries_of(version, "storage_regions"),
        processing=countries_of(version, "processing_regions"),
        claims_secnumcloud="secnumcloud" in marks,
        claims_hds="hds" in marks,
    )


def trust(version: OfferVersion, on: dt.date) -> TrustFacts:
    release = current_release(ANSSI_RELEASE, on=on)
    rows = [*release.payload["rows"], *_fictitious_rows(on)] if release else None
    return TrustFacts(
        marks=tuple(_mark(mark) for mark in version.offer.trust_marks.order_by("pk")),
        register=tuple(_anssi_entry(row) for row in rows) if rows is not None else None,
        register_edition=f"{release.name} {release.edition}" if release else "",
        register_read_on=release.read_on if release else None,
    )


def _fictitious_rows(on: dt.date) -> list[dict[str, Any]]:
    """The demonstration's own services, kept apart from the ANSSI's catalogue; none in production."""
    release = current_release(DEMO_RELEASE, on=on) if settings.DEMONSTRATION else None
    return release.payload["rows"] if release else []


def exit_terms(version: OfferVersion, _on: dt.date) -> ExitFacts:
    return ExitFacts(
        notice_months=decimal_of(version, "exit_notice_months"),
        transition_days=whole_of(version, "exit_transition_days"),
        transition_justification=text_of(version, "exit_transition_reason"),
        retrieval_days=whole_of(version, "exit_retrieval_days"),
    )


def website(version: OfferVersion, _on: dt.date) -> WebsiteFacts:
    return WebsiteFacts(url=text_of(version, "website"))


def catalogue(version: OfferVersion, _on: dt.date) -> CatalogueFacts:
    plans = version.plans.prefetch_related("lines")
    return CatalogueFacts(
        plans=tuple(plan.name for plan in plans),
        prices=tuple(
            PriceFacts(plan.name, line.label, line.kind, line.period, line.amount_eur_ht)
            for plan in plans
            for line in plan.lines.all()
        ),
    )


Gather = Callable[[OfferVersion, dt.date], Any]
GATHER: Mapping[str, Gather] = {
    "legal_identity": identity,
    "regions": regions,
    "trust_marks": trust,
    "exit_terms": exit_terms,
    "website_tls": website,
    "prices": catalogue,
    "identifiers": gather_offer.identifiers,
    "legal_activity": gather_offer.activity,
    "subprocessors": gather_offer.subprocessors,
    "stack_in_force": gather_offer.stack,
    "certificates": gather_offer.certificates,
    "immunity": gather_offer.immunity,
    "export_sample": gather_offer.sample,
    "contract_clauses": gather_offer.clauses,
    "documents": gather_offer.papers,
    "environment": gather_offer.environment,
    "tls_versions": gather_web.tls,
    "web_headers": gather_web.site,
    "dnssec_caa": gather_web.name,
    "mail_auth": gather_web.mail,
    "security_txt": gather_web.security_txt,
    "status_page": gather_web.status_page,
    "api_description": gather_web.api,
    "accessibility_statement": gather_web.statement,
    "did_web": gather_web.did,
}


def _mark(mark: TrustMark) -> MarkFacts:
    return MarkFacts(
        scheme=mark.scheme,
        name=mark.name,
        status=mark.status,
        scope=mark.scope,
        decision_number=mark.decision_number,
        valid_from=mark.valid_from,
        valid_until=mark.valid_until,
        has_evidence=mark.evidence_id is not None,
    )


def _anssi_entry(row: Mapping[str, Any]) -> AnssiEntry:
    return AnssiEntry(
        provider=row.get("provider") or "",
        service=row.get("service") or "",
        decision_number=row.get("decision") or "",
        valid_from=date_of(row.get("valid_from")),
        valid_until=date_of(row.get("valid_until")),
    )
