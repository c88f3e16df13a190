"""A few `.example` web sites over TLS on the loopback, for the demonstration's checks and the tests.

One port serves every host, told apart by SNI, under an authority made at each start. Whoever runs it
gives :meth:`TlsSites.environment` to the web and worker processes, so that the fetcher finds the
hosts (settings ``DEMO_HOSTS`` and ``DEMO_CA_FILE``). ``manage.py demo_sites`` serves ``DEMO_SITES``.
"""

import contextlib
import datetime as dt
import socket
import ssl
import threading
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, cast

import trustme

from marketplace.devtools.gaiax_identities import NOTARY, SUPPLIER, Identity

Versions = tuple[ssl.TLSVersion, ssl.TLSVersion]
Behaviour = Callable[[ssl.SSLSocket, threading.Event], None]

PAGE = """<!doctype html><html lang="fr">
<head><meta charset="utf-8"><title>Site de démonstration</title></head>
<body><h1>Site de démonstration</h1><p>Ce fournisseur est fictif.</p></body></html>""".encode()


def answer_page(sock: ssl.SSLSocket, _closing: threading.Event) -> None:
    read_request(sock)
    sock.sendall(
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
        b"Strict-Transport-Security: max-age=31536000\r\n"
        b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(PAGE) + PAGE
    )


def pages(served: Mapping[str, tuple[str, bytes]], *, headers: Mapping[str, str] | None = None) -> Behaviour:
    """Answers each path with its (type, body), any other with 404."""
    more = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())

    def answer(sock: ssl.SSLSocket, _closing: threading.Event) -> None:
        asked = read_request(sock).partition(b"\r\n")[0].split(b" ")
        path = asked[1].decode("ascii", "replace") if len(asked) > 1 else ""
        kind, body = served.get(path, ("text/plain", b"404"))
        status = "200 OK" if path in served else "404 Not Found"
        head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\n{more}"
        sock.sendall(f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)

    return answer


def hang(sock: ssl.SSLSocket, closing: threading.Event) -> None:
    """Take the request and never answer."""
    read_request(sock)
    closing.wait(120)


def read_request(sock: ssl.SSLSocket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data and len(data) < 65_536:
        chunk = sock.recv(4096)
        if not chunk:
            break
        data += chunk
    return data


@dataclass(frozen=True, slots=True)
class Site:
    host: str
    behaviour: Behaviour = answer_page
    certificate: Literal["valid", "expired", "wrong_name", "foreign"] = "valid"


def _in_a_while(days: int) -> str:
    return (dt.datetime.now(dt.UTC) + dt.timedelta(days=days)).strftime("%Y-%m-%dT00:00:00Z")


HTML = "text/html; charset=utf-8"
SECURE = {"Strict-Transport-Security": "max-age=31536000", "Content-Security-Policy": "default-src 'self'"}
SECURITY_TXT = (
    f"Contact: mailto:securite@nuage.example\nExpires: {_in_a_while(200)}\nPreferred-Languages: fr\n"
)
OLD_SECURITY_TXT = f"Contact: mailto:securite@logiciels.example\nExpires: {_in_a_while(-40)}\n"
OPENAPI = (
    b'{"openapi": "3.1.0", "info": {"title": "API d\'exemple", "version": "1"}, "paths": {"/machines": '
    b'{"get": {"responses": {"200": {"description": "La liste"}}}}}}'
)
STATEMENT = PAGE.replace(
    b"fictif.", "fictif. Déclaration d’accessibilité : 87,5 % des critères sont respectés.".encode()
)
NUAGE_PAGES = {
    "/": (HTML, PAGE),
    "/.well-known/security.txt": ("text/plain; charset=utf-8", SECURITY_TXT.encode()),
    "/accessibilite/": (HTML, STATEMENT),
}
NUAGE = pages(NUAGE_PAGES, headers=SECURE)
LOGICIELS = pages(
    {
        "/": (HTML, PAGE),
        "/.well-known/security.txt": ("text/plain; charset=utf-8", OLD_SECURITY_TXT.encode()),
        "/accessibilite/": (HTML, STATEMENT),
    },
    headers={"Strict-Transport-Security": "max-age=31536000"},
)

# Sites of the demonstration's suppliers, and one of each fault for the check « site en TLS valide ».
DEMO_SITES = (
    Site("www.nuage.example", behaviour=NUAGE),
    Site("etat.nuage.example", behaviour=NUAGE),
    Site("docs.nuage.example", behaviour=pages({"/api/openapi.json": ("application/json", OPENAPI)})),
    Site("www.logiciels.example", behaviour=LOGICIELS),
    Site("etat.logiciels.example", behaviour=LOGICIELS),
    Site("www.hebergement.example", certificate="expired"),
    Site("www.atelier.example", behaviour=hang),
    Site("www.expire.example", certificate="expired"),
    Site("www.autre-nom.example", certificate="wrong_name"),
    Site("www.lent.example", behaviour=hang),
)


def demo_sites(people: Mapping[str, Identity]) -> tuple[Site, ...]:
    """`DEMO_SITES`, with the DID documents of the demonstration's Gaia-X identities."""
    documented = {host: one.served() for host, one in people.items()}
    supplier = pages(NUAGE_PAGES | documented[SUPPLIER], headers=SECURE)
    others = tuple(site for site in DEMO_SITES if site.host != SUPPLIER)
    return (Site(SUPPLIER, behaviour=supplier), *others, Site(NOTARY, behaviour=pages(documented[NOTARY])))


def _accept_only(context: ssl.SSLContext, versions: Versions) -> None:
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = versions


class TlsSites:
    """Serves ``sites`` on 127.0.0.1 between ``start`` and ``stop``; usable as a context manager.

    ``versions``: of TLS accepted, oldest and newest; None: those of a server of today.
    ``port`` 0 takes a free one. ``ca.pem`` is written in ``folder``, which must exist.
    """

    def __init__(
        self, sites: Iterable[Site], *, folder: Path, port: int = 0, versions: Versions | None = None
    ) -> None:
        self.sites = {site.host: site for site in sites}
        self.ca_file = folder / "demo-ca.pem"
        self._versions = versions
        self._authority = trustme.CA(organization_name="Autorité de démonstration")
        self._stranger = trustme.CA(organization_name="Autorité inconnue")
        self._contexts = {host: self._context(site) for host, site in self.sites.items()}
        self._entry = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert("localhost").configure_cert(self._entry)
        if versions is not None:
            _accept_only(self._entry, versions)
        # Typed for the base class; OpenSSL always hands the SSLSocket being set up.
        self._entry.sni_callback = cast(Any, self._choose)
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", port), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self._threads: list[threading.Thread] = []

    def environment(self) -> dict[str, str]:
        """The variables that tell the settings where the sites are."""
        hosts = ",".join(f"{host}=127.0.0.1:{self.port}" for host in self.sites)
        return {"DEMO_HOSTS": hosts, "DEMO_CA_FILE": str(self.ca_file)}

    def start(self) -> Self:
        self._authority.cert_pem.write_to_path(str(self.ca_file))
        self._spawn(self._accept)
        return self

    def stop(self) -> None:
        self._closing.set()
        # close() alone leaves accept() blocked in the other thread.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def wait(self) -> None:
        self._closing.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()

    def _context(self, site: Site) -> ssl.SSLContext:
        now = dt.datetime.now(dt.UTC)
        name = "www.quelqu-un-d-autre.example" if site.certificate == "wrong_name" else site.host
        authority = self._stranger if site.certificate == "foreign" else self._authority
        ends = -dt.timedelta(days=12) if site.certificate == "expired" else dt.timedelta(days=365)
        issued = authority.issue_cert(name, not_before=now - dt.timedelta(days=400), not_after=now + ends)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        issued.configure_cert(context)
        if self._versions is not None:
            _accept_only(context, self._versions)
        return context

    def _accept(self) -> None:
        while not self._closing.is_set():
            try:
                raw, _peer = self._listener.accept()
            except OSError:
                return
            self._spawn(self._serve, raw)

    def _serve(self, raw: socket.socket) -> None:
        raw.settimeout(30)
        # A visitor that hangs up or refuses the certificate is the normal case here.
        with raw, contextlib.suppress(OSError), self._entry.wrap_socket(raw, server_side=True) as sock:
            host = next(host for host, context in self._contexts.items() if context is sock.context)
            self.sites[host].behaviour(sock, self._closing)

    def _choose(self, sock: ssl.SSLSocket, name: str | None, _context: ssl.SSLContext) -> int | None:
        if name not in self._contexts:
            return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
        sock.context = self._contexts[name]
        return None

    def _spawn(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads = [known for known in self._threads if known.is_alive()]
        self._threads.append(thread)
        thread.start()
