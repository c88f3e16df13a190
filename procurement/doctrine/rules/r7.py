"""R7: who leaves R6 aside compares the scenarios and tells DINUM, from one million euros of full cost."""

from procurement.doctrine.conditions import costs_at_least, hosted_in
from procurement.doctrine.facts import AssessmentFacts, Ternary
from procurement.doctrine.rules import r6
from procurement.doctrine.ternary import all_of
from procurement.doctrine.thresholds import newest

THRESHOLD_EUR_HT = newest("R7").eur_ht


def non_cloud_study(facts: AssessmentFacts) -> Ternary:
    return all_of(
        hosted_in(facts, "none"),
        r6.cloud_first(facts),
        costs_at_least(facts, THRESHOLD_EUR_HT, "1 000 000 €"),
    )
