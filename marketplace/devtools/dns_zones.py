"""A small name server on the loopback for `.example` zones, for the demonstration's checks and the tests.

Zones are given as text; those named in ``signed`` get an ECDSA key and signatures, and their DS in the zone
above. Whoever runs it gives :meth:`DnsZones.environment` to the web and worker processes.
"""

import contextlib
import datetime as dt
import socket
import threading
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, Self

import dns.dnssec
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataset
import dns.rdatatype
import dns.transaction
import dns.zone
from cryptography.hazmat.primitives.asymmetric import ec

HEAD = """$TTL 300
@ IN SOA ns.example. racine.example. 1 3600 600 86400 300
@ IN NS ns.example.
"""
# Of the demonstration: one supplier does everything, one little, one has let its signatures expire.
DEMO_ZONES = {
    "example.": "ns IN A 192.0.2.53\n",
    "nuage.example.": """@ IN CAA 0 issue "autorite.example"
@ IN TXT "v=spf1 mx -all"
_dmarc IN TXT "v=DMARC1; p=reject; rua=mailto:dmarc@nuage.example"
www IN A 192.0.2.10
""",
    "logiciels.example.": """@ IN TXT "v=spf1 include:_spf.nuage.example ~all"
_dmarc IN TXT "v=DMARC1; p=none"
www IN A 192.0.2.11
""",
    "hebergement.example.": "www IN A 192.0.2.12\n",
    "expire.example.": "www IN A 192.0.2.13\n",
}
DEMO_SIGNED = ("nuage.example.",)
DEMO_BROKEN = ("expire.example.",)


class DnsZones:
    """Answers over UDP on 127.0.0.1 between ``start`` and ``stop``; usable as a context manager.

    ``broken``: zones signed with signatures that have expired.
    """

    def __init__(
        self, zones: Mapping[str, str], *, signed: Iterable[str] = (), broken: Iterable[str] = ()
    ) -> None:
        self._zones: dict[dns.name.Name, dns.zone.Zone] = {}
        signed, broken = set(signed), set(broken)
        # Deepest first: the DS of a zone is written in the one above before that one is read.
        above: dict[dns.name.Name, list[str]] = {}
        for origin in sorted(zones, key=lambda name: -name.count(".")):
            name = dns.name.from_text(origin)
            text = HEAD + zones[origin] + "\n".join(above.get(name, []))
            zone = dns.zone.from_text(text, origin=name, relativize=False)
            if origin in signed | broken:
                delegation = _sign(zone, expired=origin in broken)
                above.setdefault(name.parent(), []).append(f"{origin} IN DS {delegation}\n")
            self._zones[name] = zone
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._closing = False
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def environment(self) -> dict[str, str]:
        return {"DEMO_RESOLVER": self.address}

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        self._closing = True
        with contextlib.suppress(OSError):
            # An empty datagram to oneself wakes the reader, which then sees that it is over.
            self._socket.sendto(b"", ("127.0.0.1", self.port))
        self._thread.join(5)
        self._socket.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()

    def _serve(self) -> None:
        while True:
            data, peer = self._socket.recvfrom(65_535)
            if self._closing:
                return
            with contextlib.suppress(dns.exception.DNSException, OSError):
                self._socket.sendto(self.answer(dns.message.from_wire(data)).to_wire(), peer)

    def answer(self, query: dns.message.Message) -> dns.message.Message:
        """Without truncation: our zones fit in a datagram of the loopback."""
        response = dns.message.make_response(query, recursion_available=True)
        question = query.question[0]
        zone = self._zone_of(question.name, question.rdtype)
        if zone is None:
            response.set_rcode(dns.rcode.REFUSED)
            return response
        node = zone.get_node(question.name)
        if node is None:
            response.set_rcode(dns.rcode.NXDOMAIN)
            return response
        self._add(response.answer, question, node, question.rdtype)
        return response

    def _zone_of(self, name: dns.name.Name, kind: int) -> dns.zone.Zone | None:
        """The deepest zone that holds the name; a DS is held by the zone above."""
        fitting = [
            origin
            for origin in self._zones
            if name.is_subdomain(origin) and not (kind == dns.rdatatype.DS and name == origin)
        ]
        return self._zones[max(fitting, key=len)] if fitting else None

    def _add(self, section: list[Any], question: Any, node: Any, kind: int) -> None:
        for rdataset in node.rdatasets:
            signs = rdataset.rdtype == dns.rdatatype.RRSIG and rdataset.covers == kind
            if rdataset.rdtype == kind or signs:
                rrset = dns.rrset.RRset(question.name, rdataset.rdclass, rdataset.rdtype, rdataset.covers)
                rrset.update(rdataset)
                section.append(rrset)


def _sign(zone: dns.zone.Zone, *, expired: bool) -> str:
    """Signs the zone in place; answers the text of its DS."""
    private = ec.generate_private_key(ec.SECP256R1())
    key = dns.dnssec.make_dnskey(private.public_key(), dns.dnssec.Algorithm.ECDSAP256SHA256, flags=257)
    now = dt.datetime.now(dt.UTC)
    start, end = now - dt.timedelta(days=30), now + dt.timedelta(days=-2 if expired else 30)
    with zone.writer() as transaction:
        dns.dnssec.sign_zone(
            zone, txn=transaction, keys=[(private, key)], inception=start, expiration=end, dnskey_ttl=300
        )
    return dns.dnssec.make_ds(zone.origin, key, "SHA256").to_text()
