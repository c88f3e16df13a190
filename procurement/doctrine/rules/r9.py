"""R9: what a commercial cloud must offer, by the data that it will hold.

SecNumCloud needs BOTH a particular sensitivity and a harm. Immunity has two limbs which are never melted into
one: personal data (GDPR 28 and 48), and particularly sensitive data (with SecNumCloud).
"""

from procurement.doctrine.conditions import (
    about_health,
    harmful_if_breached,
    hosted_in,
    particularly_sensitive,
    personal,
)
from procurement.doctrine.facts import AssessmentFacts, Ternary
from procurement.doctrine.ternary import all_of


def secnumcloud(facts: AssessmentFacts) -> Ternary:
    return all_of(
        hosted_in(facts, "commercial_cloud"),
        particularly_sensitive(facts),
        harmful_if_breached(facts),
    )


def gdpr(facts: AssessmentFacts) -> Ternary:
    return all_of(hosted_in(facts, "commercial_cloud"), personal(facts))


def immunity_of_personal_data(facts: AssessmentFacts) -> Ternary:
    return gdpr(facts)


def immunity_of_sensitive_data(facts: AssessmentFacts) -> Ternary:
    return secnumcloud(facts)


def hds(facts: AssessmentFacts) -> Ternary:
    return all_of(hosted_in(facts, "commercial_cloud"), about_health(facts))
