"""What the pure checks read: plain frozen values, no row, no clock, no network.

``None`` means « not given » or « could not be read »; it is never « no ». Each dataclass holds only
what would change its check's verdict, so that its hash says whether a check must run again.
"""

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """One company in a legal register. ``ceased_on`` None: active as far as the register knows."""

    legal_name: str
    ceased_on: dt.date | None = None
    insolvency: str = ""


@dataclass(frozen=True, slots=True)
class IdentityFacts:
    """``entry`` None: the register does not hold this identifier, which proves nothing."""

    scheme: str
    identifier: str
    well_formed: bool | None
    legal_name: str
    register: str
    read_on: dt.date | None
    entry: RegisterEntry | None


@dataclass(frozen=True, slots=True)
class RegionFacts:
    """Country codes (ISO 3166-1 alpha-2) of storage and of processing; None when not answered."""

    storage: tuple[str, ...] | None
    processing: tuple[str, ...] | None
    claims_secnumcloud: bool
    claims_hds: bool


@dataclass(frozen=True, slots=True)
class MarkFacts:
    scheme: str
    name: str
    status: str
    scope: str
    decision_number: str
    valid_from: dt.date | None
    valid_until: dt.date | None
    has_evidence: bool


@dataclass(frozen=True, slots=True)
class AnssiEntry:
    provider: str
    service: str
    decision_number: str
    valid_from: dt.date | None
    valid_until: dt.date | None


@dataclass(frozen=True, slots=True)
class TrustFacts:
    """``register`` None: the ANSSI register file was never loaded."""

    marks: tuple[MarkFacts, ...]
    register: tuple[AnssiEntry, ...] | None
    register_edition: str = ""
    register_read_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ExitFacts:
    notice_months: Decimal | None
    transition_days: int | None
    transition_justification: str
    retrieval_days: int | None


@dataclass(frozen=True, slots=True)
class SiteSeen:
    """What the fetcher saw; ``reason`` is one of its codes, empty for a complete answer."""

    reason: str
    final_url: str
    status: int | None
    address: str
    tls_version: str
    certificate_until: dt.date | None
    certificate_names: tuple[str, ...]
    certificate_issuer: str


@dataclass(frozen=True, slots=True)
class WebsiteFacts:
    """``seen`` is what the network answered: an observation, not an input, so it is not hashed."""

    url: str
    seen: SiteSeen | None = field(default=None, metadata={"observed": True})


@dataclass(frozen=True, slots=True)
class PriceFacts:
    plan: str
    label: str
    kind: str
    period: str
    amount_eur_ht: Decimal


@dataclass(frozen=True, slots=True)
class CatalogueFacts:
    """``plans`` are the names of the formulas, ``prices`` their lines."""

    plans: tuple[str, ...]
    prices: tuple[PriceFacts, ...]


def input_hash(facts: Any, *, check: str, version: str) -> str:
    """SHA-256 of what was given to a check, observations left out."""
    given = {name: value for name, value in asdict(facts).items() if not _observed(facts, name)}
    text = json.dumps([check, version, given], sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _observed(facts: Any, name: str) -> bool:
    return bool(type(facts).__dataclass_fields__[name].metadata.get("observed"))
