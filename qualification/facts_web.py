"""What the checks that look outside read: an address the supplier gave, and what answered there.

What was seen is an observation, not an input: it is not hashed. ``None`` where we could not look.
"""

import datetime as dt
from collections.abc import Mapping
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


@dataclass(frozen=True, slots=True)
class CredentialFacts:
    """The Gaia-X presentation attached to an offer; ``credential`` empty: none is.

    ``numbers``: registration numbers that it tells; ``identifier``: the supplier's own, empty while its
    identity is not verified. ``drift``: what the offer no longer says. ``anchors``, ``notaries``,
    ``own_context``: see `qualification.gaiax.verify.Material`. ``release``: the digest of the official
    release that judges, empty for the project's own shapes; ``rulebook``: its text, which the digest names.
    ``report``: that of the judgement made again, with documents fetched just before.
    """

    credential: str = ""
    text: str = ""
    issuer: str = ""
    level: str = ""
    numbers: tuple[str, ...] = ()
    identifier: str = ""
    drift: tuple[str, ...] = ()
    anchors: str = ""
    notaries: tuple[str, ...] = ()
    own_context: str = ""
    release: str = ""
    rulebook: str = field(default="", metadata={"observed": True})
    report: Mapping[str, Any] | None = observed()
