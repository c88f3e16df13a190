"""R10: what IT teams build on a cloud platform can be moved to another one."""

from procurement.doctrine.conditions import built_on_platform, hosted_in
from procurement.doctrine.facts import AssessmentFacts, Ternary
from procurement.doctrine.ternary import all_of


def portability(facts: AssessmentFacts) -> Ternary:
    return all_of(hosted_in(facts, "commercial_cloud", "internal_cloud"), built_on_platform(facts))
