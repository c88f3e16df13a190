"""R5: several geographic zones, patched components, transparency after a compromise."""

from procurement.doctrine.conditions import hosted_in
from procurement.doctrine.facts import AssessmentFacts, Ternary


def resilience(facts: AssessmentFacts) -> Ternary:
    return hosted_in(facts, "commercial_cloud", "internal_cloud")
