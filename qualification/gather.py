"""From rows to the facts of each check. Reads the database; the network is the checks' own."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings

from catalog.countries import country_of
from catalog.models import OfferVersion, TrustMark
from marketplace.reference.releases import current_release
from marketplace.validators import identifier_error
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
from qualification.registers.legal import legal_register

ANSSI_RELEASE = "anssi_register"
DEMO_RELEASE = "anssi_register_demo"
# What an offer says it holds or is about to hold; abandoned or absent marks claim nothing.
CLAIMS = ("in_force", "renewal_pending", "in_progress")


def identity(version: OfferVersion, on: dt.date) -> IdentityFacts:
    supplier = version.offer.supplier
    organisation = supplier.organisation
    scheme = organisation.identifier_scheme if organisation else supplier.identifier_scheme.upper()
    identifier = organisation.identifier if organisation else supplier.identifier
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
    claimed = set(version.offer.trust_marks.filter(status__in=CLAIMS).values_list("scheme", flat=True))
    return RegionFacts(
        storage=_countries(version.answers.get("storage_regions")),
        processing=_countries(version.answers.get("processing_regions")),
        claims_secnumcloud="secnumcloud" in claimed,
        claims_hds="hds" in claimed,
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
    answers = version.answers
    return ExitFacts(
        notice_months=_decimal(answers.get("exit_notice_months")),
        transition_days=_whole(answers.get("exit_transition_days")),
        transition_justification=str(answers.get("exit_transition_reason") or ""),
        retrieval_days=_whole(answers.get("exit_retrieval_days")),
    )


def website(version: OfferVersion, _on: dt.date) -> WebsiteFacts:
    return WebsiteFacts(url=str(version.answers.get("website") or ""))


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
}


def _countries(regions: Any) -> tuple[str, ...] | None:
    """A place whose country cannot be read keeps its text, so that it never counts as European."""
    if not isinstance(regions, list) or not regions:
        return None
    return tuple(country_of(str(region)) or str(region) for region in regions)


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
        valid_from=_date(row.get("valid_from")),
        valid_until=_date(row.get("valid_until")),
    )


def _date(text: Any) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _decimal(value: Any) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(value))
    except InvalidOperation:
        return None


def _whole(value: Any) -> int | None:
    number = _decimal(value)
    return None if number is None else int(number)
