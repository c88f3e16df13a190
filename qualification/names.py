"""What the DNS says of a supplier's names: signatures (DNSSEC), CAA, SPF, DMARC. Network.

Signatures are verified here, from the DS records that the parent zone gives to the resolver down to the
zone's own; the resolver is asked not to judge them (CD), so that a broken zone is seen as such. Every
function answers None for what could not be asked: a failure of ours is never « no ».
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import dns.dnssec
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rdatatype
import dns.resolver
import dns.rrset
from django.conf import settings

from qualification.facts_web import MailSeen, NameSeen
from qualification.fetcher import RESERVED

# One question; all those about one name.
SECONDS, IN_ALL = 4.0, 20.0
MOST_LABELS = 8
SIGNED, UNSIGNED, BROKEN = "signed", "unsigned", "broken"


class NotAsked(Exception):
    """No answer that one may conclude from."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A resolver, and when to stop asking it (monotonic seconds)."""

    resolver: dns.resolver.Resolver
    until: float

    def seconds(self) -> float:
        """For the next question. Raises NotAsked when the time is over."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise NotAsked
        return min(left, SECONDS)


def name_seen(host: str) -> NameSeen | None:
    """None when no resolver serves this name."""
    asked = _resolver(host)
    if asked is None:
        return None
    return NameSeen(_dnssec(host, asked), _caa(host, asked))


def mail_seen(domain: str) -> MailSeen | None:
    asked = _resolver(domain)
    if asked is None:
        return None
    return MailSeen(_starting(_texts(domain, asked), "v=spf1"), _dmarc(domain, asked))


def _resolver(name: str) -> Asked | None:
    """The machine's own; for reserved names, that of the demonstration if it runs, else none."""
    try:
        if name.rsplit(".", 1)[-1] not in RESERVED:
            made = dns.resolver.Resolver()
        elif not settings.DEMO_RESOLVER:
            return None
        else:
            address, _, port = settings.DEMO_RESOLVER.rpartition(":")
            made = dns.resolver.Resolver(configure=False)
            made.nameservers, made.port = [address], int(port)
    except dns.exception.DNSException:
        return None
    made.use_edns(0, dns.flags.DO, 1232)
    made.set_flags(dns.flags.RD | dns.flags.CD)
    return Asked(made, time.monotonic() + IN_ALL)


def _ask(name: str | dns.name.Name, kind: str, asked: Asked) -> dns.message.Message:
    """The message, answers or not. Raises NotAsked."""
    try:
        response = asked.resolver.resolve(
            name, kind, raise_on_no_answer=False, lifetime=asked.seconds()
        ).response
    except dns.resolver.NXDOMAIN as absent:
        response = next(iter(absent.responses().values()))  # type: ignore[no-untyped-call]  # dnspython has no types there
    except (dns.exception.DNSException, OSError, UnicodeError):
        raise NotAsked from None
    assert isinstance(response, dns.message.Message)
    return response


def _set(response: dns.message.Message, kind: dns.rdatatype.RdataType) -> dns.rrset.RRset | None:
    return next((found for found in response.answer if found.rdtype == kind and not found.covers), None)


def _signatures(response: dns.message.Message, kind: dns.rdatatype.RdataType) -> dns.rrset.RRset | None:
    return next((found for found in response.answer if found.covers == kind), None)


def _dnssec(host: str, asked: Asked) -> str | None:
    try:
        zone = _zone_of(host, asked)
        delegation = _set(_ask(zone, "DS", asked), dns.rdatatype.DS)
        if delegation is None:
            return UNSIGNED
        return SIGNED if _holds(zone, delegation, asked) else BROKEN
    except NotAsked:
        return None


def _zone_of(host: str, asked: Asked) -> dns.name.Name:
    try:
        return dns.resolver.zone_for_name(host, resolver=asked.resolver, lifetime=asked.seconds())
    except (dns.exception.DNSException, OSError, UnicodeError):
        raise NotAsked from None


def _holds(zone: dns.name.Name, delegation: dns.rrset.RRset, asked: Asked) -> bool:
    """The zone's keys are those the parent names, and sign its SOA today."""
    response = _ask(zone, "DNSKEY", asked)
    keys, signatures = _set(response, dns.rdatatype.DNSKEY), _signatures(response, dns.rdatatype.DNSKEY)
    if keys is None or signatures is None:
        return False
    trusted = [key for key in keys if any(_names(ds, zone, key) for ds in delegation)]
    if not trusted:
        return False
    anchor = dns.rrset.from_rdata_list(zone, keys.ttl, trusted)
    start = _ask(zone, "SOA", asked)
    soa, signed = _set(start, dns.rdatatype.SOA), _signatures(start, dns.rdatatype.SOA)
    if soa is None or signed is None:
        return False
    try:
        dns.dnssec.validate(keys, signatures, {zone: anchor})
        dns.dnssec.validate(soa, signed, {zone: keys})
    except (dns.dnssec.ValidationFailure, dns.exception.DNSException, ValueError):
        return False
    return True


def _names(ds: object, zone: dns.name.Name, key: object) -> bool:
    try:
        return dns.dnssec.make_ds(zone, key, ds.digest_type, validating=True) == ds  # type: ignore[attr-defined, arg-type]  # as above
    except (dns.exception.DNSException, ValueError):
        return False


def _caa(host: str, asked: Asked) -> tuple[str, ...] | None:
    """Of the name or of the nearest name above that has some (RFC 8659, 3)."""
    try:
        for name in _upwards(host):
            found = _set(_ask(name, "CAA", asked), dns.rdatatype.CAA)
            if found is not None:
                return tuple(sorted(record.to_text() for record in found))
    except NotAsked:
        return None
    return ()


def _dmarc(domain: str, asked: Asked) -> tuple[str, ...] | None:
    """At the domain, else at the nearest one above that has a policy."""
    for name in _upwards(domain):
        found = _starting(_texts(f"_dmarc.{name}", asked), "v=dmarc1")
        if found is None or found:
            return found
    return ()


def _upwards(host: str) -> list[str]:
    """The name and those above it, the top-level domain left out."""
    labels = host.rstrip(".").split(".")[-MOST_LABELS:]
    return [".".join(labels[at:]) for at in range(len(labels) - 1)]


def _texts(name: str, asked: Asked) -> list[str] | None:
    try:
        found = _set(_ask(name, "TXT", asked), dns.rdatatype.TXT)
    except NotAsked:
        return None
    return [b"".join(record.strings).decode("utf-8", "replace") for record in found or ()]


def _starting(texts: list[str] | None, head: str) -> tuple[str, ...] | None:
    if texts is None:
        return None
    return tuple(text[:1000] for text in texts if text.lower().replace(" ", "").startswith(head))
