"""Where sub-processors are: in the EEA, in a country the Commission finds adequate, or elsewhere."""

import datetime as dt

from catalog.countries import EEA_COUNTRIES, EU_COUNTRIES
from qualification.checks.base import YEAR, Check, Judgement
from qualification.checks.pages import not_asked
from qualification.enums import Verdict
from qualification.facts_offer import Subprocessor, SubprocessorFacts

# Adequacy decisions under article 45 of the GDPR. Canada: commercial organisations. The United States: only
# companies of the Data Privacy Framework, so the country is not counted here.
ADEQUATE = frozenset({
    "AD", "AR", "CA", "CH", "FO", "GB", "GG", "IL", "IM", "JE", "JP", "KR", "NZ", "UY",
})  # fmt: skip


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
    elsewhere = [row for row in outside if row.country not in EEA_COUNTRIES | ADEQUATE]
    if elsewhere:
        return Judgement(
            Verdict.WARN,
            f"Hors de l’EEE et sans décision d’adéquation : {_told(elsewhere)}.",
            evidence,
            "Dites quelles données y vont et sur quel fondement (clauses types, règles d’entreprise).",
        )
    if facts.notice_days is None:
        return Judgement(
            Verdict.WARN,
            "Sous-traitants situés, mais le délai d’annonce d’un changement n’est pas indiqué.",
            evidence,
            "Indiquez combien de jours avant vous annoncez un nouveau sous-traitant.",
        )
    adequate = [row for row in rows if row.country in ADEQUATE]
    more = f" ; pays adéquats : {_told(adequate)}" if adequate else ""
    return Judgement(Verdict.PASS, f"Sous-traitants situés : {len(rows)}{more}.", evidence)


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
