"""What a process gives: a lot awarded, its contract notified, then modified."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from procurement.publication.facts import AwardFacts, ChangeFacts, ConsultationFacts, MarketFacts
from procurement.publication.ocds.issue import (
    Issue,
    Json,
    buyer_party,
    days,
    euros,
    head,
    instant,
    references,
    supplier_parties,
)
from procurement.publication.ocds.merging import merged, merged_value
from procurement.publication.ocds.tender import items_of, tender_section, with_lots


def awarded(issue: Issue, before: Json, facts: AwardFacts) -> Json:
    """At the notification of a lot: to whom, by identifier alone, and for how much."""
    award: Json = {
        "id": issue.award_id,
        "title": facts.title,
        "status": "active",
        "suppliers": references(issue, facts.holders, named=False),
        "relatedLots": [str(issue.lot)],
    }
    if facts.decided_on is not None:
        award["date"] = instant(facts.decided_on)
    if facts.amount_eur_ht is not None:
        award["value"] = euros(facts.amount_eur_ht)
    told: Json = {
        **head(issue, ["award"]),
        "parties": supplier_parties(issue, facts.holders, named=False),
        "tender": {"status": "complete"},
        "awards": [award],
    }
    if facts.tenderers is not None:
        told["tender"]["numberOfTenderers"] = facts.tenderers
    after = merged(before, told)
    return {**after, "tender": with_lots(after["tender"], {issue.lot: "complete"})}


def notified(
    issue: Issue,
    facts: MarketFacts,
    consultation: ConsultationFacts | None = None,
    *,
    before: Json | None = None,
) -> Json:
    """The release of a contract. `before`: the newest one of the process; what it said stays."""
    consulted = consultation or ConsultationFacts()
    party = buyer_party(issue, facts.buyer)
    tender = tender_section(issue, facts.buyer, _asked(facts, consulted))
    if facts.cpv:
        coded = _classified(issue, facts.cpv[:8], consulted, before)
        tender["items"] = merged_value(tender.get("items", []), coded)
    told: Json = {
        **head(issue, _tags(issue, before)),
        "parties": [party, *supplier_parties(issue, facts.holders, named=_named(facts))],
        "buyer": {"id": party["id"], "name": facts.buyer.name},
        "tender": tender,
        "awards": [_award(issue, facts, consultation)],
        "contracts": [_contract(issue, facts)],
        **_framework(facts),
    }
    after = told if before is None else merged(before, told)
    ended = {lot.number: lot.ended for lot in consulted.lots if lot.ended}
    return {**after, "tender": with_lots(after["tender"], {**ended, issue.lot: "complete"})}


def _tags(issue: Issue, before: Json | None) -> list[str]:
    """What this release is the first to say."""
    if before is None:
        return ["tender", "award", "contract"]
    known = {award["id"] for award in before.get("awards", [])}
    return ["contract"] if issue.award_id in known else ["award", "contract"]


def _asked(facts: MarketFacts, consulted: ConsultationFacts) -> ConsultationFacts:
    """The title of the process is the consultation's; of a contract without one, its object."""
    return replace(
        consulted,
        title=consulted.title or facts.object,
        procedure=facts.procedure or consulted.procedure,
    )


def _classified(issue: Issue, cpv: str, consulted: ConsultationFacts, before: Json | None) -> list[Json]:
    """The code of the contract on what its lot asked; on a line of its own when no line is known."""
    code = {"classification": {"scheme": "CPV", "id": cpv}}
    told = before["tender"].get("items", []) if before is not None else []
    lines = [item for item in told or items_of(consulted) if item["id"].startswith(f"{issue.lot}-")]
    return [{**item, **code} for item in lines] or [{"id": str(issue.lot), **code}]


def amended(issue: Issue, before: Json, change: ChangeFacts) -> Json:
    """The release after a modification: the former one, with what changed and an amendment that says so."""
    after: Json = {**before, **head(issue, ["contractAmendment"])}
    contract: Json = dict(next(one for one in before["contracts"] if one["id"] == issue.contract_id))
    if change.amount_eur_ht is not None:
        contract["value"] = euros(change.amount_eur_ht)
    if change.duration_months is not None:
        signed = dt.datetime.fromisoformat(contract["dateSigned"]).date()
        contract["period"] = {"durationInDays": days(signed, change.duration_months)}
    if change.holders:
        after |= _replaced(issue, before, change)
        contract["awardID"] = after["awards"][-1]["id"]
    contract["amendments"] = [*contract.get("amendments", []), _amendment(issue, before, change)]
    after["contracts"] = [contract if one["id"] == contract["id"] else one for one in before["contracts"]]
    return after


def _award(issue: Issue, facts: MarketFacts, consultation: ConsultationFacts | None) -> Json:
    decided = consultation.decided_on if consultation else None
    return {
        "id": issue.award_id,
        "title": facts.object,
        "status": "active",
        **({"date": instant(decided)} if decided else {}),
        **({"value": euros(facts.amount_eur_ht)} if facts.amount_eur_ht is not None else {}),
        "suppliers": references(issue, facts.holders, named=_named(facts)),
        **({"relatedLots": [str(issue.lot)]} if consultation else {}),
    }


def _contract(issue: Issue, facts: MarketFacts) -> Json:
    if facts.notified_on is None or facts.amount_eur_ht is None or facts.duration_months is None:
        raise ValueError("a required value is unknown")
    return {
        "id": issue.contract_id,
        "awardID": issue.award_id,
        "title": facts.object,
        "status": "active",
        "period": {"durationInDays": days(facts.notified_on, facts.duration_months)},
        "value": euros(facts.amount_eur_ht),
        # Of the notification, as the mapping of DECP does: the day of signature is not held.
        "dateSigned": instant(facts.notified_on),
    }


def _replaced(issue: Issue, before: Json, change: ChangeFacts) -> Json:
    """Parties and awards after other holders: who left stays a party, their award is no longer in force."""
    named = change.holder_is_person is False
    known = {party["id"] for party in before["parties"]}
    added = [
        party for party in supplier_parties(issue, change.holders, named=named) if party["id"] not in known
    ]
    mine = [award for award in before["awards"] if _is_of(issue.award_id, award)]
    closed = [{**award, "status": "cancelled"} for award in mine]
    former = merged_value(before["awards"], closed)
    award = {
        **{key: value for key, value in mine[-1].items() if key not in ("value", "date")},
        "id": f"{issue.award_id}-{len(mine) + 1}",
        "status": "active",
        "suppliers": references(issue, change.holders, named=named),
    }
    return {"parties": [*before["parties"], *added], "awards": [*former, award]}


def _is_of(award_id: str, award: Json) -> bool:
    """Of this lot, whether the first one or another that took it over."""
    identifier: str = award["id"]
    return identifier == award_id or identifier.startswith(f"{award_id}-")


def _amendment(issue: Issue, before: Json, change: ChangeFacts) -> Json:
    return {
        "id": f"{issue.ocid}-amendment-{issue.rank - 1}",
        "date": instant(change.notified_on),
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


def _named(facts: MarketFacts) -> bool:
    """A name is given only when the buyer said that no holder is a person."""
    return facts.holder_is_person is False


def names_of(release: Json, *, lot: int) -> list[str]:
    """Of the holders of a lot whose name was given: never a person's. Who left stays named."""
    base = f"{release['ocid']}-award-{lot}"
    awards = [one for one in release["awards"] if _is_of(base, one)]
    known = {each["id"] for one in awards for each in one.get("suppliers", [])}
    return [party["name"] for party in release["parties"] if party["id"] in known and "name" in party]
