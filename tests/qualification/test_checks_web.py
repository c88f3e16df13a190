"""The checks that look outside: their judgement by examples, and what they see of real local servers."""

import datetime as dt
import json
import ssl
from dataclasses import replace
from decimal import Decimal

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc.jwk import ECKey

from marketplace.devtools.dns_zones import DEMO_BROKEN, DEMO_SIGNED, DEMO_ZONES, DnsZones
from marketplace.devtools.tls_sites import Site, TlsSites, hang, pages
from qualification.checks import CHECKS, openapi
from qualification.checks.website import DOUBTS, FAULTS
from qualification.enums import Verdict
from qualification.facts_web import DidFacts, MailFacts, MailSeen, NameFacts, NameSeen, PageFacts, TlsFacts
from qualification.fetcher import tls_versions
from tests.qualification.check_samples import ON, OPENAPI, PASSING, SECURITY_TXT, SITE, page

PASS, WARN, FAIL, UNKNOWN = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN


def verdict(code, **changes):
    return CHECKS[code].judge(replace(PASSING[code], **changes), ON).verdict


@pytest.mark.parametrize("code", sorted(PASSING))
def test_a_plain_pass(code):
    judged = CHECKS[code].judge(PASSING[code], ON)
    assert judged.verdict == PASS, judged.message


PAGED = ["web_headers", "security_txt", "status_page", "api_description", "accessibility_statement"]


@pytest.mark.parametrize("code", PAGED)
def test_a_page_that_cannot_be_read_is_held_against_nobody(code):
    for reason in FAULTS:
        assert verdict(code, page=replace(page(), reason=reason)) == FAIL
    for reason in [*DOUBTS, "something_new", "too_large"]:
        assert verdict(code, page=replace(page(), reason=reason)) == UNKNOWN
    assert verdict(code, page=page(status=503)) == UNKNOWN
    assert verdict(code, page=page(status=404)) in (WARN, FAIL)
    assert verdict(code, page=None) == UNKNOWN
    assert verdict(code, url="", page=None) == UNKNOWN


@pytest.mark.parametrize("code", [code for code in PAGED if hasattr(PASSING[code], "applies")])
def test_what_is_not_asked_is_not_judged(code):
    asked = {"status_page", "web_headers"}
    assert code in asked or verdict(code, applies=False, page=None) == PASS


@pytest.mark.parametrize(
    ("accepted", "promised", "expected"),
    [
        (("TLS 1.3",), "1.3", PASS),
        (("TLS 1.2", "TLS 1.3"), "1.3", FAIL),
        (("TLS 1.0", "TLS 1.2"), "1.2", FAIL),
        (("TLS 1.1", "TLS 1.2"), "", WARN),
        (("TLS 1.0", "TLS 1.1"), "older", FAIL),
        ((), "1.2", UNKNOWN),
        (None, "1.2", UNKNOWN),
    ],
)
def test_tls_versions(accepted, promised, expected):
    assert verdict("tls_versions", accepted=accepted, promised=promised) == expected


@pytest.mark.parametrize(
    ("hsts", "csp", "expected"),
    [
        ("max-age=31536000", "script-src 'self'", PASS),
        ("max-age=60", "script-src 'self'", WARN),
        ("includeSubDomains", "script-src 'self'", WARN),
        ("max-age=31536000", "img-src 'self'", WARN),
        ("max-age=31536000", "default-src *", WARN),
        ("max-age=31536000", "default-src 'self'; script-src 'unsafe-inline'", WARN),
        ("", "", WARN),
    ],
)
def test_web_headers(hsts, csp, expected):
    headers = {"strict_transport_security": hsts, "content_security_policy": csp}
    seen = page(**{name: value for name, value in headers.items() if value})
    assert verdict("web_headers", page=seen) == expected


CONTACT, EXPIRES = "Contact: mailto:a@nuage.example\n", "Expires: 2027-06-30T00:00:00Z\n"
SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{}-----BEGIN PGP SIGNATURE-----\nx\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (CONTACT + EXPIRES, PASS),
        (CONTACT.upper() + EXPIRES.lower(), PASS),
        (SIGNED.format(CONTACT + EXPIRES), PASS),
        (EXPIRES, FAIL),
        ("Contact: a@nuage.example\n" + EXPIRES, FAIL),
        (CONTACT, FAIL),
        (CONTACT + EXPIRES + EXPIRES, FAIL),
        (CONTACT + "Expires: bientôt\n", FAIL),
        (CONTACT + "Expires: 2027-06-30\n", FAIL),
        (CONTACT + "Expires: 2026-11-21T00:00:00Z\n", FAIL),
        (CONTACT + "Expires: 2026-12-10T00:00:00+01:00\n", WARN),
        (CONTACT + "Expires: 2029-01-01T00:00:00Z\n", WARN),
        ("<html></html>", FAIL),
    ],
)
def test_security_txt(text, expected):
    assert SECURITY_TXT.page is not None
    assert verdict("security_txt", page=replace(SECURITY_TXT.page, body=text.encode())) == expected


def test_a_security_txt_elsewhere_or_in_html_is_noted():
    assert SECURITY_TXT.page is not None
    assert verdict("security_txt", page=replace(SECURITY_TXT.page, final_url=f"{SITE}s.txt")) == WARN
    assert verdict("security_txt", page=replace(SECURITY_TXT.page, headers=())) == WARN


def described(**changes):
    return json.dumps(json.loads(OPENAPI) | changes)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (OPENAPI, PASS),
        ("openapi: 3.0.3\ninfo: {title: A, version: '1'}\npaths: {}\n", PASS),
        ("swagger: '2.0'\ninfo: {title: A, version: '1'}\npaths: {}\n", WARN),
        (described(openapi="4.0.0"), FAIL),
        (described(info={}), FAIL),
        (described(paths=None, components=None, openapi="3.0.0"), FAIL),
        (described(paths={"a": {}}), FAIL),
        (described(paths={"/a": {"get": {}}}), FAIL),
        (described(components={}), FAIL),
        ("<html></html>", FAIL),
        ("[" * 100_000, FAIL),
        ("a: &a [*a, *a]\n", FAIL),
        ("\x00", FAIL),
    ],
)
def test_api_description(text, expected):
    assert verdict("api_description", page=page(text)) == expected


def test_aliases_that_multiply_are_read_once():
    lines = ["openapi: 3.1.0", "info: {title: A, version: '1'}", "paths: {}", "a0: &a0 [x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40)]
    assert openapi.problems(openapi.read("\n".join(lines).encode())) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"styles": None}, UNKNOWN),
        ({"styles": ("graphql",)}, PASS),
        ({"described": None}, UNKNOWN),
        ({"described": False}, WARN),
    ],
)
def test_an_api_without_description(changes, expected):
    assert verdict("api_description", **changes) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"level": "full"}, FAIL),
        ({"level": "none"}, FAIL),
        ({"level": "none", "rate": Decimal(30)}, WARN),
        ({"level": "full", "rate": Decimal(100)}, WARN),  # the page still says 87,5
        ({"rate": None}, UNKNOWN),
        ({"level": ""}, UNKNOWN),
        ({"audited_on": None}, UNKNOWN),
        ({"audited_on": dt.date(2023, 1, 1)}, WARN),
        ({"audited_on": dt.date(2027, 1, 1)}, FAIL),
        ({"page": page("<p>Tarifs : 87,5 %</p>")}, WARN),
    ],
)
def test_accessibility_statement(changes, expected):
    assert verdict("accessibility_statement", **changes) == expected


@pytest.mark.parametrize(
    ("dnssec", "caa", "expected"),
    [
        ("unsigned", ("x",), WARN),
        ("broken", ("x",), FAIL),
        (None, ("x",), UNKNOWN),
        ("signed", (), WARN),
        ("signed", None, UNKNOWN),
    ],
)
def test_dnssec_caa(dnssec, caa, expected):
    assert verdict("dnssec_caa", seen=NameSeen(dnssec, caa)) == expected


@pytest.mark.parametrize(
    ("spf", "dmarc", "expected"),
    [
        (("v=spf1 mx ~all",), ("v=DMARC1; p=quarantine",), PASS),
        (("v=spf1 redirect=_spf.nuage.example",), ("v=DMARC1;p=reject",), PASS),
        (("v=spf1 +all",), ("v=DMARC1; p=reject",), FAIL),
        (("v=spf1 all",), ("v=DMARC1; p=reject",), FAIL),
        (("v=spf1 ?all",), ("v=DMARC1; p=reject",), WARN),
        (("v=spf1 mx",), ("v=DMARC1; p=reject",), WARN),
        (("v=spf1 -all", "v=spf1 mx -all"), ("v=DMARC1; p=reject",), FAIL),
        ((), ("v=DMARC1; p=reject",), WARN),
        (("v=spf1 -all",), ("v=DMARC1; p=none",), WARN),
        (("v=spf1 -all",), (), WARN),
        (None, ("v=DMARC1; p=reject",), UNKNOWN),
        (("v=spf1 -all",), None, UNKNOWN),
    ],
)
def test_mail_auth(spf, dmarc, expected):
    assert verdict("mail_auth", seen=MailSeen(spf, dmarc)) == expected


def published(**changes):
    key = ECKey.import_key(ec.generate_private_key(ec.SECP256R1()).public_key()).as_dict(private=False)
    method = {"id": "#k1", "type": "JsonWebKey", "publicKeyJwk": key | {"alg": "ES256"}}
    return {
        "id": "did:web:www.did.example",
        "verificationMethod": [method],
        "assertionMethod": ["#k1"],
    } | changes


DID = DidFacts("did:web:www.did.example")


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (published(), PASS),
        (published(id="did:web:autre.example"), FAIL),
        (published(verificationMethod=[]), FAIL),
        (published(assertionMethod=["#k2"]), FAIL),
        (published(verificationMethod=[{"id": "#k1", "publicKeyJwk": {"kty": "oct", "k": "AA"}}]), FAIL),
        (published(verificationMethod=[{"id": "#k1", "publicKeyJwk": {"kty": "EC", "crv": "P-256"}}]), FAIL),
        ([], FAIL),
    ],
)
def test_did_web(document, expected):
    url = "https://www.did.example/.well-known/did.json"
    facts = replace(DID, page=page(json.dumps(document), url=url))
    assert CHECKS["did_web"].judge(facts, ON).verdict == expected


def test_a_did_that_is_none_or_redirects():
    assert CHECKS["did_web"].judge(DidFacts("did:key:z6Mk"), ON).verdict == FAIL
    assert CHECKS["did_web"].judge(replace(DID, page=page(status=302)), ON).verdict == FAIL


V10, V13 = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_3
SITES = (
    Site(
        "www.did.example",
        behaviour=pages(
            {
                "/.well-known/did.json": ("application/json", json.dumps(published()).encode()),
                "/.well-known/security.txt": ("text/plain", (CONTACT + EXPIRES).encode()),
            },
            headers={"Strict-Transport-Security": "max-age=60"},
        ),
    ),
    Site("www.lent.example", behaviour=hang),
)


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
    with TlsSites(SITES, folder=tmp_path_factory.mktemp("tls")) as served:
        yield served


@pytest.fixture
def outside(sites, settings):
    """The sites above, known to the fetcher."""
    settings.DEMO_HOSTS = dict.fromkeys(sites.sites, f"127.0.0.1:{sites.port}")
    settings.DEMO_CA_FILE = str(sites.ca_file)


@pytest.mark.parametrize(
    ("versions", "accepted", "expected"),
    [
        ((V10, V10), ("TLS 1.0",), FAIL),
        ((V10, V13), ("TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3"), WARN),
        ((V13, V13), ("TLS 1.3",), PASS),
    ],
)
def test_the_versions_of_real_servers(tmp_path, settings, versions, accepted, expected):
    with TlsSites([Site("www.vieux.example")], folder=tmp_path, versions=versions) as served:
        settings.DEMO_HOSTS = {"www.vieux.example": f"127.0.0.1:{served.port}"}
        settings.DEMO_CA_FILE = str(served.ca_file)
        assert tls_versions("https://www.vieux.example/") == ("", accepted)
        assert seen("tls_versions", TlsFacts("https://www.vieux.example/", "")).verdict == expected


def test_what_is_not_public_is_not_shaken_hands_with():
    assert tls_versions("https://www.absent.example/") == ("unresolved", ())
    assert tls_versions("https://127.0.0.1/") == ("address_refused", ())


def seen(code, facts):
    check = CHECKS[code]
    return check.judge(check.observe(facts), ON)


@pytest.mark.usefixtures("outside")
def test_real_pages_are_looked_at():
    assert seen("did_web", DID).verdict == PASS
    txt = seen("security_txt", PageFacts("https://www.did.example/.well-known/security.txt"))
    assert (txt.verdict, txt.evidence["contact"]) == (PASS, ["mailto:a@nuage.example"])
    assert seen("status_page", PageFacts("https://www.did.example/etat")).verdict == WARN
    assert seen("web_headers", PageFacts("https://www.did.example/.well-known/did.json")).verdict == WARN
    assert seen("status_page", PageFacts("https://www.absent.example/")).verdict == UNKNOWN


@pytest.fixture(scope="module")
def names():
    with DnsZones(DEMO_ZONES, signed=DEMO_SIGNED, broken=DEMO_BROKEN) as served:
        yield served


@pytest.mark.parametrize(
    ("domain", "dnssec", "caa", "mail"),
    [
        ("nuage.example", "signed", 1, PASS),
        ("logiciels.example", "unsigned", 0, WARN),
        ("expire.example", "broken", 0, WARN),
        ("absent.example", None, 0, WARN),
    ],
)
def test_a_real_name_server_is_asked(names, settings, domain, dnssec, caa, mail):
    settings.DEMO_RESOLVER = names.address
    found = CHECKS["dnssec_caa"].observe(NameFacts(f"www.{domain}")).seen
    assert (found.dnssec, len(found.caa)) == (dnssec, caa)
    assert seen("mail_auth", MailFacts(domain)).verdict == mail


def test_without_a_name_server_nothing_is_concluded(settings, names):
    assert settings.DEMO_RESOLVER == ""
    assert seen("dnssec_caa", NameFacts("www.nuage.example")).verdict == UNKNOWN
    assert seen("mail_auth", MailFacts("nuage.example")).verdict == UNKNOWN
