"""Which network addresses the marketplace may speak to: public ones, written plainly."""

import ipaddress
import re
import socket
from urllib.parse import SplitResult, urlsplit

MAX_URL_LENGTH = 2000
HTTPS_PORT = 443

_GLOBAL_UNICAST_6 = ipaddress.ip_network("2000::/3")
# Ranges that lead elsewhere than they say: a tunnel or a translator carries an IPv4 address inside.
_TRANSITION_6 = tuple(ipaddress.ip_network(net) for net in ("2001::/32", "2002::/16", "64:ff9b::/96"))
_REFUSED_4 = tuple(
    ipaddress.ip_network(net)
    for net in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "240.0.0.0/4",
    )
)
_CONTROL = re.compile(r"[\x00-\x20\x7f\\]")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?")


class UrlRefused(ValueError):
    """``reason`` is a stable code: bad_url, scheme_refused, port_refused, address_refused."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def host_of(url: str) -> str:
    """Lower case, without the port; empty when the address has none or cannot be read."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def is_public(address: str) -> bool:
    """True only for a globally routed unicast address; False for anything unreadable.

    Mapped, compatible, 6to4, Teredo and NAT64 forms are refused whatever they carry: no public web
    site is published at one, so nothing is lost by refusing.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if ip.is_multicast or not ip.is_global:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in net for net in _REFUSED_4)
    return ip.scope_id is None and ip in _GLOBAL_UNICAST_6 and not any(ip in net for net in _TRANSITION_6)


def parse_https_url(url: str) -> tuple[SplitResult, str, int]:
    """The parts, the ASCII host and the port of an absolute https address. Raises UrlRefused."""
    if not url or len(url) > MAX_URL_LENGTH or _CONTROL.search(url):
        raise UrlRefused("bad_url")
    try:
        parts = urlsplit(url)
        port = parts.port or HTTPS_PORT
    except ValueError:
        raise UrlRefused("bad_url") from None
    if parts.scheme != "https":
        raise UrlRefused("scheme_refused")
    if parts.username is not None or parts.password is not None or not parts.hostname:
        raise UrlRefused("bad_url")
    return parts, ascii_host(parts.hostname), port


def ascii_host(host: str) -> str:
    """The host as it goes on the wire. Raises UrlRefused for disguised numbers and bad names."""
    if ":" in host:
        return host
    try:
        name = host.encode("idna").decode("ascii").lower().rstrip(".")
    except UnicodeError:
        raise UrlRefused("bad_url") from None
    if _is_numeric(name):
        # 2130706433, 0x7f.1, 0177.0.0.1: only the plain dotted form may name an address.
        if not re.fullmatch(r"(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}", name):
            raise UrlRefused("address_refused")
        return name
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in name.split(".")):
        raise UrlRefused("bad_url")
    return name


def _is_numeric(name: str) -> bool:
    try:
        socket.inet_aton(name)
    except OSError:
        # A name whose last label is a number is an address for a browser (WHATWG URL), never a DNS name.
        return bool(re.fullmatch(r"(0x[0-9a-f]*|\d+)", name.rsplit(".", 1)[-1]))
    return True
