"""What every release carries, and how it names parties, days and amounts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marketplace.calendar_months import add_months
from procurement.publication.decp import number
from procurement.publication.facts import Buyer, Holder

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Issue:
    """What every release carries: its process, its rank (from 1), its instant, who identifies by SIRET.

    `lot`: of the contract that it is about; each lot has its award and its contract."""

    ocid: str
    rank: int
    at: dt.datetime
    siret_scheme: str
    lot: int = 1

    @property
    def release_id(self) -> str:
        return f"{self.ocid}-{self.rank:04d}"

    @property
    def award_id(self) -> str:
        return f"{self.ocid}-award-{self.lot}"

    @property
    def contract_id(self) -> str:
        return f"{self.ocid}-contract-{self.lot}"


def head(issue: Issue, tag: list[str]) -> Json:
    return {
        "ocid": issue.ocid,
        "id": issue.release_id,
        "date": issue.at.isoformat(),
        "tag": tag,
        "initiationType": "tender",
        "language": "fr",
    }


def buyer_party(issue: Issue, buyer: Buyer) -> Json:
    return {
        "id": party_id(issue, "SIRET", buyer.siret),
        "name": buyer.name,
        "identifier": {"scheme": issue.siret_scheme, "id": buyer.siret, "legalName": buyer.name},
        "roles": ["buyer", "procuringEntity"],
    }


def supplier_parties(issue: Issue, holders: tuple[Holder, ...], *, named: bool) -> list[Json]:
    return [
        {
            **reference,
            "identifier": {"scheme": _scheme(issue, holder.scheme), "id": holder.identifier},
            "roles": ["supplier"],
        }
        for holder, reference in zip(holders, references(issue, holders, named=named), strict=True)
    ]


def references(issue: Issue, holders: tuple[Holder, ...], *, named: bool) -> list[Json]:
    return [
        {
            "id": party_id(issue, holder.scheme, holder.identifier),
            **({"name": holder.name} if holder.name and named else {}),
        }
        for holder in holders
    ]


def party_id(issue: Issue, scheme: str, identifier: str) -> str:
    return f"{_scheme(issue, scheme)}-{identifier}"


def _scheme(issue: Issue, scheme: str) -> str:
    return issue.siret_scheme if scheme == "SIRET" else scheme


def euros(amount: Decimal) -> Json:
    return {"amount": number(amount), "currency": "EUR"}


def days(start: dt.date, months: int) -> int:
    return (add_months(start, months) - start).days


def instant(day: dt.date) -> str:
    """A day as OCDS writes one: its first second, in UTC."""
    return f"{day.isoformat()}T00:00:00Z"
