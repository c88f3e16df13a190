"""What the law asks of everybody, which the doctrine only recalls."""

from procurement.doctrine.conditions import about_health, hosted_in, personal
from procurement.doctrine.facts import AssessmentFacts, Ternary
from procurement.doctrine.ternary import all_of


def gdpr(facts: AssessmentFacts) -> Ternary:
    return personal(facts)


def hds(facts: AssessmentFacts) -> Ternary:
    """Only a host acting for others is bound, hence nothing without a cloud."""
    return all_of(hosted_in(facts, "commercial_cloud", "internal_cloud"), about_health(facts))
