"""R8: the doctrine is controlled with the State's large projects, beyond nine million euros."""

from procurement.doctrine.conditions import costs_more_than
from procurement.doctrine.facts import AssessmentFacts, Ternary
from procurement.doctrine.thresholds import newest

THRESHOLD_EUR_HT = newest("R8").eur_ht


def dinum_opinion(facts: AssessmentFacts) -> Ternary:
    return costs_more_than(facts, THRESHOLD_EUR_HT, "9 000 000 €")
