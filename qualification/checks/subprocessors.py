"""Where sub-processors are: in the EEA, in a country found adequate, or elsewhere on a basis to be told.

SecNumCloud and HDS ask for the Union and the EEA: no adequacy decision widens them.
"""

import datetime as dt

from catalog.countries import COUNTRY_NAMES, EEA_COUNTRIES, EU_COUNTRIES
from qualification.checks.adequacy import Places, outside_eea
from qualification.checks.base import YEAR, Check, Judgement
from qualification.checks.pages import not_asked
from qualification.enums import Verdict
from qualification.facts_offer import Subprocessor, SubprocessorFacts


def judge(facts: SubprocessorFacts, on: dt.date) -> Judgement:
    if not facts.applies:
        return not_asked("elle n’a pas de service en ligne")
    if facts.rows is None:
        return Judgement(
            Verdict.UNKNOWN,
            "La liste des sous-traitants n’est pas donnée.",
            {"subprocessors": None},
            "Remplissez le tableau des sous-traitants ; écrivez « Aucun » s’il n’y en a pas.",
        )
    evidence: dict[str, object] = {
        "subprocessors": [f"{row.name} ({row.country or 'pays inconnu'})" for row in facts.rows],
        "notice_days": facts.notice_days,
    }
    zone, asked = _asked(facts)
    outside = [row for row in facts.rows if row.sees_data is not False and row.country not in zone]
    if asked and outside:
        return Judgement(
            Verdict.FAIL,
            f"{asked} est revendiqué, mais ces sous-traitants voient des données hors de la zone exigée : "
            f"{_told(outside)}.",
            evidence,
            "Retirez-les du périmètre, ou retirez la qualification de la fiche.",
        )
    return _judge_places(facts, outside, evidence, on)


def _judge_places(
    facts: SubprocessorFacts, outside: list[Subprocessor], evidence: dict[str, object], on: dt.date
) -> Judgement:
    places = outside_eea((row.country or "" for row in outside), on=on)
    evidence |= {
        "adequate": [decision.words for decision in places.adequate],
        "adequate_for_some": [f"{decision.words} : {decision.only}" for decision in places.partial],
        "elsewhere": [code or "pays inconnu" for code in places.elsewhere],
    }
    undecided = {decision.country for decision in places.partial}.union(places.elsewhere)
    elsewhere = [row for row in outside if (row.country or "") in undecided]
    if elsewhere:
        return Judgement(Verdict.WARN, f"Hors de l’EEE : {_told(elsewhere)}.", evidence, _basis(places))
    if facts.notice_days is None:
        return Judgement(
            Verdict.WARN,
            "Sous-traitants situés, mais le délai d’annonce d’un changement n’est pas indiqué.",
            evidence,
            "Indiquez combien de jours avant vous annoncez un nouveau sous-traitant.",
        )
    count = len(facts.rows or ())
    if places.adequate:
        named = ", ".join(decision.words for decision in places.adequate)
        message = f"Hors de l’EEE, dans un pays reconnu adéquat seulement : {named} ({count} déclarés)."
        return Judgement(Verdict.PASS, message, evidence)
    return Judgement(
        Verdict.PASS, f"Aucun sous-traitant ne voit de données hors de l’EEE ({count} déclarés).", evidence
    )


def _basis(places: Places) -> str:
    """What is to be told of those that no decision covers by the country alone."""
    partial = "".join(
        f" La décision sur ce pays ({COUNTRY_NAMES[one.country]}) ne vaut que pour : {one.only} ; montrez-le."
        for one in places.partial
    )
    asked = "Dites quelles données y vont et sur quel fondement (clauses types, règles d’entreprise)."
    return f"{asked if places.elsewhere else ''}{partial}".strip()


def _asked(facts: SubprocessorFacts) -> tuple[frozenset[str], str]:
    if facts.claims_secnumcloud:
        return frozenset(EU_COUNTRIES), "SecNumCloud"
    return frozenset(EEA_COUNTRIES), "HDS" if facts.claims_hds else ""


def _told(rows: list[Subprocessor]) -> str:
    return ", ".join(f"{row.name} ({row.country or 'pays inconnu'})" for row in rows)


CHECK = Check(
    code="subprocessors",
    version="2",
    title="Pays des sous-traitants",
    rule="RGPD, articles 28 et 44 à 46 (décisions d’adéquation de la Commission) ; "
    "SecNumCloud 3.2, 19.2 et 19.6 ; HDS v2, exigences 28 à 31.",
    judge=judge,
    reads=("subprocessor_table", "subprocessor_notice_days"),
    facts=("marks",),
    max_age=YEAR,
)
