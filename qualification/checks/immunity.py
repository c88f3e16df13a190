"""Immunity from law outside the Union (SecNumCloud 3.2, 19.6), from the offer's own answers."""

import datetime as dt
from decimal import Decimal

from catalog.countries import EU_COUNTRIES
from qualification.checks.base import YEAR, Check, Judgement, gravest
from qualification.enums import Verdict
from qualification.facts_offer import ImmunityFacts

ONE_AT_MOST, TOGETHER_AT_MOST = Decimal(24), Decimal(39)


def judge(facts: ImmunityFacts, _on: dt.date) -> Judgement:
    """A claim of SecNumCloud turns what is not met into a contradiction; without it, it is worth noting."""
    not_met = Verdict.FAIL if facts.claims_secnumcloud else Verdict.WARN
    judged = gravest(
        (
            _seat(facts.headquarters, not_met),
            _share("Un actionnaire hors de l’Union", facts.largest_percent, ONE_AT_MOST, not_met),
            _share("Les actionnaires hors de l’Union", facts.total_percent, TOGETHER_AT_MOST, not_met),
            _no("Un actionnaire hors de l’Union peut imposer ou bloquer des décisions", facts.veto, not_met),
            _no("Une personne hors de l’Union peut accéder aux données", facts.outside_access, not_met),
            _table(facts),
        )
    )
    evidence = {
        "headquarters": facts.headquarters,
        "largest_percent": _text(facts.largest_percent),
        "total_percent": _text(facts.total_percent),
        "shareholders": [f"{country} {_text(share)} %" for country, share in facts.shareholders],
    }
    return Judgement(judged.verdict, judged.message, evidence, judged.remedy)


def _seat(country: str | None, not_met: Verdict) -> Judgement:
    if country is None:
        return _unknown("Le pays du siège")
    if country in EU_COUNTRIES:
        return Judgement(Verdict.PASS, f"Siège dans l’Union ({country}).")
    return Judgement(not_met, f"Le siège est hors de l’Union ({country}).")


def _share(who: str, percent: Decimal | None, most: Decimal, not_met: Verdict) -> Judgement:
    if percent is None:
        return _unknown(f"{who} : la part")
    if percent <= most:
        return Judgement(Verdict.PASS, f"{who} : {_text(percent)} % ({most} % au plus).")
    return Judgement(not_met, f"{who} : {_text(percent)} %, au-delà de {most} %.")


def _no(what: str, answer: bool | None, not_met: Verdict) -> Judgement:
    if answer is None:
        return _unknown(what)
    return Judgement(not_met, f"{what}.") if answer else Judgement(Verdict.PASS, f"{what} : non.")


def _table(facts: ImmunityFacts) -> Judgement:
    """The named shareholders do not contradict the two figures."""
    outside = [share for country, share in facts.shareholders if country not in EU_COUNTRIES]
    largest, total = max(outside, default=Decimal(0)), sum(outside, Decimal(0))
    said_one, said_all = facts.largest_percent, facts.total_percent
    if said_one is not None and largest > said_one or said_all is not None and total > said_all:
        return Judgement(
            Verdict.FAIL,
            f"Le tableau des actionnaires donne {_text(total)} % hors de l’Union ({_text(largest)} % pour un "
            "seul), plus que les parts déclarées.",
            remedy="Accordez le tableau des actionnaires et les parts déclarées.",
        )
    return Judgement(Verdict.PASS, "Le tableau des actionnaires s’accorde avec ces parts.")


def _unknown(what: str) -> Judgement:
    return Judgement(
        Verdict.UNKNOWN, f"{what} : non indiqué.", remedy="Répondez à la section « Capital et contrôle »."
    )


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number.normalize():f}".replace(".", ",")


CHECK = Check(
    code="immunity",
    version="1",
    title="Immunité au droit extra-européen",
    rule="SecNumCloud 3.2, 19.6 : siège dans l’Union, 24 % et 39 % au plus, ni contrôle ni accès.",
    judge=judge,
    reads=(
        "headquarters_country", "non_eu_largest_percent", "non_eu_total_percent", "non_eu_veto",
        "technical_access_outside_eu", "shareholders",
    ),
    facts=("marks",),
    max_age=YEAR,
)  # fmt: skip
