"""The accessibility statement: a rate that fits the level, an audit of less than three years, a page."""

import datetime as dt
import html
import re
from dataclasses import replace
from decimal import Decimal

from qualification.checks.base import MONTH, Check, Judgement, french_date, gravest
from qualification.checks.pages import evidence_of, look, not_asked, not_given, unreached
from qualification.enums import Verdict
from qualification.facts_web import StatementFacts

# RGAA 4.1, « Obligations d’accessibilité » : full is 100 %, partial at least half.
HALF, FULL = Decimal(50), Decimal(100)
AUDIT_AGE = dt.timedelta(days=3 * 366)
LEVELS = {"full": "totalement conforme", "partial": "partiellement conforme", "none": "non conforme"}
RATE = re.compile(r"(\d{1,3}(?:[.,]\d{1,2})?)\s*%")


def judge(facts: StatementFacts, on: dt.date) -> Judgement:
    if not facts.applies:
        return not_asked("elle n’a pas d’interface en ligne")
    judged = gravest((_rate(facts), _audit(facts.audited_on, on), _statement(facts)))
    evidence = evidence_of(facts) | {
        "level": facts.level or None,
        "rate_percent": None if facts.rate is None else str(facts.rate),
        "audited_on": facts.audited_on.isoformat() if facts.audited_on else None,
    }
    return replace(judged, evidence=evidence)


def _rate(facts: StatementFacts) -> Judgement:
    if facts.rate is None or facts.level not in LEVELS:
        return Judgement(
            Verdict.UNKNOWN,
            "L’état ou le taux de conformité au RGAA n’est pas indiqué.",
            remedy="Indiquez l’état de conformité et le taux mesuré par l’audit.",
        )
    expected = "full" if facts.rate >= FULL else "partial" if facts.rate >= HALF else "none"
    words = f"{facts.rate.normalize():f}".replace(".", ",")
    if expected != facts.level:
        return Judgement(
            Verdict.FAIL,
            f"L’offre se dit « {LEVELS[facts.level]} » avec un taux de {words} %, "
            f"qui vaut « {LEVELS[expected]} ».",
            remedy="Accordez l’état et le taux : totale à 100 %, partielle à 50 % au moins.",
        )
    verdict = Verdict.WARN if facts.level == "none" else Verdict.PASS
    return Judgement(verdict, f"Conformité au RGAA : {words} %, {LEVELS[facts.level]}.")


def _audit(audited_on: dt.date | None, on: dt.date) -> Judgement:
    if audited_on is None:
        return Judgement(
            Verdict.UNKNOWN, "La date de l’audit n’est pas indiquée.", remedy="Indiquez la date de l’audit."
        )
    if audited_on > on:
        return Judgement(
            Verdict.FAIL,
            f"L’audit est daté du {french_date(audited_on)}, dans le futur.",
            remedy="Corrigez la date de l’audit.",
        )
    if on - audited_on > AUDIT_AGE:
        return Judgement(
            Verdict.WARN,
            f"L’audit date du {french_date(audited_on)} : il a plus de trois ans.",
            remedy="Faites auditer le service de nouveau et mettez la déclaration à jour.",
        )
    return Judgement(Verdict.PASS, f"Audit du {french_date(audited_on)}.")


def _statement(facts: StatementFacts) -> Judgement:
    if not facts.url:
        return not_given(
            "L’adresse de la déclaration d’accessibilité", "Publiez la déclaration et indiquez son adresse."
        )
    stopped = unreached(facts, "La déclaration d’accessibilité")
    if stopped is not None or facts.page is None:
        return stopped or not_given("L’adresse de la déclaration d’accessibilité", "")
    text = html.unescape(re.sub(r"<[^>]{0,2000}>", " ", facts.page.body.decode("utf-8", "replace")))
    if "accessibilit" not in text.casefold():
        return Judgement(
            Verdict.WARN,
            f"La page {facts.url} ne parle pas d’accessibilité.",
            remedy="Indiquez l’adresse de la déclaration elle-même.",
        )
    rates = {Decimal(found.replace(",", ".")) for found in RATE.findall(text)}
    if facts.rate is not None and facts.rate not in rates:
        return Judgement(
            Verdict.WARN,
            "Le taux de l’offre ne se lit pas dans la déclaration publiée.",
            remedy="Accordez la déclaration publiée et la réponse de l’offre.",
        )
    return Judgement(Verdict.PASS, "La déclaration publiée porte ce taux.")


def observe(facts: StatementFacts) -> StatementFacts:
    return replace(facts, page=look(facts.url)) if facts.url and facts.applies else facts


CHECK = Check(
    code="accessibility_statement",
    version="1",
    title="Déclaration d’accessibilité, taux et date",
    rule="Loi 2005-102, article 47 ; décret 2019-768 ; RGAA 4.1 : déclaration publiée, taux, audit daté.",
    judge=judge,
    observe=observe,
    reads=("accessibility", "rgaa_rate_percent", "rgaa_audit_on", "accessibility_statement_url"),
    max_age=MONTH,
)
