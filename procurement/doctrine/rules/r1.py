"""R1: every new digital project looks for a cloud solution first, whatever its size."""

from procurement.doctrine.conditions import of_kind
from procurement.doctrine.facts import AssessmentFacts, Ternary


def cloud_first(facts: AssessmentFacts) -> Ternary:
    return of_kind(facts, "new")
