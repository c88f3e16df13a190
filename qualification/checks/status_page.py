"""The page that says how the service is doing answers."""

import datetime as dt
from dataclasses import replace

from qualification.checks.base import WEEK, Check, Judgement
from qualification.checks.pages import evidence_of, look, not_given, unreached
from qualification.enums import Verdict
from qualification.facts_web import PageFacts


def judge(facts: PageFacts, _on: dt.date) -> Judgement:
    if not facts.url:
        return not_given(
            "L’adresse de la page d’état du service", "Indiquez où vous publiez l’état du service."
        )
    stopped = unreached(facts, "La page d’état")
    if stopped is not None:
        return stopped
    return Judgement(Verdict.PASS, f"La page d’état {facts.url} répond.", evidence_of(facts))


def observe(facts: PageFacts) -> PageFacts:
    return replace(facts, page=look(facts.url)) if facts.url else facts


CHECK = Check(
    code="status_page",
    version="1",
    title="Page d’état du service joignable",
    rule="Conditions de référencement : l’état du service est publié à une adresse joignable.",
    judge=judge,
    observe=observe,
    reads=("status_page_url",),
    max_age=WEEK,
)
