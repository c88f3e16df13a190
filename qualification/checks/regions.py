"""Where data are stored and processed, against what the offer claims."""

import datetime as dt

from catalog.countries import EEA_COUNTRIES, EU_COUNTRIES
from qualification.checks.adequacy import outside_eea
from qualification.checks.base import YEAR, Check, Judgement, gravest
from qualification.enums import Verdict
from qualification.facts import RegionFacts


def judge(facts: RegionFacts, on: dt.date) -> Judgement:
    return gravest(
        (
            _judge_use("stockage", facts.storage, facts, on),
            _judge_use("traitement", facts.processing, facts, on),
        )
    )


def _judge_use(use: str, countries: tuple[str, ...] | None, facts: RegionFacts, on: dt.date) -> Judgement:
    evidence: dict[str, object] = {use: sorted(countries) if countries else None}
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
    return _judge_outside(use, countries, evidence, on)


def _judge_outside(
    use: str, countries: tuple[str, ...], evidence: dict[str, object], on: dt.date
) -> Judgement:
    """The GDPR alone: the EEA, a country found adequate, elsewhere."""
    places = outside_eea(sorted(countries), on=on)
    named = ", ".join(decision.words for decision in places.adequate)
    undecided = sorted({*places.elsewhere, *(decision.country for decision in places.partial)})
    if places.adequate:
        evidence[f"{use} : pays reconnus adéquats"] = named
    if undecided:
        return Judgement(
            Verdict.WARN,
            f"Le {use} se fait aussi hors de l’Espace économique européen : {_listed(undecided)}.",
            evidence,
            "Dites sur la fiche quelles données y vont et sur quel fondement du RGPD."
            + "".join(
                f" Pour ce pays ({one.country}), la décision d’adéquation ne vaut que pour : {one.only}."
                for one in places.partial
            ),
        )
    if named:
        return Judgement(
            Verdict.PASS,
            f"Régions de {use} : {_listed(sorted(countries))}, dont des pays reconnus adéquats : {named}.",
            evidence,
        )
    return Judgement(Verdict.PASS, f"Régions de {use} : {_listed(sorted(countries))}.", evidence)


def _listed(countries: list[str]) -> str:
    return ", ".join(countries)


CHECK = Check(
    code="regions",
    version="2",
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
