"""From rows to the facts of each check. Reads the database; the network is the checks' own."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from catalog.models import OfferVersion, TrustMark
from catalog.registers.reading import row_key
from catalog.registers.specs import REGISTERS
from marketplace.reference.releases import current_release
from marketplace.validators import identifier_error
from qualification import attaching, gather_drill, gather_offer, gather_web
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
from qualification.facts_offer import MatchFacts, RegisterRow
from qualification.models import RegisterLink
from qualification.registers.issuers import fictitious_lines
from qualification.registers.legal import identifier_of, legal_register

ANSSI_RELEASE = "anssi_register"


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
    rows = [*release.payload["rows"], *fictitious_lines("anssi", on=on)] if release else None
    return TrustFacts(
        marks=tuple(_mark(mark) for mark in version.offer.trust_marks.order_by("pk")),
        register=tuple(_anssi_entry(row) for row in rows) if rows is not None else None,
        register_edition=f"{release.name} {release.edition}" if release else "",
        register_read_on=release.read_on if release else None,
    )


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


def register_match(version: OfferVersion, on: dt.date, *, register: str) -> MatchFacts:
    """The marks of the register's scheme, and the line that two officers linked to the offer."""
    known = REGISTERS[register]
    release = current_release(known.name, on=on)
    marks = version.offer.trust_marks.filter(scheme=known.scheme).order_by("pk")
    facts = MatchFacts(
        marks=tuple(_mark(mark) for mark in marks),
        register=f"{known.label}, édition {release.edition}" if release else "",
        read_on=release.read_on if release else None,
    )
    key = RegisterLink.objects.confirmed_key(version.offer, register=register)
    if not key or release is None:
        return facts
    rows = [*release.payload["rows"], *fictitious_lines(register, on=on)]
    found = next((row for row in rows if row_key(row) == key), None)
    return replace(facts, linked_key=key, row=_register_row(found) if found else None)


def _register_row(row: Mapping[str, Any]) -> RegisterRow:
    return RegisterRow(
        service=row.get("service") or "",
        provider=row.get("provider") or "",
        decision=row.get("decision") or "",
        status=row.get("status") or "",
        perimeter=row.get("perimeter") or "",
        valid_from=date_of(row.get("valid_from")),
        valid_until=date_of(row.get("valid_until")),
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
    "anssi_register": partial(register_match, register="anssi"),
    "hds_register": partial(register_match, register="hds"),
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
    "security_drill": gather_drill.security_drill,
    "status_page": gather_web.status_page,
    "api_description": gather_web.api,
    "accessibility_statement": gather_web.statement,
    "did_web": gather_web.did,
    "gaiax_credential": attaching.credential_facts,
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
