"""Where sub-processors are: in the EEA, or elsewhere on a basis to be told.

The list of the Commission's adequacy decisions is not held here, so no country is read as adequate.
"""

import datetime as dt

from catalog.countries import EEA_COUNTRIES, EU_COUNTRIES
from qualification.checks.base import YEAR, Check, Judgement
from qualification.checks.pages import not_asked
from qualification.enums import Verdict
from qualification.facts_offer import Subprocessor, SubprocessorFacts


def judge(facts: SubprocessorFacts, _on: dt.date) -> Judgement:
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
    return _judge_places(facts, facts.rows, outside, evidence)


def _judge_places(
    facts: SubprocessorFacts,
    rows: tuple[Subprocessor, ...],
    outside: list[Subprocessor],
    evidence: dict[str, object],
) -> Judgement:
    elsewhere = [row for row in outside if row.country not in EEA_COUNTRIES]
    if elsewhere:
        return Judgement(
            Verdict.WARN,
            f"Hors de l’EEE : {_told(elsewhere)}.",
            evidence,
            "Dites quelles données y vont et sur quel fondement (décision d’adéquation, clauses types, "
            "règles d’entreprise) : la place de marché ne tient pas la liste des décisions d’adéquation.",
        )
    if facts.notice_days is None:
        return Judgement(
            Verdict.WARN,
            "Sous-traitants situés, mais le délai d’annonce d’un changement n’est pas indiqué.",
            evidence,
            "Indiquez combien de jours avant vous annoncez un nouveau sous-traitant.",
        )
    return Judgement(
        Verdict.PASS,
        f"Aucun sous-traitant ne voit de données hors de l’EEE ({len(rows)} déclarés).",
        evidence,
    )


def _asked(facts: SubprocessorFacts) -> tuple[frozenset[str], str]:
    if facts.claims_secnumcloud:
        return frozenset(EU_COUNTRIES), "SecNumCloud"
    return frozenset(EEA_COUNTRIES), "HDS" if facts.claims_hds else ""


def _told(rows: list[Subprocessor]) -> str:
    return ", ".join(f"{row.name} ({row.country or 'pays inconnu'})" for row in rows)


CHECK = Check(
    code="subprocessors",
    version="1",
    title="Pays des sous-traitants",
    rule="RGPD, articles 28 et 44 à 46 ; SecNumCloud 3.2, 19.2 et 19.6 ; HDS v2, exigences 28 à 31.",
    judge=judge,
    reads=("subprocessor_table", "subprocessor_notice_days"),
    facts=("marks",),
    max_age=YEAR,
)
