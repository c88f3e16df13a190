"""What the checks that look outside read: an address the supplier gave, and what answered there.

What was seen is an observation, not an input: it is not hashed. ``None`` where we could not look.
"""

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


def observed() -> Any:
    return field(default=None, metadata={"observed": True})


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of the fetcher; ``reason`` is one of its codes, empty for a complete answer."""

    reason: str
    final_url: str
    status: int | None
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        return next((value for known, value in self.headers if known == name), None)


@dataclass(frozen=True, slots=True)
class PageFacts:
    """``applies`` False: the question is not asked of this offer."""

    url: str
    applies: bool = True
    page: Page | None = observed()


@dataclass(frozen=True, slots=True)
class TlsFacts:
    """``promised``: the oldest version the offer says it accepts (1.3, 1.2, older or empty).

    ``accepted``: versions that ended a handshake, of those tried; ``reason``: why none was tried.
    """

    url: str
    promised: str
    accepted: tuple[str, ...] | None = observed()
    reason: str = field(default="", metadata={"observed": True})


@dataclass(frozen=True, slots=True)
class NameSeen:
    """``dnssec``: signed, unsigned, broken, or None. ``caa``: its records as text; None: not read."""

    dnssec: str | None
    caa: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class NameFacts:
    host: str
    seen: NameSeen | None = observed()


@dataclass(frozen=True, slots=True)
class MailSeen:
    """TXT records that start as SPF, and as DMARC (at the domain or above); None: not read."""

    spf: tuple[str, ...] | None
    dmarc: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class MailFacts:
    """``domain`` of the addresses that the offer publishes."""

    domain: str
    seen: MailSeen | None = observed()


@dataclass(frozen=True, slots=True)
class ApiFacts:
    """``styles`` None: not answered. ``url``: of the OpenAPI description itself."""

    styles: tuple[str, ...] | None
    described: bool | None
    url: str
    applies: bool = True
    page: Page | None = observed()


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """``level``: full, partial, none or empty. ``rate`` in percent."""

    level: str
    rate: Decimal | None
    audited_on: dt.date | None
    url: str
    applies: bool = True
    page: Page | None = observed()


@dataclass(frozen=True, slots=True)
class DidFacts:
    did: str
    page: Page | None = observed()
