"""The way out: what it refuses, what it bounds, what it tells."""

import itertools
import logging
import socket
import ssl
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.devtools.tls_sites import Site, TlsSites, hang, read_request
from qualification.addresses import UrlRefused, is_public, parse_https_url
from qualification.checks.website import DOUBTS
from qualification.fetcher import Limits, fetch, is_allowed, tls_versions

PUBLIC = "93.184.215.14"


def redirect_to(location):
    def behaviour(sock: ssl.SSLSocket, _closing: threading.Event) -> None:
        read_request(sock)
        sock.sendall(f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode())

    return behaviour


def drip_headers(sock: ssl.SSLSocket, closing: threading.Event) -> None:
    read_request(sock)
    sock.sendall(b"HTTP/1.1 200 OK\r\n")
    while not closing.wait(0.05):
        sock.sendall(b"X-A: b\r\n"[:1])


def endless_body(sock: ssl.SSLSocket, closing: threading.Event) -> None:
    read_request(sock)
    sock.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not closing.is_set():
        sock.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")


def babble(sock: ssl.SSLSocket, _closing: threading.Event) -> None:
    read_request(sock)
    sock.sendall(b"220 mail.example ready\r\n")


def set_cookie(sock: ssl.SSLSocket, _closing: threading.Event) -> None:
    request = read_request(sock)
    body = b"cookie" if b"\r\ncookie:" in request.lower() else b"none"
    head = b"HTTP/1.1 302 Found\r\nLocation: /again\r\nSet-Cookie: a=b\r\n"
    if b"GET /again" in request:
        head = b"HTTP/1.1 200 OK\r\n"
    sock.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)


SITES = (
    Site("www.bon.example"),
    Site("www.expire.example", certificate="expired"),
    Site("www.autre-nom.example", certificate="wrong_name"),
    Site("www.inconnu.example", certificate="foreign"),
    Site("www.lent.example", behaviour=hang),
    Site("www.goutte.example", behaviour=drip_headers),
    Site("www.infini.example", behaviour=endless_body),
    Site("www.bavard.example", behaviour=babble),
    Site("www.biscuit.example", behaviour=set_cookie),
    Site("www.boucle.example", behaviour=redirect_to("/encore")),
    Site("www.metadonnees.example", behaviour=redirect_to("https://169.254.169.254/latest/meta-data/")),
    Site("www.decimal.example", behaviour=redirect_to("https://2852039166/")),
    Site("www.clair.example", behaviour=redirect_to("http://www.bon.example/")),
    Site("www.port.example", behaviour=redirect_to("https://www.bon.example:22/")),
    Site("www.vers-bon.example", behaviour=redirect_to("https://www.bon.example/page?q=1")),
)


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
    with TlsSites(SITES, folder=tmp_path_factory.mktemp("tls")) as served:
        yield served


@pytest.fixture
def demo(sites, settings):
    settings.DEMO_HOSTS = dict.fromkeys(sites.sites, f"127.0.0.1:{sites.port}")
    settings.DEMO_CA_FILE = str(sites.ca_file)
    return sites


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.0.1", "0.0.0.0", "10.0.0.1", "172.16.5.4", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
        "192.88.99.1", "::", "::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:93.184.215.14",
        "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::5db8:d70e", "64:ff9b:1::1", "2002:7f00:1::",
        "2002:a9fe:a9fe::1", "2001:0:7f00:1::", "fe80::1", "fe80::1%eth0",
        "fc00::1", "fd12:3456::1", "ff02::1",
        "2001:db8::1", "100::1", "4000::1", "2606:4700::1%1", "127.1", "2130706433", "", "nuage.example",
    ],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", [PUBLIC, "1.1.1.1", "172.32.0.1", "2606:4700:4700::1111", "2a00:1450:4007::1"]
)
def test_a_public_address_is_accepted(address):
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_no_disguise_of_an_ipv4_address_is_public(ip):
    number = int(ip)
    disguises = [
        f"::ffff:{ip}",
        f"::ffff:0:{number >> 16:x}:{number & 0xFFFF:x}",
        f"::{number >> 16:x}:{number & 0xFFFF:x}",
        f"64:ff9b::{ip}",
        f"2002:{number >> 16:x}:{number & 0xFFFF:x}::1",
    ]
    assert [text for text in disguises if is_public(text)] == []


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://www.bon.example/", "scheme_refused"),
        ("ftp://www.bon.example/", "scheme_refused"),
        ("file:///etc/passwd", "scheme_refused"),
        ("www.bon.example", "scheme_refused"),
        ("", "bad_url"),
        ("https://", "bad_url"),
        ("https://[::1", "bad_url"),
        ("https://a:99999999/", "bad_url"),
        ("https://user:pw@www.bon.example/", "bad_url"),
        ("https://www.bon.example\\@127.0.0.1/", "bad_url"),
        ("https://www.bon.example/\r\nHost: autre", "bad_url"),
        ("https://www.bon.example/\x00", "bad_url"),
        ("https://" + "a" * 2000 + ".example/", "bad_url"),
        ("https://a..b/", "bad_url"),
        ("https://-a.example/", "bad_url"),
        ("https://2130706433/", "address_refused"),
        ("https://0x7f000001/", "address_refused"),
        ("https://0177.0.0.1/", "address_refused"),
        ("https://127.1/", "address_refused"),
        ("https://127。0。0。0x1/", "address_refused"),
        ("https://nom.127/", "address_refused"),
    ],
)
def test_an_address_badly_written_is_refused(url, reason):
    with pytest.raises(UrlRefused) as refused:
        parse_https_url(url)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://127。0。0。1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::ffff:169.254.169.254]/",
        "https://[::1]/",
        "https://2852039166/",
    ],
)
def test_an_inner_address_is_refused_and_logged(url, caplog):
    with caplog.at_level(logging.WARNING, logger="marketplace.egress"):
        result = fetch(url, connect=_never)
    assert result.reason == "address_refused"
    assert [record.name for record in caplog.records] == ["marketplace.egress"]


def test_one_inner_address_among_public_ones_refuses_the_name():
    result = fetch(
        "https://www.mixte.test/", resolve=lambda _host, _left: [PUBLIC, "10.0.0.5"], connect=_never
    )
    assert (result.reason, result.address) == ("address_refused", "10.0.0.5")


def test_a_rebinding_name_is_resolved_once_and_reached_at_the_checked_address(sites, monkeypatch):
    answers = itertools.chain([[PUBLIC]], itertools.repeat(["127.0.0.1"]))
    asked, reached = [], []

    def resolve(host, _left):
        asked.append(host)
        return next(answers)

    def connect(address, port, seconds):
        reached.append((address, port))
        return socket.create_connection(("127.0.0.1", sites.port), timeout=seconds)

    result = fetch("https://www.bon.example/", resolve=resolve, connect=connect)
    # The authority of the test is unknown to the system: the connection got as far as the certificate.
    assert result.reason == "tls_untrusted"
    assert asked == ["www.bon.example"]
    assert set(reached) == {(PUBLIC, 443)}


def test_with_an_allow_list_no_other_host_is_reached_not_even_by_a_redirect(demo, settings, caplog):
    settings.EGRESS_ALLOWED = ["www.vers-bon.example", ".nuage.example"]
    assert [is_allowed(host) for host in ("nuage.example", "a.b.nuage.example")] == [True, True]
    assert [is_allowed(host) for host in ("faux-nuage.example", "nuage.example.org")] == [False, False]
    with caplog.at_level(logging.WARNING, logger="marketplace.egress"):
        assert fetch("https://www.bon.example/", resolve=_never, connect=_never).reason == "host_not_allowed"
        led = fetch("https://www.vers-bon.example/")
    assert (led.reason, led.final_url) == ("host_not_allowed", "https://www.bon.example/page?q=1")
    assert tls_versions("https://www.bon.example/", connect=_never) == ("host_not_allowed", ())
    assert len(caplog.records) == 2
    # Ours, not the supplier's.
    assert "host_not_allowed" in DOUBTS
    settings.EGRESS_ALLOWED = []
    assert fetch("https://www.vers-bon.example/").ok


def test_a_name_that_does_not_resolve(caplog):
    result = fetch("https://www.absent.test/", resolve=lambda _host, _left: [], connect=_never)
    assert result.reason == "unresolved"


def test_a_good_site_is_read_with_its_certificate(demo):
    result = fetch("https://www.bon.example/")
    assert (result.ok, result.status, result.tls_version) == (True, 200, "TLSv1.3")
    assert "fictif" in result.body.decode()
    assert result.certificate.names == ("www.bon.example",)
    assert result.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("www.expire.example", "tls_expired"),
        ("www.autre-nom.example", "tls_wrong_name"),
        ("www.inconnu.example", "tls_untrusted"),
    ],
)
def test_a_bad_certificate_is_told_apart_and_shown(demo, host, reason):
    result = fetch(f"https://{host}/")
    assert result.reason == reason
    assert result.certificate is not None


@pytest.mark.parametrize("host", ["www.lent.example", "www.goutte.example"])
def test_a_slow_site_stops_at_the_total_deadline(demo, host):
    started = time.monotonic()
    result = fetch(f"https://{host}/", limits=Limits(seconds=0.6))
    assert result.reason == "timeout"
    assert time.monotonic() - started < 2


def test_an_endless_body_stops_at_the_size_limit(demo):
    result = fetch("https://www.infini.example/", limits=Limits(bytes=10_000))
    assert (result.reason, result.status, len(result.body)) == ("too_large", 200, 10_000)


@pytest.mark.parametrize(
    ("host", "reason"),
    [
        ("www.metadonnees.example", "address_refused"),
        ("www.decimal.example", "address_refused"),
        ("www.clair.example", "scheme_refused"),
        ("www.port.example", "port_refused"),
        ("www.boucle.example", "too_many_redirects"),
        ("www.bavard.example", "bad_answer"),
    ],
)
def test_redirects_and_answers_are_checked_again(demo, host, reason):
    assert fetch(f"https://{host}/").reason == reason


def test_a_redirect_is_followed_and_kept(demo):
    result = fetch("https://www.vers-bon.example/")
    assert (result.ok, result.final_url) == (True, "https://www.bon.example/page?q=1")
    assert result.hops == ("https://www.vers-bon.example/",)


def test_no_cookie_is_sent_back(demo):
    assert fetch("https://www.biscuit.example/").body == b"none"


def test_a_proxy_of_the_environment_is_not_used(demo, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    assert fetch("https://www.bon.example/").ok


def test_a_demonstration_host_outside_example_is_not_routed(demo, settings):
    settings.DEMO_HOSTS = {"www.bon.test": f"127.0.0.1:{demo.port}"}
    result = fetch("https://www.bon.test/", resolve=lambda _host, _left: ["127.0.0.1"], connect=_never)
    assert result.reason == "address_refused"


def _never(*_args):
    raise AssertionError("nothing may be connected")
