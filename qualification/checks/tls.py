"""Which versions of TLS the site accepts: none too old, and what the offer says of them."""

import datetime as dt
from dataclasses import replace

from qualification.checks.base import WEEK, Check, Judgement
from qualification.checks.website import DOUBTS, FAULTS
from qualification.enums import Verdict
from qualification.facts_web import TlsFacts
from qualification.fetcher import tls_versions

OLD = ("TLS 1.0", "TLS 1.1")
# What the answer « version minimale de TLS » leaves out.
BELOW = {"1.3": ("TLS 1.0", "TLS 1.1", "TLS 1.2"), "1.2": OLD}


def judge(facts: TlsFacts, _on: dt.date) -> Judgement:
    evidence: dict[str, object] = {
        "url": facts.url or None,
        "tls_accepted": None if facts.accepted is None else list(facts.accepted),
        "tls_promised": facts.promised or None,
    }
    if not facts.url:
        return Judgement(
            Verdict.UNKNOWN, "L’adresse du site n’est pas indiquée.", evidence, "Indiquez le site de l’offre."
        )
    if facts.reason in FAULTS:
        fault, repair = FAULTS[facts.reason]
        return Judgement(Verdict.FAIL, f"Site {facts.url} : {fault}.", evidence, f"{repair}.")
    if not facts.accepted:
        doubt = DOUBTS.get(facts.reason, facts.reason) or "aucune version de TLS n’a abouti"
        return Judgement(
            Verdict.UNKNOWN,
            f"Notre contrôle du site {facts.url} n’a pas abouti : {doubt}. "
            "Cela ne compte pas contre le fournisseur.",
            evidence,
            "Vérifiez que le site est joignable, puis relancez ce contrôle.",
        )
    return _judge_versions(facts, facts.accepted, evidence)


def _judge_versions(facts: TlsFacts, accepted: tuple[str, ...], evidence: dict[str, object]) -> Judgement:
    told = ", ".join(accepted)
    if set(accepted) <= set(OLD):
        return Judgement(
            Verdict.FAIL,
            f"Le site n’accepte que {told} : ces versions sont abandonnées.",
            evidence,
            "Servez le site en TLS 1.3, et 1.2 au besoin.",
        )
    broken = [version for version in BELOW.get(facts.promised, ()) if version in accepted]
    if broken:
        return Judgement(
            Verdict.FAIL,
            f"L’offre promet TLS {facts.promised} au moins ; le site accepte aussi {', '.join(broken)}.",
            evidence,
            "Retirez ces versions de la configuration du site, ou corrigez la réponse.",
        )
    old = [version for version in OLD if version in accepted]
    if old:
        return Judgement(
            Verdict.WARN,
            f"Le site accepte encore {' et '.join(old)}.",
            evidence,
            "Retirez ces versions : plus aucun navigateur pris en charge n’en a besoin.",
        )
    return Judgement(Verdict.PASS, f"Versions acceptées : {told}.", evidence)


def observe(facts: TlsFacts) -> TlsFacts:
    """Network, through the safe fetcher's own rules."""
    if not facts.url:
        return facts
    reason, accepted = tls_versions(facts.url)
    return replace(facts, reason=reason, accepted=None if reason else accepted)


CHECK = Check(
    code="tls_versions",
    version="1",
    title="Versions de TLS acceptées",
    rule="RFC 8996 (TLS 1.0 et 1.1 abandonnés) ; ANSSI, recommandations de sécurité relatives à TLS.",
    judge=judge,
    observe=observe,
    reads=("website", "tls_minimum"),
    max_age=WEEK,
)
