"""What the checks of an offer's own words and papers read. ``None`` means not answered."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from qualification.facts import MarkFacts, RegisterEntry


@dataclass(frozen=True, slots=True)
class IdentifierFacts:
    """``identifier`` is the organisation's own, under ``scheme``; the others are answers, or empty."""

    scheme: str
    identifier: str
    siret: str
    vat: str
    lei: str


@dataclass(frozen=True, slots=True)
class ActivityFacts:
    identifier: str
    register: str
    read_on: dt.date | None
    entry: RegisterEntry | None


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A line of an issuer's register, as read."""

    service: str
    provider: str
    decision: str
    status: str
    perimeter: str
    valid_from: dt.date | None
    valid_until: dt.date | None


@dataclass(frozen=True, slots=True)
class MatchFacts:
    """Marks of one scheme, and the register's line that two officers linked to the offer.

    ``row`` None: no link is confirmed, or the line has gone (``linked_key`` then names it).
    """

    marks: tuple[MarkFacts, ...]
    register: str
    read_on: dt.date | None
    linked_key: str = ""
    row: RegisterRow | None = None


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """``held`` None: not answered."""

    name: str
    held: bool | None
    issuer: str
    number: str
    scope: str
    valid_from: dt.date | None
    valid_until: dt.date | None
    has_file: bool


@dataclass(frozen=True, slots=True)
class CertificatesFacts:
    offer: str
    certificates: tuple[CertificateFacts, ...]


@dataclass(frozen=True, slots=True)
class Subprocessor:
    name: str
    country: str
    role: str
    sees_data: bool | None


@dataclass(frozen=True, slots=True)
class SubprocessorFacts:
    """``rows`` None: the table is not filled; empty is never an answer."""

    rows: tuple[Subprocessor, ...] | None
    notice_days: int | None
    claims_secnumcloud: bool
    claims_hds: bool
    applies: bool = True


@dataclass(frozen=True, slots=True)
class ImmunityFacts:
    headquarters: str | None
    largest_percent: Decimal | None
    total_percent: Decimal | None
    veto: bool | None
    outside_access: bool | None
    shareholders: tuple[tuple[str, Decimal], ...]
    claims_secnumcloud: bool


@dataclass(frozen=True, slots=True)
class LayerFacts:
    """One layer whose status the offer's own mark relies on (``inherits``) or not."""

    base: str
    layer: str
    known: bool
    inherits: bool
    status: str


@dataclass(frozen=True, slots=True)
class StackFacts:
    """``undermined``: marks of the offer that a lost layer took down, with that layer's name. ``is_ground``:
    the offer is infrastructure, or no hosted service: it may stand on nothing."""

    layers: tuple[LayerFacts, ...]
    undermined: tuple[tuple[str, str], ...]
    is_ground: bool = False


@dataclass(frozen=True, slots=True)
class ClauseFacts:
    """Answers that a contract's clauses rest on, by question; an absent one is not answered."""

    answers: tuple[tuple[str, str], ...]
    papers: tuple[str, ...]
    service_models: tuple[str, ...]
    claims_secnumcloud: bool


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """A file joined to the offer. ``problem``: why it does not open, empty when it does."""

    asked: str
    name: str
    media_type: str
    size: int
    scan: str
    problem: str


@dataclass(frozen=True, slots=True)
class PapersFacts:
    papers: tuple[PaperFacts, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EnvironmentFacts:
    pue: Decimal | None
    carbon_g_per_unit: Decimal | None
    carbon_unit: str
    carbon_method: str
    carbon_verified: bool | None
    renewable_percent: Decimal | None
    applies: bool = True


@dataclass(frozen=True, slots=True)
class DrillFacts:
    """The last drill of the security contact that ended; ``number`` empty: none was held. ``state``:
    answered, answered_late or unanswered. ``same_contact``: the offer still declares that address."""

    number: str = ""
    state: str = ""
    sent_on: dt.date | None = None
    limit_hours: int = 0
    response_seconds: int | None = None
    by_supplier: bool = False
    same_contact: bool = True


@dataclass(frozen=True, slots=True)
class SampleFacts:
    """``formats`` promised; ``found``: families of the sample; ``problem``: why it does not open."""

    formats: tuple[str, ...] | None
    name: str
    found: tuple[str, ...]
    problem: str
    applies: bool = True
