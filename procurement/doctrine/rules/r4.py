"""R4: exit terms that the administration can bear, paid for from the start; Gaia-X portability is sought."""

from procurement.doctrine.conditions import hosted_in
from procurement.doctrine.facts import AssessmentFacts, Ternary


def reversibility(facts: AssessmentFacts) -> Ternary:
    return hosted_in(facts, "commercial_cloud")


def portability_sought(facts: AssessmentFacts) -> Ternary:
    """Only « as far as possible »: the registry gives it the strength of a recommendation."""
    return hosted_in(facts, "commercial_cloud")
