"""The offer's site answers over TLS with a certificate that holds."""

import datetime as dt
from dataclasses import replace

from qualification.checks.base import WEEK, Check, Judgement, french_date
from qualification.enums import Verdict
from qualification.facts import SiteSeen, WebsiteFacts
from qualification.fetcher import FetchResult, fetch

RENEW_BEFORE = dt.timedelta(days=14)

# The supplier's to repair. Everything else is ours, or the network's: unknown.
FAULTS = {
    "tls_expired": ("le certificat a expiré", "Renouvelez le certificat"),
    "tls_not_yet_valid": (
        "le certificat n’est pas encore valable",
        "Installez un certificat en cours de validité",
    ),
    "tls_wrong_name": ("le certificat est au nom d’un autre site", "Installez un certificat au nom du site"),
    "tls_untrusted": (
        "le certificat n’est pas émis par une autorité reconnue",
        "Installez la chaîne complète d’une autorité reconnue",
    ),
    "scheme_refused": (
        "l’adresse n’est pas en « https »",
        "Servez le site en TLS et indiquez son adresse « https »",
    ),
    "bad_url": ("l’adresse est mal écrite", "Corrigez l’adresse sur la fiche"),
}
DOUBTS = {
    "unresolved": "son nom ne se résout pas",
    "unreachable": "il ne répond pas",
    "timeout": "il n’a pas répondu à temps",
    "tls_error": "la négociation TLS a échoué",
    "bad_answer": "sa réponse n’est pas lisible",
    "too_many_redirects": "il renvoie sans fin d’une adresse à l’autre",
    "address_refused": "son adresse n’est pas une adresse publique, nous ne l’appelons pas",
    "host_not_allowed": "l’exploitant de la place de marché n’a pas ouvert la sortie vers lui",
    "port_refused": "il n’est pas servi sur le port 443, nous ne l’appelons pas",
}


def judge(facts: WebsiteFacts, on: dt.date) -> Judgement:
    if not facts.url:
        return Judgement(
            Verdict.UNKNOWN,
            "L’adresse du site n’est pas indiquée.",
            {"url": None},
            "Indiquez le site de l’offre.",
        )
    seen = facts.seen
    if seen is None:
        return Judgement(Verdict.UNKNOWN, "Le site n’a pas été consulté.", {"url": facts.url})
    evidence = _evidence(facts.url, seen)
    if seen.reason in FAULTS:
        what, repair = FAULTS[seen.reason]
        return Judgement(
            Verdict.FAIL,
            f"Site {facts.url} : {what}{_ended(seen)}.",
            evidence,
            f"{repair}, puis relancez ce contrôle.",
        )
    if seen.reason and seen.reason != "too_large":
        return Judgement(
            Verdict.UNKNOWN,
            f"Notre contrôle du site {facts.url} n’a pas abouti : {DOUBTS.get(seen.reason, seen.reason)}. "
            "Cela ne compte pas contre le fournisseur.",
            evidence,
            "Vérifiez que le site est joignable, puis relancez ce contrôle.",
        )
    return _judge_answer(facts.url, seen, on, evidence)


def _judge_answer(url: str, seen: SiteSeen, on: dt.date, evidence: dict[str, object]) -> Judgement:
    if seen.status is None or seen.status >= 500:
        return Judgement(
            Verdict.UNKNOWN,
            f"Le site {url} est en panne (réponse {seen.status}). Cela ne compte pas contre le fournisseur.",
            evidence,
            "Relancez ce contrôle quand le site répond.",
        )
    if seen.status >= 400:
        return Judgement(
            Verdict.WARN,
            f"TLS valide, mais la page {url} répond {seen.status}.",
            evidence,
            "Indiquez une page qui existe.",
        )
    until = seen.certificate_until
    if until and until <= on + RENEW_BEFORE:
        return Judgement(
            Verdict.WARN,
            f"TLS valide, mais le certificat prend fin le {french_date(until)}.",
            evidence,
            "Renouvelez le certificat sans attendre.",
        )
    return Judgement(
        Verdict.PASS, f"Le site répond en {seen.tls_version or 'TLS'}, certificat valide.", evidence
    )


def observe(facts: WebsiteFacts) -> WebsiteFacts:
    """Network, through the safe fetcher."""
    return replace(facts, seen=seen_by(fetch(facts.url))) if facts.url else facts


def seen_by(result: FetchResult) -> SiteSeen:
    certificate = result.certificate
    return SiteSeen(
        reason=result.reason,
        final_url=result.final_url,
        status=result.status,
        address=result.address,
        tls_version=result.tls_version,
        certificate_until=certificate.not_after.date() if certificate else None,
        certificate_names=certificate.names if certificate else (),
        certificate_issuer=certificate.issuer if certificate else "",
    )


def words_of(reason: str) -> str:
    """A reason of the fetcher in French; any other text as it is."""
    return FAULTS[reason][0] if reason in FAULTS else DOUBTS.get(reason, reason)


def _ended(seen: SiteSeen) -> str:
    if seen.reason == "tls_expired" and seen.certificate_until:
        return f" le {french_date(seen.certificate_until)}"
    return ""


def _evidence(url: str, seen: SiteSeen) -> dict[str, object]:
    return {
        "url": url,
        "final_url": seen.final_url,
        "reason": seen.reason or None,
        "status": seen.status,
        "address": seen.address or None,
        "tls": seen.tls_version or None,
        "certificate_until": seen.certificate_until.isoformat() if seen.certificate_until else None,
        "certificate_names": list(seen.certificate_names),
        "certificate_issuer": seen.certificate_issuer or None,
    }


CHECK = Check(
    code="website_tls",
    version="1",
    title="Site joignable en TLS valide",
    rule="Conditions de référencement : le site de l’offre est servi en « https » avec un certificat valide.",
    judge=judge,
    observe=observe,
    reads=("website",),
    max_age=WEEK,
)
