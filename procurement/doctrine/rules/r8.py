"""R8: the doctrine is controlled with the State's large projects, beyond nine million euros."""

from decimal import Decimal

from procurement.doctrine.conditions import costs_more_than
from procurement.doctrine.facts import AssessmentFacts, Ternary

THRESHOLD_EUR_HT = Decimal("9000000")


def dinum_opinion(facts: AssessmentFacts) -> Ternary:
    return costs_more_than(facts, THRESHOLD_EUR_HT, "9 000 000 €")
