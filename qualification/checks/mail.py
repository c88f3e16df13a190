"""SPF and DMARC of the domain the supplier writes from."""

import datetime as dt
import re
from dataclasses import replace

from qualification.checks.base import WEEK, Check, Judgement, gravest
from qualification.enums import Verdict
from qualification.facts_web import MailFacts
from qualification.names import mail_seen


def judge(facts: MailFacts, _on: dt.date) -> Judgement:
    evidence: dict[str, object] = {"domain": facts.domain or None}
    if not facts.domain:
        return Judgement(
            Verdict.UNKNOWN,
            "Aucune adresse électronique de l’offre n’est indiquée.",
            evidence,
            "Indiquez le contact de sécurité ou d’assistance de l’offre.",
        )
    if facts.seen is None:
        return Judgement(Verdict.UNKNOWN, f"Le DNS de {facts.domain} n’a pas été interrogé.", evidence)
    evidence |= {"spf": list(facts.seen.spf or ()) or None, "dmarc": list(facts.seen.dmarc or ()) or None}
    judged = gravest((_spf(facts.domain, facts.seen.spf), _dmarc(facts.domain, facts.seen.dmarc)))
    return replace(judged, evidence=evidence)


def _spf(domain: str, found: tuple[str, ...] | None) -> Judgement:
    if found is None:
        return _not_read("SPF")
    if not found:
        return Judgement(
            Verdict.WARN,
            f"SPF : {domain} ne dit pas quels serveurs envoient ses messages.",
            remedy="Publiez un enregistrement SPF ; « v=spf1 -all » si le domaine n’envoie rien.",
        )
    if len(found) > 1:
        return Judgement(
            Verdict.FAIL,
            f"SPF : {domain} publie {len(found)} enregistrements, ce qui les annule tous.",
            remedy="Gardez un seul enregistrement SPF.",
        )
    last = re.search(r"(?:^|\s)([+?~-]?)all(?:\s|$)", found[0].lower())
    if last is None and "redirect=" not in found[0].lower() or last is not None and last[1] == "?":
        return Judgement(
            Verdict.WARN,
            "SPF : l’enregistrement ne conclut pas sur les autres serveurs.",
            remedy="Terminez l’enregistrement par « -all » ou « ~all ».",
        )
    if last is not None and last[1] in ("", "+"):
        return Judgement(
            Verdict.FAIL,
            "SPF : l’enregistrement autorise n’importe quel serveur (« +all »).",
            remedy="Terminez l’enregistrement par « -all » ou « ~all ».",
        )
    return Judgement(Verdict.PASS, f"SPF : {domain} dit quels serveurs envoient ses messages.")


def _dmarc(domain: str, found: tuple[str, ...] | None) -> Judgement:
    if found is None:
        return _not_read("DMARC")
    if len(found) != 1:
        what = "aucune politique n’est publiée" if not found else "plusieurs politiques s’annulent"
        return Judgement(
            Verdict.WARN,
            f"DMARC : {what} pour {domain}.",
            remedy="Publiez une politique DMARC, et une seule.",
        )
    policy = re.search(r"(?:^|;)\s*p\s*=\s*(none|quarantine|reject)", found[0].lower())
    if policy is None or policy[1] == "none":
        return Judgement(
            Verdict.WARN,
            "DMARC : la politique ne fait rien des messages falsifiés.",
            remedy="Passez à « p=quarantine » puis à « p=reject » quand vos rapports sont propres.",
        )
    return Judgement(Verdict.PASS, f"DMARC : les messages falsifiés sont traités (« {policy[1]} »).")


def _not_read(what: str) -> Judgement:
    return Judgement(
        Verdict.UNKNOWN,
        f"{what} : le DNS n’a pas répondu. Cela ne compte pas contre le fournisseur.",
        remedy="Relancez ce contrôle.",
    )


def observe(facts: MailFacts) -> MailFacts:
    """Network: DNS only."""
    return replace(facts, seen=mail_seen(facts.domain)) if facts.domain else facts


CHECK = Check(
    code="mail_auth",
    version="1",
    title="Authentification du courriel (SPF, DMARC)",
    rule="RFC 7208 (SPF) ; RFC 7489 (DMARC) ; ANSSI, bonnes pratiques de messagerie.",
    judge=judge,
    observe=observe,
    reads=("security_contact", "support_contact", "website"),
    max_age=WEEK,
)
