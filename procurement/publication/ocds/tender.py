"""A consultation open to all, from its publication on: asked, changed with notice, ended."""

from __future__ import annotations

import datetime as dt

from procurement.publication import words
from procurement.publication.decp import number
from procurement.publication.facts import Buyer, ConsultationFacts, OpenDocument
from procurement.publication.ocds.issue import Issue, Json, buyer_party, head, party_id
from procurement.publication.ocds.merging import merged

# Of the DECP procedures (decp-rama's mapping, MIT); the French words are kept beside.
METHODS = {
    "Appel d'offres ouvert": "open",
    "Appel d'offres restreint": "selective",
    "Procédure avec négociation": "selective",
    "Dialogue compétitif": "selective",
    words.NO_COMPETITION: "limited",
}


def tendered(issue: Issue, buyer: Buyer, asked: ConsultationFacts) -> Json:
    """A consultation open to all, the day it is published: nobody is named but the buyer."""
    party = buyer_party(issue, buyer)
    section = tender_section(issue, buyer, asked) | {"status": "active"}
    return {
        **head(issue, ["tender"]),
        "parties": [party],
        "buyer": {"id": party["id"], "name": buyer.name},
        "tender": section,
    }


def tender_amended(
    issue: Issue, before: Json, buyer: Buyer, asked: ConsultationFacts, *, rationale: str
) -> Json:
    """A change with notice, or a later deadline: an amendment in the sense of the law."""
    tender = merged(before["tender"], tender_section(issue, buyer, asked) | {"status": "active"})
    change = {
        "id": f"{issue.ocid}-tender-amendment-{issue.rank - 1}",
        "date": issue.at.isoformat(),
        "rationale": rationale,
        "amendsReleaseID": before["id"],
        "releaseID": issue.release_id,
    }
    tender["amendments"] = [*before["tender"].get("amendments", []), change]
    return {**before, **head(issue, ["tenderAmendment"]), "tender": tender}


def tender_ended(issue: Issue, before: Json, *, status: str) -> Json:
    """Without a contract: « cancelled » when the buyer stops it, « unsuccessful » when nothing suited."""
    tag = "tenderCancellation" if status == "cancelled" else "tenderUpdate"
    return {**before, **head(issue, [tag]), "tender": {**before["tender"], "status": status}}


def tender_section(issue: Issue, buyer: Buyer, asked: ConsultationFacts) -> Json:
    """What was asked, as far as it is known.

    Lots are told in the words of each line: OCDS 1.1 has them in an extension only."""
    section: Json = {
        "id": f"{issue.ocid}-tender",
        "title": asked.title,
        "status": "complete",
        "procuringEntity": {"id": party_id(issue, "SIRET", buyer.siret), "name": buyer.name},
        "mainProcurementCategory": "services",
    }
    if method := asked.method or METHODS.get(asked.procedure):
        section["procurementMethod"] = method
    if asked.tenderers is not None:
        section["numberOfTenderers"] = asked.tenderers
    told = {
        "description": asked.description,
        "procurementMethodDetails": asked.procedure,
        "items": items_of(asked),
        "tenderPeriod": _period(asked.opened_at, asked.closes_at),
        "enquiryPeriod": _period(asked.opened_at, asked.questions_until) if asked.questions_until else {},
        "eligibilityCriteria": asked.eligibility,
        "awardCriteria": "ratedCriteria" if asked.criteria else "",
        "awardCriteriaDetails": asked.criteria,
        "submissionMethod": ["electronicSubmission"] if asked.url else [],
        "submissionMethodDetails": asked.url,
        "documents": [_document(one) for one in asked.documents],
    }
    return section | {name: value for name, value in told.items() if value}


def _period(start: dt.datetime | None, end: dt.datetime | None) -> Json:
    known = {"startDate": start, "endDate": end}
    return {name: at.isoformat() for name, at in known.items() if at is not None}


def items_of(asked: ConsultationFacts) -> list[Json]:
    return [
        {
            "id": f"{line.lot}-{line.place}",
            "description": line.words,
            "quantity": number(line.quantity),
            "unit": {"name": line.unit},
        }
        for line in asked.items
    ]


def _document(one: OpenDocument) -> Json:
    told = {
        "title": one.title,
        "url": one.url,
        "format": one.media_type,
        "datePublished": one.published_at.isoformat() if one.published_at else "",
        "language": "fr",
    }
    return {
        "id": one.identifier,
        "documentType": one.kind,
        **{name: value for name, value in told.items() if value},
    }
