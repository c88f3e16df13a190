"""The one way out to the network: an https GET that cannot be led inside.

The name is resolved once, every address it gives is checked, and the connection goes to a checked
address while SNI, certificate check and Host keep the name: a second, different DNS answer is never
asked for. Redirects are followed by hand and checked again. No proxy, cookie nor credential is used.
Standard library only: the deadline must bind every single read, which HTTP clients do not offer.
"""

import datetime as dt
import http.client
import io
import ipaddress
import logging
import socket
import ssl
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import SplitResult, urljoin

import dns.exception
import dns.resolver
from cryptography import x509
from django.conf import settings

from qualification.addresses import HTTPS_PORT, UrlRefused, host_of, is_public, parse_https_url
from qualification.doors import door

logger = logging.getLogger("marketplace.egress")

Resolve = Callable[[str, float], list[str]]
Connect = Callable[[str, int, float], socket.socket]

USER_AGENT = "place-de-marche-cloud/1 (controle de referencement)"
RESERVED = frozenset({"example", "invalid", "localhost", "test"})
TLS_VERSIONS = (
    ("TLS 1.0", ssl.TLSVersion.TLSv1),
    ("TLS 1.1", ssl.TLSVersion.TLSv1_1),
    ("TLS 1.2", ssl.TLSVersion.TLSv1_2),
    ("TLS 1.3", ssl.TLSVersion.TLSv1_3),
)
REDIRECTS = frozenset({301, 302, 303, 307, 308})
# OpenSSL's X509_V_ERR_* numbers, which Python gives in verify_code.
TLS_REASONS = {9: "tls_not_yet_valid", 10: "tls_expired", 62: "tls_wrong_name", 64: "tls_wrong_name"}


@dataclass(frozen=True, slots=True)
class Limits:
    seconds: float = 10.0
    bytes: int = 262_144
    redirects: int = 4
    ports: frozenset[int] = frozenset({HTTPS_PORT})


@dataclass(frozen=True, slots=True)
class Certificate:
    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: dt.datetime
    not_after: dt.datetime


@dataclass(frozen=True, slots=True)
class FetchResult:
    """``reason`` is empty when an answer was read whole, otherwise one stable code:

    bad_url, scheme_refused, port_refused, host_not_allowed, address_refused, unresolved, unreachable,
    timeout, tls_expired, tls_not_yet_valid, tls_wrong_name, tls_untrusted, tls_error, bad_answer, too_large,
    too_many_redirects. ``certificate`` is the one presented by the last host, valid or not.
    """

    url: str
    reason: str = ""
    final_url: str = ""
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    address: str = ""
    tls_version: str = ""
    certificate: Certificate | None = None
    hops: tuple[str, ...] = ()
    duration_ms: int = 0

    @property
    def ok(self) -> bool:
        return not self.reason


class _Failed(Exception):
    def __init__(self, reason: str, **facts: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.facts = facts


@dataclass(frozen=True, slots=True)
class _Target:
    url: str
    parts: SplitResult
    host: str
    addresses: tuple[str, ...]
    port: int
    ca_file: str | None


def resolve_public(host: str, seconds: float) -> list[str]:
    """Every A and AAAA address of ``host`` by DNS alone (no hosts file). Network, but for names reserved
    by RFC 2606, which have none."""
    if host.rsplit(".", 1)[-1] in RESERVED:
        return []
    answers = dns.resolver.Resolver().resolve_name(host, lifetime=seconds)
    return list(answers.addresses())


def open_socket(address: str, port: int, seconds: float) -> socket.socket:
    return socket.create_connection((address, port), timeout=seconds)


def fetch(
    url: str,
    *,
    limits: Limits | None = None,
    resolve: Resolve = resolve_public,
    connect: Connect = open_socket,
) -> FetchResult:
    """GET ``url`` within ``limits``. Raises only what a door does (`doors`): what went wrong is the result's
    ``reason``."""
    limits = limits or Limits()
    started = time.monotonic()
    result = _Journey(url, limits, resolve, connect, started + limits.seconds).run()
    result = replace(result, duration_ms=round((time.monotonic() - started) * 1000))
    if result.reason in ("address_refused", "host_not_allowed"):
        logger.warning("egress refused: %s (asked: %s)", result.final_url or url, url)
    return result


def tls_versions(
    url: str,
    *,
    limits: Limits | None = None,
    resolve: Resolve = resolve_public,
    connect: Connect = open_socket,
) -> tuple[str, tuple[str, ...]]:
    """(why nothing could be tried, versions of TLS_VERSIONS that the host of ``url`` accepts). Raises as
    :func:`fetch` does. Nothing is sent on these connections, so the certificate is not judged here.
    """
    limits = limits or Limits()
    journey = _Journey(url, limits, resolve, connect, time.monotonic() + limits.seconds)
    try:
        with journey._entered(url):
            target = journey._target(url)
            return "", tuple(name for name, version in TLS_VERSIONS if journey.shakes_hands(target, version))
    except _Failed as failed:
        return failed.reason, ()


@dataclass(slots=True)
class _Journey:
    """One fetch with its redirects, under one deadline (monotonic seconds)."""

    url: str
    limits: Limits
    resolve: Resolve
    connect: Connect
    deadline: float

    def run(self) -> FetchResult:
        url = self.url
        hops: list[str] = []
        try:
            for _hop in range(self.limits.redirects + 1):
                with self._entered(url):
                    result = self._step(url)
                target = result.headers.get("location", "")
                if result.status not in REDIRECTS or not target:
                    return replace(result, url=self.url, final_url=url, hops=tuple(hops))
                hops.append(url)
                url = urljoin(url, target)
            raise _Failed("too_many_redirects")
        except _Failed as failed:
            return replace(
                FetchResult(self.url, failed.reason, url, hops=tuple(hops)),
                **failed.facts,  # type: ignore[arg-type]  # names of FetchResult's own fields
            )

    @contextmanager
    def _entered(self, url: str) -> Iterator[None]:
        """The door of its host. The deadline moves by what was waited there."""
        asked = time.monotonic()
        with door(host_of(url)):
            self.deadline += time.monotonic() - asked
            yield

    def _step(self, url: str) -> FetchResult:
        target = self._target(url)
        with self._connected(target) as raw:
            try:
                with self._secured(raw, target) as sock:
                    return self._exchange(sock, target)
            except ssl.SSLCertVerificationError as error:
                reason = TLS_REASONS.get(error.verify_code, "tls_untrusted")
            except TimeoutError:
                raise _Failed("timeout") from None
            except ssl.SSLError:
                raise _Failed("tls_error") from None
            except (OSError, ValueError):
                raise _Failed("unreachable") from None
        raise _Failed(reason, certificate=self._presented(target))

    def _target(self, url: str) -> _Target:
        try:
            parts, host, port = parse_https_url(url)
        except UrlRefused as refused:
            raise _Failed(refused.reason) from None
        if port not in self.limits.ports:
            raise _Failed("port_refused")
        if not is_allowed(host):
            raise _Failed("host_not_allowed")
        demo = demo_route(host)
        if demo:
            return _Target(url, parts, host, (demo[0],), demo[1], demo[2])
        return _Target(url, parts, host, self._checked_addresses(host), port, None)

    def _checked_addresses(self, host: str) -> tuple[str, ...]:
        addresses = [host] if _is_address(host) else self._resolved(host)
        if not addresses:
            raise _Failed("unresolved")
        refused = [address for address in addresses if not is_public(address)]
        if refused:
            raise _Failed("address_refused", address=refused[0])
        return tuple(addresses)

    def _resolved(self, host: str) -> list[str]:
        try:
            return self.resolve(host, self._left())
        except (dns.exception.DNSException, OSError, UnicodeError):
            raise _Failed("unresolved") from None

    def _connected(self, target: _Target) -> socket.socket:
        for address in target.addresses:
            try:
                return self.connect(address, target.port, self._left())
            except TimeoutError:
                raise _Failed("timeout", address=address) from None
            except OSError:
                continue
        raise _Failed("unreachable", address=target.addresses[0])

    def _secured(self, raw: socket.socket, target: _Target) -> ssl.SSLSocket:
        raw.settimeout(self._left())
        context = ssl.create_default_context(cafile=target.ca_file)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context.wrap_socket(raw, server_hostname=target.host)

    def _exchange(self, sock: ssl.SSLSocket, target: _Target) -> FetchResult:
        sock.sendall(_request(target))
        answer = http.client.HTTPResponse(_Paced(sock, self), method="GET")  # type: ignore[arg-type]  # only makefile() is used
        seen = FetchResult(
            url=target.url,
            address=sock.getpeername()[0],
            tls_version=sock.version() or "",
            certificate=_certificate(sock),
        )
        try:
            answer.begin()
            body = b"" if answer.status in REDIRECTS else answer.read(self.limits.bytes + 1)
        except http.client.HTTPException:
            raise _Failed("bad_answer", certificate=seen.certificate) from None
        headers = {name.lower(): value for name, value in answer.getheaders()}
        seen = replace(seen, status=answer.status, headers=headers, body=body[: self.limits.bytes])
        return replace(seen, reason="too_large") if len(body) > self.limits.bytes else seen

    def _presented(self, target: _Target) -> Certificate | None:
        """The certificate that was refused, read for evidence; nothing is sent on that connection."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        try:
            with self._connected(target) as raw:
                raw.settimeout(self._left())
                with context.wrap_socket(raw, server_hostname=target.host) as sock:
                    return _certificate(sock)
        except (_Failed, OSError, ValueError):
            return None

    def shakes_hands(self, target: _Target, version: ssl.TLSVersion) -> bool:
        """Raises _Failed when the host cannot be reached."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        # We offer old ciphers to see whether they are taken, never to use them.
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.maximum_version = context.minimum_version = version
        with self._connected(target) as raw:
            raw.settimeout(self._left())
            try:
                with context.wrap_socket(raw, server_hostname=target.host):
                    return True
            except TimeoutError:
                raise _Failed("timeout") from None
            except (OSError, ValueError):
                return False

    def _left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise _Failed("timeout")
        return left


class _Paced(io.RawIOBase):
    """A socket as a raw file whose every read is bound by the journey's deadline."""

    def __init__(self, sock: ssl.SSLSocket, journey: _Journey) -> None:
        self._sock = sock
        self._journey = journey

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        self._sock.settimeout(self._journey._left())
        return self._sock.recv_into(buffer)  # type: ignore[arg-type]  # RawIOBase's own buffer


def is_allowed(host: str) -> bool:
    """By ``EGRESS_ALLOWED``: the name itself, or a domain it is in (« .exemple.fr »). Empty: all."""
    allowed = settings.EGRESS_ALLOWED
    return not allowed or any(
        host == each or (each.startswith(".") and f".{host}".endswith(each)) for each in allowed
    )


def demo_route(host: str) -> tuple[str, int, str] | None:
    """Where a demonstration host is served: loopback, port, authority file. None elsewhere.

    ``DEMO_HOSTS`` maps `.example` names (reserved by RFC 2606) to "127.0.0.1:port"; production
    refuses to start with it.
    """
    place = getattr(settings, "DEMO_HOSTS", {}).get(host)
    if not place or not host.endswith(".example"):
        return None
    address, _, port = place.rpartition(":")
    return address, int(port), str(getattr(settings, "DEMO_CA_FILE", ""))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _request(target: _Target) -> bytes:
    path = target.parts._replace(scheme="", netloc="", fragment="").geturl() or "/"
    path = path if path.startswith("/") else f"/{path}"
    host = f"[{target.host}]" if ":" in target.host else target.host
    lines = (
        f"GET {path} HTTP/1.1",
        f"Host: {host}",
        f"User-Agent: {USER_AGENT}",
        "Accept: */*",
        "Accept-Encoding: identity",
        "Connection: close",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii", "backslashreplace")


def _certificate(sock: ssl.SSLSocket) -> Certificate | None:
    der = sock.getpeercert(binary_form=True)
    if not der:
        return None
    cert = x509.load_der_x509_certificate(der)
    try:
        names = cert.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        dns_names = tuple(names.get_values_for_type(x509.DNSName))
    except (x509.ExtensionNotFound, ValueError):
        dns_names = ()
    return Certificate(
        subject=cert.subject.rfc4514_string(),
        issuer=cert.issuer.rfc4514_string(),
        names=dns_names,
        not_before=cert.not_valid_before_utc,
        not_after=cert.not_valid_after_utc,
    )
