"""One set of facts per check that was added since the first six, each a plain pass."""

import datetime as dt
from decimal import Decimal

from qualification.facts import RegisterEntry
from qualification.facts_offer import (
    ActivityFacts,
    CertificateFacts,
    CertificatesFacts,
    ClauseFacts,
    DrillFacts,
    EnvironmentFacts,
    IdentifierFacts,
    ImmunityFacts,
    LayerFacts,
    MatchFacts,
    PaperFacts,
    PapersFacts,
    SampleFacts,
    StackFacts,
    Subprocessor,
    SubprocessorFacts,
)
from qualification.facts_web import (
    ApiFacts,
    CredentialFacts,
    DidFacts,
    MailFacts,
    MailSeen,
    NameFacts,
    NameSeen,
    Page,
    PageFacts,
    StatementFacts,
    TlsFacts,
)

ON = dt.date(2026, 11, 22)
SITE = "https://www.nuage.example/"


def page(body: str = "<p>Bonjour</p>", *, url: str = SITE, status: int = 200, **headers: str) -> Page:
    """Headers are given with underscores."""
    named = tuple(sorted((name.replace("_", "-"), value) for name, value in headers.items()))
    return Page("", url, status, named, body.encode())


TXT_URL = f"{SITE}.well-known/security.txt"
SECURITY_TXT = PageFacts(
    TXT_URL,
    page=page(
        "# Bonjour\nContact: mailto:securite@nuage.example\nExpires: 2027-06-30T00:00:00Z\n",
        url=TXT_URL,
        content_type="text/plain; charset=utf-8",
    ),
)
OPENAPI = """{"openapi": "3.1.0", "info": {"title": "API", "version": "1"}, "paths": {"/a": {"get":
{"responses": {"200": {"$ref": "#/components/responses/Ok"}}}}},
"components": {"responses": {"Ok": {"description": "Bien"}}}}"""
API = ApiFacts(("rest",), True, f"{SITE}api.json", page=page(OPENAPI, content_type="application/json"))
CREDENTIAL = CredentialFacts(
    credential="00000000-0000-4000-8000-000000000000",
    text="a.b.c",
    issuer="did:web:fournisseur.example",
    numbers=("FR32123456789",),
    identifier="123456789",
    anchors="PEM",
    report={"generation": "loire", "verdict": "pass", "anchors": "configured", "checks": []},
)
STATEMENT = StatementFacts(
    "partial",
    Decimal("87.5"),
    dt.date(2026, 4, 20),
    f"{SITE}accessibilite/",
    page=page("<h1>Déclaration d’accessibilité</h1><p>Taux : <b>87,5&nbsp;%</b></p>"),
)
ISO = CertificateFacts(
    "ISO/IEC 27001", True, "Certificateur", "27001-A", "L’offre entière", dt.date(2026, 1, 1),
    dt.date(2028, 12, 31), True,
)  # fmt: skip
LAYER = LayerFacts("Nuage Exemple", "infrastructure", True, True, "in_force")
PAPER = PaperFacts("Conditions générales", "cgv.pdf", "application/pdf", 900, "clean", "")
CLAUSES = ClauseFacts(
    (
        ("data_processing_agreement", "true"), ("audit_right", "documents"), ("secondary_use", "false"),
        ("subprocessor_notice_days", "60"), ("incident_notice_hours", "24"), ("erasure_days", "21"),
        ("exit_formats", "CSV"), ("governing_law", "FR"), ("termination_if_status_lost", "true"),
    ),
    ("Conditions générales",), ("iaas",), True,
)  # fmt: skip
PASSING = {
    "identifiers": IdentifierFacts("SIREN", "732829320", "73282932000074", "FR44732829320", ""),
    "legal_activity": ActivityFacts("732829320", "registre d’essai", ON, RegisterEntry("Nuage Exemple SAS")),
    "subprocessors": SubprocessorFacts(
        (Subprocessor("Centre", "FR", "Hébergement", True), Subprocessor("Aide", "IE", "Assistance", True)),
        60, False, False,
    ),
    "anssi_register": MatchFacts((), "", None),
    "hds_register": MatchFacts((), "", None),
    "stack_in_force": StackFacts((LAYER,), ()),
    "certificates": CertificatesFacts("Nuage Exemple", (ISO,)),
    "immunity": ImmunityFacts(
        "FR", Decimal(0), Decimal(4), False, False, (("FR", Decimal(96)), ("US", Decimal(0))), True
    ),
    "export_sample": SampleFacts(("csv", "native"), "export.csv", ("csv",), ""),
    "contract_clauses": CLAUSES,
    "documents": PapersFacts((PAPER,), ()),
    "environment": EnvironmentFacts(Decimal("1.2"), Decimal("3.2"), "vcpu_hour", "own", True, None),
    "tls_versions": TlsFacts(SITE, "1.2", ("TLS 1.2", "TLS 1.3")),
    "web_headers": PageFacts(
        SITE,
        page=page(
            strict_transport_security="max-age=31536000; includeSubDomains",
            content_security_policy="default-src 'self'; script-src 'nonce-abc' 'unsafe-inline'",
        ),
    ),
    "dnssec_caa": NameFacts("www.nuage.example", NameSeen("signed", ('0 issue "autorite.example"',))),
    "mail_auth": MailFacts("nuage.example", MailSeen(("v=spf1 mx -all",), ("v=DMARC1; p=reject",))),
    "security_drill": DrillFacts("EXC-2026-0001", "answered", ON, 48, 3_600),
    "security_txt": SECURITY_TXT,
    "status_page": PageFacts("https://etat.nuage.example/", page=page()),
    "api_description": API,
    "accessibility_statement": STATEMENT,
    "did_web": DidFacts(""),
    "gaiax_credential": CREDENTIAL,
}  # fmt: skip
