"""R6: internal or commercial cloud by default, for new projects and for major changes.

A major change is a new provider, or work worth half of what the product first cost.
"""

from procurement.doctrine.conditions import of_kind
from procurement.doctrine.facts import AssessmentFacts, Ternary


def cloud_first(facts: AssessmentFacts) -> Ternary:
    return of_kind(facts, "new", "major_change")
