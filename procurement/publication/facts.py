"""What is known of a contract, as plain values. None or an empty text is unknown and stays absent."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds the contract. `name` is None when it is unknown, or a person's."""

    scheme: str
    identifier: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Buyer:
    siret: str
    name: str


@dataclass(frozen=True, slots=True)
class MarketFacts:
    """The essential data of one contract. Words of code lists are DECP's own, in French."""

    buyer: Buyer
    reference: str = ""
    nature: str = ""
    object: str = ""
    cpv: str = ""
    techniques: tuple[str, ...] = ()
    execution_modes: tuple[str, ...] = ()
    framework_id: str = ""
    innovative: bool | None = None
    ccag: str = ""
    offers_received: int | None = None
    advance: bool | None = None
    # A share (0.3 is 30 %); None with an advance: its rate is not known.
    advance_rate: Decimal | None = None
    grouping: str = ""
    subcontracting: bool | None = None
    procedure: str = ""
    place_code: str = ""
    place_kind: str = ""
    duration_months: int | None = None
    notified_on: dt.date | None = None
    amount_eur_ht: Decimal | None = None
    price_form: str = ""
    price_types: tuple[str, ...] = ()
    holders: tuple[Holder, ...] = ()
    holder_is_person: bool | None = None
    social: tuple[str, ...] = ()
    environmental: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """A modification of a published contract, notified to its holder. None or empty: not changed."""

    notified_on: dt.date
    duration_months: int | None = None
    amount_eur_ht: Decimal | None = None
    holders: tuple[Holder, ...] = ()
    holder_is_person: bool | None = None
    # Free text, reviewed; OCDS alone has a place for it.
    rationale: str = ""

    @property
    def changes(self) -> bool:
        return bool(self.duration_months or self.amount_eur_ht is not None or self.holders)


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of the price schedule. `lot` from 1."""

    lot: int
    place: int
    words: str
    quantity: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class LotAsked:
    """`ended`: « cancelled » or « unsuccessful » when it ended without a contract, in words of OCDS."""

    number: int
    title: str
    description: str = ""
    ended: str = ""


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """A file that everybody may read at `url`. `kind`: of OCDS's document types."""

    identifier: str
    kind: str
    title: str
    url: str
    media_type: str = ""
    published_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class ConsultationFacts:
    """What a consultation adds to the process. Times carry their zone; empty or None: unknown, or not public
    yet. `tenderers`: suppliers that answered, known once the responses are opened, never before."""

    opened_at: dt.datetime | None = None
    closes_at: dt.datetime | None = None
    tenderers: int | None = None
    decided_on: dt.date | None = None
    criteria: str = ""
    title: str = ""
    description: str = ""
    # In the words of DECP; `method`: of OCDS's list, when the access says it.
    procedure: str = ""
    method: str = ""
    eligibility: str = ""
    questions_from: dt.datetime | None = None
    questions_until: dt.datetime | None = None
    lots: tuple[LotAsked, ...] = ()
    items: tuple[Asked, ...] = ()
    documents: tuple[OpenDocument, ...] = ()
    # Where responses are deposited.
    url: str = ""


@dataclass(frozen=True, slots=True)
class AwardFacts:
    """An award notified. Nobody is named: whether a holder is a person is told with the contract."""

    title: str
    holders: tuple[Holder, ...]
    amount_eur_ht: Decimal | None = None
    decided_on: dt.date | None = None
    tenderers: int | None = None


@dataclass(frozen=True, slots=True)
class EndFacts:
    """A lot, or a whole consultation, that ends without a contract. `status`: « cancelled » when the buyer
    stops it, « unsuccessful » when nothing suited. `reason` is public."""

    status: str
    reason: str
    decided_on: dt.date
