"""OCDS 1.1.5: releases that each say all that is public of a process, so the newest is the compiled one.

Source: open-contracting/standard, tag 1__1__5. Lists are merged by `id` there, so nothing listed once is
ever left out of a later release: who is replaced stays a party, their award is closed and another one made.
Unknown is absent, never null.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marketplace.calendar_months import add_months
from procurement.publication import words
from procurement.publication.decp import number
from procurement.publication.facts import Buyer, ChangeFacts, ConsultationFacts, Holder, MarketFacts

Json = dict[str, Any]
VERSION = "1.1"
# Of the DECP procedures (decp-rama's mapping, MIT); the French words are kept beside.
METHODS = {
    "Appel d'offres ouvert": "open",
    "Appel d'offres restreint": "selective",
    "Procédure avec négociation": "selective",
    "Dialogue compétitif": "selective",
    words.NO_COMPETITION: "limited",
}


@dataclass(frozen=True, slots=True)
class Issue:
    """What every release carries: its process, its rank (from 1), its instant, who identifies by SIRET."""

    ocid: str
    rank: int
    at: dt.datetime
    siret_scheme: str

    @property
    def release_id(self) -> str:
        return f"{self.ocid}-{self.rank:04d}"


def notified(issue: Issue, facts: MarketFacts, consultation: ConsultationFacts | None = None) -> Json:
    """The first release of a contract: what was asked, awarded and notified."""
    parties = [_buyer(issue, facts.buyer), *_suppliers(issue, facts.holders, named=_named(facts))]
    return {
        **_head(issue, ["tender", "award", "contract"]),
        "parties": parties,
        "buyer": {"id": parties[0]["id"], "name": facts.buyer.name},
        "tender": tender_section(issue, facts, consultation or ConsultationFacts()),
        "awards": [_award(issue, facts, 1, facts.holders, consultation)],
        "contracts": [_contract(issue, facts)],
        **_framework(facts),
    }


def tendered(issue: Issue, facts: MarketFacts, consultation: ConsultationFacts) -> Json:
    """A consultation open to all, before any award: nobody is named but the buyer."""
    buyer = _buyer(issue, facts.buyer)
    section = tender_section(issue, facts, consultation) | {"status": "active"}
    return {
        **_head(issue, ["tender"]),
        "parties": [buyer],
        "buyer": {"id": buyer["id"], "name": facts.buyer.name},
        "tender": section,
        **_framework(facts),
    }


def amended(issue: Issue, before: Json, change: ChangeFacts) -> Json:
    """The release after a modification: the former one, with what changed and an amendment that says so."""
    after: Json = {**before, **_head(issue, ["contractAmendment"])}
    contract: Json = dict(before["contracts"][0])
    after["contracts"] = [contract]
    if change.amount_eur_ht is not None:
        contract["value"] = _euros(change.amount_eur_ht)
    if change.duration_months is not None:
        signed = dt.datetime.fromisoformat(contract["dateSigned"]).date()
        contract["period"] = {"durationInDays": _days(signed, change.duration_months)}
    if change.holders:
        after |= _replaced(issue, before, change)
        contract["awardID"] = after["awards"][-1]["id"]
    contract["amendments"] = [*contract.get("amendments", []), _amendment(issue, before, change)]
    return after


def compiled(releases: list[Json]) -> Json:
    """`releases` of one process, oldest first, as this module writes them."""
    newest = releases[-1]
    return {**newest, "tag": ["compiled"], "id": f"{newest['ocid']}-{newest['date']}"}


def record(releases: list[Json]) -> Json:
    return {
        "ocid": releases[0]["ocid"],
        "releases": releases,
        "compiledRelease": compiled(releases),
    }


@dataclass(frozen=True, slots=True)
class Package:
    """The envelope: whose data, from where, under which terms."""

    uri: str
    publisher: str
    publisher_uri: str
    license: str
    published_at: str
    next_uri: str = ""

    def head(self) -> Json:
        """Without the rows. `next_uri` leads to the following page."""
        links = {"links": {"next": self.next_uri}} if self.next_uri else {}
        return {
            "uri": self.uri,
            "version": VERSION,
            "publishedDate": self.published_at,
            "publisher": {"name": self.publisher, "uri": self.publisher_uri},
            "license": self.license,
            **links,
        }


def tender_section(issue: Issue, facts: MarketFacts, consultation: ConsultationFacts) -> Json:
    """What was asked, as far as it is known."""
    section: Json = {
        "id": f"{issue.ocid}-tender",
        "title": facts.object,
        "status": "complete",
        "procuringEntity": {"id": _party_id(issue, "SIRET", facts.buyer.siret), "name": facts.buyer.name},
        "mainProcurementCategory": "services",
    }
    if facts.procedure:
        section["procurementMethodDetails"] = facts.procedure
        if method := METHODS.get(facts.procedure):
            section["procurementMethod"] = method
    if facts.cpv:
        section["items"] = [{"id": "1", "classification": {"scheme": "CPV", "id": facts.cpv[:8]}}]
    period = {"startDate": consultation.opened_at, "endDate": consultation.closes_at}
    known = {name: at.isoformat() for name, at in period.items() if at is not None}
    if known:
        section["tenderPeriod"] = known
    if consultation.tenderers is not None:
        section["numberOfTenderers"] = consultation.tenderers
    if consultation.criteria:
        section["awardCriteriaDetails"] = consultation.criteria
    return section


def _head(issue: Issue, tag: list[str]) -> Json:
    return {
        "ocid": issue.ocid,
        "id": issue.release_id,
        "date": issue.at.isoformat(),
        "tag": tag,
        "initiationType": "tender",
        "language": "fr",
    }


def _award(
    issue: Issue,
    facts: MarketFacts,
    rank: int,
    holders: tuple[Holder, ...],
    consultation: ConsultationFacts | None,
) -> Json:
    decided = consultation.decided_on if consultation else None
    return {
        "id": f"{issue.ocid}-award-{rank}",
        "title": facts.object,
        "status": "active",
        **({"date": _instant(decided)} if decided else {}),
        **({"value": _euros(facts.amount_eur_ht)} if facts.amount_eur_ht is not None else {}),
        "suppliers": _references(issue, holders, named=_named(facts)),
    }


def _contract(issue: Issue, facts: MarketFacts) -> Json:
    if facts.notified_on is None or facts.amount_eur_ht is None or facts.duration_months is None:
        raise ValueError("a required value is unknown")
    return {
        "id": f"{issue.ocid}-contract-1",
        "awardID": f"{issue.ocid}-award-1",
        "title": facts.object,
        "status": "active",
        "period": {"durationInDays": _days(facts.notified_on, facts.duration_months)},
        "value": _euros(facts.amount_eur_ht),
        # Of the notification, as the mapping of DECP does: the day of signature is not held.
        "dateSigned": _instant(facts.notified_on),
    }


def _replaced(issue: Issue, before: Json, change: ChangeFacts) -> Json:
    """Parties and awards after other holders: who left stays a party, their award is no longer in force."""
    named = change.holder_is_person is False
    known = {party["id"] for party in before["parties"]}
    added = [party for party in _suppliers(issue, change.holders, named=named) if party["id"] not in known]
    former = [{**award, "status": "cancelled"} for award in before["awards"]]
    award = {
        **{key: value for key, value in before["awards"][-1].items() if key not in ("value", "date")},
        "id": f"{issue.ocid}-award-{len(former) + 1}",
        "status": "active",
        "suppliers": _references(issue, change.holders, named=named),
    }
    return {"parties": [*before["parties"], *added], "awards": [*former, award]}


def _amendment(issue: Issue, before: Json, change: ChangeFacts) -> Json:
    return {
        "id": f"{issue.ocid}-amendment-{issue.rank - 1}",
        "date": _instant(change.notified_on),
        **({"rationale": change.rationale} if change.rationale else {}),
        "amendsReleaseID": before["id"],
        "releaseID": issue.release_id,
    }


def _framework(facts: MarketFacts) -> Json:
    if not facts.framework_id:
        return {}
    related = {
        "id": "1",
        "relationship": ["framework"],
        "scheme": "DECP",
        "identifier": facts.framework_id,
    }
    return {"relatedProcesses": [related]}


def _buyer(issue: Issue, buyer: Buyer) -> Json:
    return {
        "id": _party_id(issue, "SIRET", buyer.siret),
        "name": buyer.name,
        "identifier": {"scheme": issue.siret_scheme, "id": buyer.siret, "legalName": buyer.name},
        "roles": ["buyer", "procuringEntity"],
    }


def _named(facts: MarketFacts) -> bool:
    """A name is given only when the buyer said that no holder is a person."""
    return facts.holder_is_person is False


def _suppliers(issue: Issue, holders: tuple[Holder, ...], *, named: bool) -> list[Json]:
    return [
        {
            **reference,
            "identifier": {"scheme": _scheme(issue, holder.scheme), "id": holder.identifier},
            "roles": ["supplier"],
        }
        for holder, reference in zip(holders, _references(issue, holders, named=named), strict=True)
    ]


def _references(issue: Issue, holders: tuple[Holder, ...], *, named: bool) -> list[Json]:
    return [
        {
            "id": _party_id(issue, holder.scheme, holder.identifier),
            **({"name": holder.name} if holder.name and named else {}),
        }
        for holder in holders
    ]


def _party_id(issue: Issue, scheme: str, identifier: str) -> str:
    return f"{_scheme(issue, scheme)}-{identifier}"


def _scheme(issue: Issue, scheme: str) -> str:
    return issue.siret_scheme if scheme == "SIRET" else scheme


def _euros(amount: Decimal) -> Json:
    return {"amount": number(amount), "currency": "EUR"}


def _days(start: dt.date, months: int) -> int:
    return (add_months(start, months) - start).days


def _instant(day: dt.date) -> str:
    """A day as OCDS writes one: its first second, in UTC."""
    return f"{day.isoformat()}T00:00:00Z"
