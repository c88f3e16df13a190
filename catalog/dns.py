"""Reading a TXT record. The demonstration asks nobody: it answers from a map in the settings."""

from __future__ import annotations

import logging
from collections.abc import Callable

import dns.exception
import dns.resolver
from django.conf import settings

logger = logging.getLogger(__name__)
TxtResolver = Callable[[str], list[str]]
SECONDS = 4.0


def live_txt(name: str) -> list[str]:
    """The TXT texts of a name; empty when it has none, does not exist or does not answer in 4 s."""
    try:
        answer = dns.resolver.resolve(name, "TXT", lifetime=SECONDS)
    except dns.exception.DNSException as error:
        logger.info("no TXT record read at %s: %s", name, type(error).__name__)
        return []
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def demonstration_txt(name: str) -> list[str]:
    """From `DEMONSTRATION_TXT`, name → texts: no real domain is contacted in the demonstration."""
    known: dict[str, list[str]] = getattr(settings, "DEMONSTRATION_TXT", {})
    return known.get(name, [])


def default_resolver() -> TxtResolver:
    return demonstration_txt if settings.DEMONSTRATION else live_txt
