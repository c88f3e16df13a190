"""SREN law, article 31: the double condition of R9 made law, for the State, its operators and listed GIPs."""

from procurement.doctrine.facts import AssessmentFacts, Ternary
from procurement.doctrine.rules import r9


def secnumcloud(facts: AssessmentFacts) -> Ternary:
    return r9.secnumcloud(facts)


def immunity(facts: AssessmentFacts) -> Ternary:
    return r9.immunity_of_sensitive_data(facts)
