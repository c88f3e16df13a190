"""HSTS and CSP of the offer's site."""

import datetime as dt
import re
from dataclasses import replace

from qualification.checks.base import WEEK, Check, Judgement, gravest
from qualification.checks.pages import evidence_of, look, not_given, unreached
from qualification.enums import Verdict
from qualification.facts_web import Page, PageFacts

# Six months, the least that keeps a returning visitor on https.
LEAST_AGE = 15_768_000
LOOSE = ("'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:", "data:")


def judge(facts: PageFacts, _on: dt.date) -> Judgement:
    if not facts.url:
        return not_given("L’adresse du site", "Indiquez le site de l’offre.")
    stopped = unreached(facts, "La page")
    if stopped is not None or facts.page is None:
        return stopped or not_given("L’adresse du site", "")
    evidence = evidence_of(facts) | {
        "hsts": facts.page.header("strict-transport-security"),
        "csp": (facts.page.header("content-security-policy") or "")[:500] or None,
    }
    judged = gravest((_hsts(facts.page), _csp(facts.page)))
    return replace(judged, evidence=evidence)


def _hsts(page: Page) -> Judgement:
    value = page.header("strict-transport-security")
    if value is None:
        return Judgement(
            Verdict.WARN,
            "HSTS : l’en-tête « Strict-Transport-Security » manque.",
            remedy="Envoyez « Strict-Transport-Security: max-age=31536000 ».",
        )
    found = re.search(r'max-age\s*=\s*"?(\d{1,12})', value, re.I)
    if found is None or int(found[1]) < LEAST_AGE:
        return Judgement(
            Verdict.WARN,
            "HSTS : la durée annoncée est absente ou inférieure à six mois.",
            remedy="Annoncez une durée d’un an : « max-age=31536000 ».",
        )
    return Judgement(Verdict.PASS, f"HSTS : {int(found[1]) // 86_400} jours.")


def _csp(page: Page) -> Judgement:
    value = page.header("content-security-policy")
    if value is None:
        return Judgement(
            Verdict.WARN,
            "CSP : l’en-tête « Content-Security-Policy » manque.",
            remedy="Envoyez une politique de sécurité du contenu qui limite l’origine des scripts.",
        )
    scripts = _sources(value)
    if scripts is None:
        return Judgement(
            Verdict.WARN,
            "CSP : la politique ne limite pas l’origine des scripts.",
            remedy="Ajoutez « default-src » ou « script-src » à la politique.",
        )
    # A nonce, a hash or « strict-dynamic » makes browsers ignore 'unsafe-inline' and plain schemes.
    strict = any(one.startswith(("'nonce-", "'sha256-", "'sha384-", "'sha512-")) for one in scripts)
    loose = [] if strict else [one for one in scripts if one in LOOSE]
    if loose:
        return Judgement(
            Verdict.WARN,
            f"CSP : la politique des scripts est permissive ({', '.join(loose)}).",
            remedy="Autorisez les scripts par origine, empreinte ou « nonce ».",
        )
    return Judgement(Verdict.PASS, "CSP : l’origine des scripts est limitée.")


def _sources(policy: str) -> list[str] | None:
    """Of scripts, falling back on the default ones; None: not limited."""
    directives: dict[str, list[str]] = {}
    for part in policy.lower().split(";"):
        name, *sources = part.split() or [""]
        directives.setdefault(name, sources)
    return directives.get("script-src", directives.get("default-src"))


def observe(facts: PageFacts) -> PageFacts:
    return replace(facts, page=look(facts.url)) if facts.url else facts


CHECK = Check(
    code="web_headers",
    version="1",
    title="HSTS et CSP du site",
    rule="RFC 6797 (HSTS) ; W3C, Content Security Policy 3 ; ANSSI, mise en œuvre d’un site web.",
    judge=judge,
    observe=observe,
    reads=("website",),
    max_age=WEEK,
)
