"""How a customer leaves, against chapter VI of the Data Act."""

import datetime as dt
from decimal import Decimal
from typing import Any

from qualification.checks.base import YEAR, Check, Judgement, gravest
from qualification.enums import Verdict
from qualification.facts import ExitFacts

# Regulation (EU) 2023/2854, article 25, in application since 12 September 2025. Seven months are
# counted at their longest in days, never against the supplier.
NOTICE_AT_MOST = Decimal(2)
TRANSITION_AT_MOST = 30
TRANSITION_JUSTIFIED_AT_MOST = 214
RETRIEVAL_AT_LEAST = 30


def judge(facts: ExitFacts, _on: dt.date) -> Judgement:
    return gravest((_notice(facts.notice_months), _transition(facts), _retrieval(facts.retrieval_days)))


def _notice(months: Decimal | None) -> Judgement:
    evidence = {"notice_months": None if months is None else str(months)}
    if months is None:
        return _not_given("Le préavis de départ", evidence)
    words = f"{months.normalize():f}".replace(".", ",")
    if months > NOTICE_AT_MOST:
        return Judgement(
            Verdict.FAIL,
            f"Préavis de {words} mois : le règlement sur les données le limite à deux mois.",
            evidence,
            "Ramenez le préavis à deux mois au plus.",
        )
    return Judgement(Verdict.PASS, f"Préavis de {words} mois (deux mois au plus).", evidence)


def _transition(facts: ExitFacts) -> Judgement:
    days = facts.transition_days
    evidence = {"transition_days": days}
    if days is None:
        return _not_given("La durée de la transition", evidence)
    if days <= TRANSITION_AT_MOST:
        return Judgement(Verdict.PASS, f"Transition en {days} jours (30 au plus).", evidence)
    if days > TRANSITION_JUSTIFIED_AT_MOST:
        return Judgement(
            Verdict.FAIL,
            f"Transition de {days} jours : même justifiée, elle ne dépasse pas sept mois.",
            evidence,
            "Ramenez la transition à 30 jours, ou à sept mois au plus si la technique l’exige.",
        )
    if not facts.transition_justification.strip():
        return Judgement(
            Verdict.FAIL,
            f"Transition de {days} jours sans justification : le règlement la limite à 30 jours.",
            evidence,
            "Ramenez la transition à 30 jours, ou justifiez l’impossibilité technique.",
        )
    return Judgement(
        Verdict.WARN,
        f"Transition de {days} jours, justifiée par le fournisseur (sept mois au plus).",
        evidence | {"justification": facts.transition_justification},
        "L’instruction appréciera la justification technique.",
    )


def _retrieval(days: int | None) -> Judgement:
    evidence = {"retrieval_days": days}
    if days is None:
        return _not_given("Le délai de récupération des données", evidence)
    if days < RETRIEVAL_AT_LEAST:
        return Judgement(
            Verdict.FAIL,
            f"Données récupérables pendant {days} jours : il en faut au moins 30.",
            evidence,
            "Laissez au moins 30 jours après la transition pour récupérer les données.",
        )
    return Judgement(Verdict.PASS, f"Données récupérables pendant {days} jours (30 au moins).", evidence)


def _not_given(what: str, evidence: dict[str, Any]) -> Judgement:
    return Judgement(
        Verdict.UNKNOWN, f"{what} : non indiqué.", evidence, "Répondez à la section « Sortie » de l’offre."
    )


CHECK = Check(
    code="exit_terms",
    version="1",
    title="Conditions de sortie",
    rule="Règlement (UE) 2023/2854 (« Data Act »), article 25 : préavis, transition, récupération.",
    judge=judge,
    reads=(
        "exit_notice_months",
        "exit_transition_days",
        "exit_transition_reason",
        "exit_retrieval_days",
    ),
    max_age=YEAR,
)
