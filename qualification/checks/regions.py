"""Where data are stored and processed, against what the offer claims."""

import datetime as dt

from catalog.countries import EEA_COUNTRIES, EU_COUNTRIES
from qualification.checks.base import YEAR, Check, Judgement, gravest
from qualification.enums import Verdict
from qualification.facts import RegionFacts


def judge(facts: RegionFacts, _on: dt.date) -> Judgement:
    return gravest(
        (
            _judge_use("stockage", facts.storage, facts),
            _judge_use("traitement", facts.processing, facts),
        )
    )


def _judge_use(use: str, countries: tuple[str, ...] | None, facts: RegionFacts) -> Judgement:
    evidence = {use: sorted(countries) if countries else None}
    if not countries:
        return Judgement(
            Verdict.UNKNOWN,
            f"Les régions de {use} ne sont pas indiquées.",
            evidence,
            f"Indiquez les régions de {use} de l’offre.",
        )
    outside_union = sorted(set(countries) - EU_COUNTRIES)
    outside_area = sorted(set(countries) - EEA_COUNTRIES)
    if facts.claims_secnumcloud and outside_union:
        return Judgement(
            Verdict.FAIL,
            f"SecNumCloud est revendiqué, mais le {use} se fait hors de l’Union européenne : "
            f"{_listed(outside_union)}.",
            evidence,
            "Retirez ces régions du périmètre, ou retirez la qualification de la fiche.",
        )
    if facts.claims_hds and outside_area:
        return Judgement(
            Verdict.FAIL,
            f"HDS est revendiqué, mais le {use} se fait hors de l’Espace économique européen : "
            f"{_listed(outside_area)}.",
            evidence,
            "Retirez ces régions du périmètre, ou retirez la certification de la fiche.",
        )
    if outside_area:
        return Judgement(
            Verdict.WARN,
            f"Le {use} se fait aussi hors de l’Espace économique européen : {_listed(outside_area)}.",
            evidence,
            "Dites sur la fiche quelles données y vont et sur quel fondement du RGPD.",
        )
    return Judgement(Verdict.PASS, f"Régions de {use} : {_listed(sorted(countries))}.", evidence)


def _listed(countries: list[str]) -> str:
    return ", ".join(countries)


CHECK = Check(
    code="regions",
    version="1",
    title="Régions de stockage et de traitement",
    rule="SecNumCloud 3.2, 19.2 (Union européenne) ; décret 2026-209 pour HDS (Espace économique européen).",
    judge=judge,
    reads=(
        "storage_regions",
        "processing_regions",
    ),
    facts=("marks",),
    max_age=YEAR,
)
