"""The layers that the offer's marks rely on are in force."""

import datetime as dt

from qualification.checks.base import WEEK, Check, Judgement
from qualification.enums import Verdict
from qualification.facts_offer import StackFacts

HELD = frozenset({"in_force", "expiring", "renewal_pending"})


def judge(facts: StackFacts, _on: dt.date) -> Judgement:
    evidence: dict[str, object] = {
        "layers": [f"{one.base} ({one.status or 'sans statut'})" for one in facts.layers],
        "undermined": [f"{mark} ({base})" for mark, base in facts.undermined],
    }
    if facts.undermined:
        told = ", ".join(f"{mark}, à cause de {base}" for mark, base in facts.undermined)
        return Judgement(
            Verdict.FAIL,
            f"Une couche a perdu son statut et emporte celui de l’offre : {told}.",
            evidence,
            "Changez de couche, ou retirez la mention tant que la couche n’est pas rétablie.",
        )
    if not facts.layers and facts.is_ground:
        return Judgement(Verdict.PASS, "L’offre ne repose sur aucune autre : rien à vérifier.", evidence)
    if not facts.layers:
        return Judgement(
            Verdict.UNKNOWN,
            "Les couches sur lesquelles l’offre repose ne sont pas dites.",
            evidence,
            "Déclarez l’hébergement de l’offre, ou dites qu’elle repose sur ses propres moyens.",
        )
    return _judge_inherited(facts, evidence)


def _judge_inherited(facts: StackFacts, evidence: dict[str, object]) -> Judgement:
    nameless = [one.base for one in facts.layers if one.inherits and not one.known]
    if nameless:
        return Judgement(
            Verdict.UNKNOWN,
            f"L’offre s’appuie sur le statut d’une couche absente du catalogue : {', '.join(nameless)}.",
            evidence,
            "Demandez à cet hébergeur de publier sa fiche, ou joignez sa décision.",
        )
    lost = [one.base for one in facts.layers if one.inherits and one.status not in HELD]
    if lost:
        return Judgement(
            Verdict.WARN,
            f"L’offre dit hériter d’une couche qui n’a pas de statut en vigueur : {', '.join(lost)}.",
            evidence,
            "Corrigez la déclaration de la pile.",
        )
    return Judgement(
        Verdict.PASS, f"Couches en état : {', '.join(one.base for one in facts.layers)}.", evidence
    )


CHECK = Check(
    code="stack_in_force",
    version="1",
    title="Couches en vigueur",
    rule="Qualification composée : la perte d’une couche emporte les statuts qui en héritent.",
    judge=judge,
    reads=("service_models",),
    facts=("stack", "marks"),
    max_age=WEEK,
)
