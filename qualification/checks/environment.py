"""Environmental figures come with their method, and are plausible."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from qualification.checks.base import YEAR, Check, Judgement, gravest
from qualification.checks.pages import not_asked
from qualification.enums import Verdict
from qualification.facts_offer import EnvironmentFacts

# ISO/IEC 30134-2: energy of the site over that of the machines, so never under 1.
LEAST_PUE, MUCH_PUE = Decimal(1), Decimal(3)


def judge(facts: EnvironmentFacts, _on: dt.date) -> Judgement:
    if not facts.applies:
        return not_asked("elle n’exploite pas de serveurs")
    judged = gravest((_pue(facts.pue), _carbon(facts)))
    evidence = {
        "pue": _text(facts.pue),
        "carbon_g": _text(facts.carbon_g_per_unit),
        "carbon_unit": facts.carbon_unit or None,
        "carbon_method": facts.carbon_method or None,
        "renewable_percent": _text(facts.renewable_percent),
    }
    return replace(judged, evidence=evidence)


def _pue(pue: Decimal | None) -> Judgement:
    if pue is None:
        return Judgement(
            Verdict.UNKNOWN, "Le PUE n’est pas indiqué.", remedy="Indiquez le PUE mesuré sur douze mois."
        )
    if pue < LEAST_PUE:
        return Judgement(
            Verdict.FAIL,
            f"Un PUE de {_text(pue)} est impossible : il vaut 1 au moins.",
            remedy="Corrigez le PUE : énergie du site sur énergie des machines.",
        )
    if pue > MUCH_PUE:
        return Judgement(
            Verdict.WARN, f"Un PUE de {_text(pue)} est inhabituel.", remedy="Vérifiez le PUE indiqué."
        )
    return Judgement(Verdict.PASS, f"PUE de {_text(pue)}.")


def _carbon(facts: EnvironmentFacts) -> Judgement:
    if facts.carbon_g_per_unit is None:
        return Judgement(
            Verdict.UNKNOWN,
            "L’empreinte carbone n’est pas indiquée.",
            remedy="Indiquez l’empreinte par unité, et la méthode qui la donne.",
        )
    if not facts.carbon_method or not facts.carbon_unit:
        return Judgement(
            Verdict.FAIL,
            "Une empreinte carbone est annoncée sans son unité ou sa méthode : elle ne se compare pas.",
            remedy="Dites par quelle unité et par quelle méthode elle est calculée.",
        )
    if facts.carbon_method == "own" and not facts.carbon_verified:
        return Judgement(
            Verdict.WARN,
            "L’empreinte carbone est calculée par une méthode propre, que personne d’autre n’a vérifiée.",
            remedy="Employez une méthode publique, ou faites vérifier le calcul.",
        )
    return Judgement(Verdict.PASS, "L’empreinte carbone porte son unité et sa méthode.")


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number.normalize():f}".replace(".", ",")


CHECK = Check(
    code="environment",
    version="1",
    title="Chiffres d’environnement et leur méthode",
    rule="Loi REEN 2021-1485, article 28 ; ISO/IEC 30134-2 (PUE) ; PCR Ademe ou ISO 14067 (carbone).",
    judge=judge,
    reads=(
        "pue",
        "carbon_g_per_unit",
        "carbon_unit",
        "carbon_method",
        "carbon_verified",
        "renewable_percent",
    ),
    max_age=YEAR,
)
