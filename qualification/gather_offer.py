"""From rows to the facts of the checks on an offer's own words, papers and layers.

Reads the database, and the bytes of the files joined."""

from __future__ import annotations

import datetime as dt
from typing import Any

from catalog.actions.documents import joined, kept_files
from catalog.countries import country_of
from catalog.models import EffectiveTrust, OfferVersion, StackEdge
from catalog.questions.engine import is_unknown, questions
from marketplace.files.models import ScanState, StoredFile
from marketplace.files.store import content_of
from qualification.answers import choices_of, date_of, decimal_of, number, text_of, whole_of
from qualification.checks import certificates as certificates_check
from qualification.checks import clauses as clauses_check
from qualification.facts_offer import (
    ActivityFacts,
    CertificateFacts,
    CertificatesFacts,
    ClauseFacts,
    EnvironmentFacts,
    IdentifierFacts,
    ImmunityFacts,
    LayerFacts,
    PaperFacts,
    PapersFacts,
    SampleFacts,
    StackFacts,
    Subprocessor,
    SubprocessorFacts,
)
from qualification.gather_web import asked
from qualification.papers import families_of, problem_of
from qualification.registers.legal import identifier_of, legal_register

# What an offer says it holds or is about to hold; abandoned or absent marks claim nothing.
CLAIMS = ("in_force", "renewal_pending", "in_progress")
SAMPLE = "export_sample_document"
GONE = "il n’est plus sur nos disques"


def claimed(version: OfferVersion) -> set[str]:
    return set(version.offer.trust_marks.filter(status__in=CLAIMS).values_list("scheme", flat=True))


def identifiers(version: OfferVersion, _on: dt.date) -> IdentifierFacts:
    scheme, identifier = identifier_of(version.offer.supplier)
    return IdentifierFacts(
        scheme=scheme,
        identifier=identifier,
        siret="".join(text_of(version, "siret").split()),
        vat=text_of(version, "vat_number"),
        lei=text_of(version, "lei"),
    )


def activity(version: OfferVersion, on: dt.date) -> ActivityFacts:
    scheme, identifier = identifier_of(version.offer.supplier)
    reading = legal_register().look_up(scheme=scheme, identifier=identifier, on=on)
    return ActivityFacts(identifier, reading.register, reading.read_on, reading.entry)


def certificates(version: OfferVersion, _on: dt.date) -> CertificatesFacts:
    return CertificatesFacts(
        offer=text_of(version, "name"),
        certificates=tuple(_certificate(version, name) for name in certificates_check.HELD),
    )


def _certificate(version: OfferVersion, name: str) -> CertificateFacts:
    paper: Any = version.answers.get(f"{name}_certificate") or {}
    return CertificateFacts(
        name=questions()[name].short,
        held=version.answers.get(name),
        issuer=str(paper.get("issuer") or ""),
        number=str(paper.get("number") or ""),
        scope=str(paper.get("scope") or ""),
        valid_from=date_of(paper.get("valid_from")),
        valid_until=date_of(paper.get("valid_until")),
        has_file=bool(paper.get("file")),
    )


def subprocessors(version: OfferVersion, _on: dt.date) -> SubprocessorFacts:
    marks = claimed(version)
    rows: Any = version.answers.get("subprocessor_table")
    return SubprocessorFacts(
        rows=tuple(_subprocessor(row) for row in rows) if rows else None,
        notice_days=whole_of(version, "subprocessor_notice_days"),
        claims_secnumcloud="secnumcloud" in marks,
        claims_hds="hds" in marks,
        applies=asked(version, "subprocessor_table"),
    )


def _subprocessor(row: dict[str, Any]) -> Subprocessor:
    country = str(row.get("country") or "")
    return Subprocessor(
        name=str(row.get("name") or ""),
        country=country_of(country) or country,
        role=str(row.get("role") or ""),
        sees_data=row.get("sees_data"),
    )


def immunity(version: OfferVersion, _on: dt.date) -> ImmunityFacts:
    rows: Any = version.answers.get("shareholders") or ()
    shares = ((str(row.get("country") or "?"), number(row.get("percent"))) for row in rows)
    return ImmunityFacts(
        headquarters=text_of(version, "headquarters_country") or None,
        largest_percent=decimal_of(version, "non_eu_largest_percent"),
        total_percent=decimal_of(version, "non_eu_total_percent"),
        veto=version.answers.get("non_eu_veto"),
        outside_access=version.answers.get("technical_access_outside_eu"),
        shareholders=tuple((country, share) for country, share in shares if share is not None),
        claims_secnumcloud="secnumcloud" in claimed(version),
    )


def stack(version: OfferVersion, on: dt.date) -> StackFacts:
    """Three queries."""
    offer = version.offer
    edges = list(StackEdge.objects.filter(offer=offer).select_related("base").order_by("pk"))
    bases = EffectiveTrust.objects.filter(offer__in=[edge.base_id for edge in edges if edge.base_id])
    held = {row.offer_id: str(row.status_on(on)) for row in bases.order_by("scheme")}
    own = EffectiveTrust.objects.filter(offer=offer).select_related("mark", "undermined_by")
    models = choices_of(version, "service_models") or ()
    return StackFacts(
        layers=tuple(
            LayerFacts(
                base=edge.base.name if edge.base else edge.base_name,
                layer=edge.layer,
                known=edge.base_id is not None,
                inherits=edge.inherits,
                status=held.get(edge.base_id or 0, ""),
            )
            for edge in edges
        ),
        undermined=tuple(
            (row.mark.name if row.mark else row.scheme, row.undermined_by.name if row.undermined_by else "")
            for row in own.order_by("scheme")
            if row.is_undermined(on)
        ),
        is_ground="iaas" in models or models == ("support_services",),
    )


def clauses(version: OfferVersion, _on: dt.date) -> ClauseFacts:
    names = [clause.question for clause in clauses_check.CLAUSES]
    papers = [name for name in clauses_check.PAPERS if version.answers.get(name)]
    return ClauseFacts(
        answers=tuple(
            (name, _plain(version.answers[name]))
            for name in names
            if not is_unknown(version.answers.get(name))
        ),
        papers=tuple(questions()[name].short for name in papers),
        service_models=choices_of(version, "service_models") or (),
        claims_secnumcloud="secnumcloud" in claimed(version),
    )


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def papers(version: OfferVersion, _on: dt.date) -> PapersFacts:
    """Reads the bytes of every file joined."""
    kept = kept_files(version.answers)
    return PapersFacts(
        papers=tuple(_paper(questions()[name].short, stored) for name, stored in sorted(kept.items())),
        missing=tuple(
            sorted(questions()[name].short for name, _ in joined(version.answers) if name not in kept)
        ),
    )


def _paper(asked_for: str, stored: StoredFile) -> PaperFacts:
    return PaperFacts(
        asked=asked_for,
        name=stored.name,
        media_type=stored.media_type,
        size=stored.size,
        scan=stored.scan_state,
        problem=_problem(stored),
    )


def _problem(stored: StoredFile) -> str:
    """What was found infected is not opened."""
    if stored.scan_state == ScanState.INFECTED:
        return "un logiciel malveillant y a été trouvé"
    content = _bytes_of(stored)
    return GONE if content is None else problem_of(content, stored.media_type)


def _bytes_of(stored: StoredFile) -> bytes | None:
    try:
        return content_of(stored)
    except FileNotFoundError:
        return None


def environment(version: OfferVersion, _on: dt.date) -> EnvironmentFacts:
    return EnvironmentFacts(
        pue=decimal_of(version, "pue"),
        carbon_g_per_unit=decimal_of(version, "carbon_g_per_unit"),
        carbon_unit=text_of(version, "carbon_unit"),
        carbon_method=text_of(version, "carbon_method"),
        carbon_verified=version.answers.get("carbon_verified"),
        renewable_percent=decimal_of(version, "renewable_percent"),
        applies=asked(version, "pue"),
    )


def sample(version: OfferVersion, _on: dt.date) -> SampleFacts:
    stored = kept_files({SAMPLE: version.answers.get(SAMPLE)}).get(SAMPLE)
    problem = _problem(stored) if stored is not None else ""
    opens = stored is not None and not problem
    return SampleFacts(
        formats=choices_of(version, "open_formats"),
        name=stored.name if stored is not None else "",
        found=families_of(content_of(stored), stored.media_type) if stored is not None and opens else (),
        problem=problem,
        applies=asked(version, "open_formats"),
    )
