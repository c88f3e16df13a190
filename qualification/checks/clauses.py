"""The clauses a public customer needs are in the contract, from the answers that commit the supplier."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

from catalog.countries import EU_COUNTRIES
from qualification.checks.base import YEAR, Check, Judgement, gravest
from qualification.enums import Verdict
from qualification.facts_offer import ClauseFacts

PAPERS = ("terms_document", "service_agreement_document")
ACCOMPANIMENT = ("support_services",)


@dataclass(frozen=True, slots=True)
class Clause:
    """``present``: whether the answer gives the clause. ``hosted``: only services that hold data need it.
    ``claimed``: only asked of an offer that claims SecNumCloud."""

    question: str
    words: str
    source: str
    present: Callable[[str], bool]
    missing: Verdict = Verdict.WARN
    hosted: bool = True
    claimed: bool = False

    @property
    def title(self) -> str:
        return self.words[:1].upper() + self.words[1:]


def _yes(answer: str) -> bool:
    return answer == "true"


def _given(answer: str) -> bool:
    return bool(answer)


CLAUSES = (
    Clause("data_processing_agreement", "clauses de sous-traitance", "RGPD, article 28", _yes, Verdict.FAIL,
           hosted=False),
    Clause("audit_right", "droit d’audit", "RGPD, article 28.3.h", lambda said: said != "none", Verdict.FAIL),
    Clause("secondary_use", "pas d’autre usage des données", "RGPD, article 28.3.a",
           lambda said: said == "false", Verdict.FAIL, hosted=False),
    Clause("subprocessor_notice_days", "annonce des sous-traitants", "RGPD, article 28.2", _given),
    Clause("incident_notice_hours", "alerte d’incident", "RGPD, article 33.2", _given),
    Clause("erasure_days", "effacement à la fin", "RGPD, article 28.3.g", _given),
    Clause("exit_formats", "formats de restitution", "Règlement (UE) 2023/2854, article 25", _given),
    Clause("governing_law", "droit d’un État de l’Union", "SecNumCloud 3.2, 19.1.c",
           lambda said: said in EU_COUNTRIES, hosted=False),
    Clause("termination_if_status_lost", "départ sans frais si la qualification est perdue",
           "SecNumCloud 3.2, 19.1.g", _yes, Verdict.FAIL, claimed=True),
)  # fmt: skip


def judge(facts: ClauseFacts, _on: dt.date) -> Judgement:
    answers = dict(facts.answers)
    asked = [clause for clause in CLAUSES if _is_asked(clause, facts)]
    judged = gravest([*(_judge(clause, answers.get(clause.question)) for clause in asked), _papers(facts)])
    evidence = {
        "clauses": [clause.words for clause in asked if _present(clause, answers.get(clause.question))],
        "papers": list(facts.papers),
    }
    return replace(judged, evidence=evidence)


def _is_asked(clause: Clause, facts: ClauseFacts) -> bool:
    if clause.claimed and not facts.claims_secnumcloud:
        return False
    return not clause.hosted or facts.service_models != ACCOMPANIMENT


def _present(clause: Clause, answer: str | None) -> bool:
    return answer is not None and clause.present(answer)


def _judge(clause: Clause, answer: str | None) -> Judgement:
    if answer is None:
        return Judgement(
            Verdict.UNKNOWN,
            f"{clause.title} : non indiqué ({clause.source}).",
            remedy="Répondez aux sections « Contrat » et « Données personnelles ».",
        )
    if clause.present(answer):
        return Judgement(Verdict.PASS, f"{clause.title} : présent.")
    return Judgement(
        clause.missing,
        f"{clause.title} : absent ({clause.source}).",
        remedy="Ajoutez cette clause au contrat, puis corrigez la réponse.",
    )


def _papers(facts: ClauseFacts) -> Judgement:
    if facts.papers:
        return Judgement(Verdict.PASS, f"Joint : {', '.join(facts.papers)}.")
    return Judgement(
        Verdict.UNKNOWN,
        "Ni conditions générales ni convention de service jointes : personne n’a pu lire les clauses.",
        remedy="Joignez vos conditions générales ou votre convention de service.",
    )


CHECK = Check(
    code="contract_clauses",
    version="1",
    title="Clauses du contrat",
    rule="RGPD, articles 28 et 33 ; règlement (UE) 2023/2854, article 25 ; SecNumCloud 3.2, 19.1.",
    judge=judge,
    reads=(*(clause.question for clause in CLAUSES), *PAPERS, "service_models"),
    facts=("marks",),
    max_age=YEAR,
)
