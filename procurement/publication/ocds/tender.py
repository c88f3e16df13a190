"""A consultation open to all, from its publication on: asked, changed with notice, ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from procurement.publication import words
from procurement.publication.decp import number
from procurement.publication.facts import Buyer, ConsultationFacts, EndFacts, LotAsked, OpenDocument
from procurement.publication.ocds.issue import Issue, Json, buyer_party, head, instant, party_id
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
    return {
        **head(issue, ["tender"]),
        "parties": [party],
        "buyer": {"id": party["id"], "name": buyer.name},
        "tender": with_lots(tender_section(issue, buyer, asked) | {"status": "active"}),
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
    return {**before, **head(issue, ["tenderAmendment"]), "tender": with_lots(tender)}


def tender_invited(issue: Issue, before: Json, buyer: Buyer, asked: ConsultationFacts) -> Json:
    """Once candidates are chosen: until when they answer. Nobody is named but the buyer."""
    tender = merged(before["tender"], tender_section(issue, buyer, asked) | {"status": "active"})
    return {**before, **head(issue, ["tenderUpdate"]), "tender": with_lots(tender)}


def lot_ended(issue: Issue, before: Json, facts: EndFacts) -> Json:
    """The lot of the issue ends without a contract: an award that could not be made, and its own status."""
    return {
        **merged(before, {**head(issue, ["award"]), "awards": [_not_made(issue, before, facts)]}),
        "tender": with_lots(before["tender"], {issue.lot: facts.status}),
    }


def tender_ended(issue: Issue, before: Json, facts: EndFacts) -> Json:
    """Without a contract: each lot that was still open ends with it."""
    tag = "tenderCancellation" if facts.status == "cancelled" else "tenderUpdate"
    left = [int(lot["id"]) for lot in before["tender"].get("lots", []) if lot["status"] == "active"]
    awards = [_not_made(replace(issue, lot=number), before, facts) for number in left]
    tender = with_lots(before["tender"], dict.fromkeys(left, facts.status)) | {"status": facts.status}
    told = {**head(issue, [tag, "award"] if left else [tag]), **({"awards": awards} if left else {})}
    return {**merged(before, told), "tender": tender}


def _not_made(issue: Issue, before: Json, facts: EndFacts) -> Json:
    lots = before["tender"].get("lots", [])
    title = next((lot["title"] for lot in lots if lot["id"] == str(issue.lot)), before["tender"]["title"])
    return {
        "id": issue.award_id,
        "title": title,
        "description": facts.reason,
        "status": "unsuccessful",
        "date": instant(facts.decided_on),
        "relatedLots": [str(issue.lot)],
    }


def with_lots(tender: Json, told: Mapping[int, str] | None = None) -> Json:
    """The tender once this is known of its lots, by number: it goes on while one of them is active.
    Without lots: as it was given."""
    known = told or {}
    lots = [
        {**lot, "status": known.get(int(lot["id"]), lot.get("status", "active"))}
        for lot in tender.get("lots", [])
    ]
    if not lots:
        return tender
    standing = {lot["status"] for lot in lots}
    order = ("active", "complete", "cancelled", "unsuccessful")
    return {**tender, "lots": lots, "status": next(one for one in order if one in standing)}


def tender_section(issue: Issue, buyer: Buyer, asked: ConsultationFacts) -> Json:
    """What was asked, as far as it is known; of the lots, all but how they stand (`with_lots`)."""
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
        "lots": [_lot(lot) for lot in asked.lots],
        "items": items_of(asked),
        "tenderPeriod": _period(asked.opened_at, asked.closes_at),
        "enquiryPeriod": _period(asked.questions_from, asked.questions_until)
        if asked.questions_until
        else {},
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
            "relatedLot": str(line.lot),
        }
        for line in asked.items
    ]


def _lot(lot: LotAsked) -> Json:
    """Of the lots extension."""
    said = {"description": lot.description} if lot.description else {}
    return {"id": str(lot.number), "title": lot.title, **said}


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
