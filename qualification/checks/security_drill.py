"""The security contact answered the last announced drill, and how fast."""

import datetime as dt
from typing import Any

from qualification.checks.base import YEAR, Check, Judgement, french_date
from qualification.drills.hours import span_text
from qualification.enums import Verdict
from qualification.facts_offer import DrillFacts

# What a drill held says of the contact, for how long: the marketplace's own choice.
HOLDS = YEAR
ANNOUNCE = "Annoncez un exercice depuis la page des contrôles de l’offre."
LATE = (
    "Faites lire cette adresse par une équipe d’astreinte, ou déclarez-en une qui l’est, puis annoncez un "
    "nouvel exercice."
)


def judge(facts: DrillFacts, on: dt.date) -> Judgement:
    if not facts.number or facts.sent_on is None:
        return Judgement(
            Verdict.UNKNOWN,
            "Aucun exercice n’a encore été tenu avec le contact de sécurité.",
            remedy=ANNOUNCE,
        )
    evidence: dict[str, Any] = {
        "drill": facts.number,
        "sent_on": facts.sent_on.isoformat(),
        "limit_hours": facts.limit_hours,
        "response_seconds": facts.response_seconds,
        "announced_by": "supplier" if facts.by_supplier else "operator",
    }
    held = f"exercice {facts.number} du {french_date(facts.sent_on)}"
    if not facts.same_contact:
        words = f"L’adresse du contact de sécurité a changé depuis le dernier exercice ({held})."
        return Judgement(Verdict.UNKNOWN, words, evidence, ANNOUNCE)
    if on - facts.sent_on > HOLDS:
        words = f"Le dernier exercice a plus d’un an ({held}) : il ne dit plus rien du contact."
        return Judgement(Verdict.UNKNOWN, words, evidence, ANNOUNCE)
    return _answer(facts, held, evidence)


def _answer(facts: DrillFacts, held: str, evidence: dict[str, Any]) -> Judgement:
    limit = f"délai annoncé : {facts.limit_hours} heures"
    if facts.state == "unanswered" or facts.response_seconds is None:
        words = f"Le contact de sécurité n’a pas répondu ({limit}), {held}."
        return Judgement(Verdict.FAIL, words, evidence, LATE)
    took = span_text(facts.response_seconds)
    if facts.state == "answered":
        words = f"Le contact de sécurité a répondu en {took} ({limit}), {held}."
        return Judgement(Verdict.PASS, words, evidence)
    words = f"Le contact de sécurité a répondu en {took}, après le délai ({limit}), {held}."
    return Judgement(Verdict.WARN, words, evidence, LATE)


CHECK = Check(
    code="security_drill",
    version="1",
    title="Contact de sécurité qui répond",
    rule="Conditions de référencement : le contact de sécurité répond à un exercice annoncé, dans le délai "
    "annoncé. Ce délai est un paramètre de la place de marché ; aucun texte ne le fixe.",
    judge=judge,
    reads=("security_contact",),
    facts=("drill",),
    max_age=YEAR,
)
