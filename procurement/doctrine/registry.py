"""Which function answers for which obligation, in which text. Explicit: nothing is discovered."""

from collections.abc import Callable
from dataclasses import dataclass

from procurement.doctrine.facts import AssessmentFacts, Ternary
from procurement.doctrine.rules import general_law, r1, r4, r5, r6, r7, r8, r9, r10, sren_31

CIRCULAR = "circular_6404_sg"
SREN = "sren_31"
LAW = "general_law"


@dataclass(frozen=True)
class AutomaticRule:
    """`strength` is what the rule says to those it binds."""

    rule_set: str
    code: str
    obligation: str
    applies: Callable[[AssessmentFacts], Ternary]
    strength: str = "required"
    limb: str = ""
    # The rule repeats a general law which alone settles the answer.
    recalls: str = ""


REGISTRY = (
    AutomaticRule(CIRCULAR, "R1", "cloud_first", r1.cloud_first),
    AutomaticRule(CIRCULAR, "R6", "cloud_first", r6.cloud_first),
    AutomaticRule(CIRCULAR, "R9", "secnumcloud", r9.secnumcloud),
    AutomaticRule(SREN, "SREN-31", "secnumcloud", sren_31.secnumcloud),
    AutomaticRule(
        CIRCULAR,
        "R9",
        "immunity",
        r9.immunity_of_personal_data,
        limb="Données personnelles (RGPD, articles 28 et 48)",
    ),
    AutomaticRule(
        CIRCULAR, "R9", "immunity", r9.immunity_of_sensitive_data, limb="Données sensibles (avec SecNumCloud)"
    ),
    AutomaticRule(SREN, "SREN-31", "immunity", sren_31.immunity, limb="Données sensibles (avec SecNumCloud)"),
    AutomaticRule(CIRCULAR, "R9", "hds", r9.hds, recalls="CSP-L1111-8"),
    AutomaticRule(LAW, "CSP-L1111-8", "hds", general_law.hds),
    AutomaticRule(CIRCULAR, "R9", "gdpr", r9.gdpr, recalls="RGPD"),
    AutomaticRule(LAW, "RGPD", "gdpr", general_law.gdpr),
    AutomaticRule(CIRCULAR, "R4", "reversibility", r4.reversibility),
    AutomaticRule(CIRCULAR, "R10", "portability", r10.portability),
    AutomaticRule(CIRCULAR, "R4", "portability", r4.portability_sought, strength="recommended"),
    AutomaticRule(CIRCULAR, "R5", "resilience", r5.resilience),
    AutomaticRule(CIRCULAR, "R7", "non_cloud_study", r7.non_cloud_study),
    AutomaticRule(CIRCULAR, "R8", "dinum_opinion", r8.dinum_opinion),
)

BY_OBLIGATION: dict[str, list[AutomaticRule]] = {}
for _rule in REGISTRY:
    BY_OBLIGATION.setdefault(_rule.obligation, []).append(_rule)
