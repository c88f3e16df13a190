"""Which requirements a round of corrections opens again. Pure: what changed is given."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from qualification.enums import FindingVerdict
from qualification.schemes import Requirement

PLANS, MARKS, FILES = "plans", "marks", "files"
SETTLED = frozenset({FindingVerdict.CONFORM, FindingVerdict.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class Changed:
    """Between what was judged and what came back. `facts`: among plans, marks and files; `codes`: of the
    requirements whose evidence changed."""

    questions: frozenset[str] = frozenset()
    facts: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()


def reopened(
    requirements: Iterable[Requirement], *, changed: Changed, judged: Mapping[str, str]
) -> list[str]:
    """Codes, in the scheme's order: judged with a reserve or not compliant, or touched by a change.

    `judged` gives the verdict of each requirement judged so far; the others are open anyway.
    """
    return [
        requirement.code
        for requirement in requirements
        if requirement.code in judged
        and (judged[requirement.code] not in SETTLED or touches(requirement, changed))
    ]


def touches(requirement: Requirement, changed: Changed) -> bool:
    asked = {*requirement.questions, *(expected.question for expected in requirement.answers)}
    told = not changed.questions.isdisjoint(asked) or requirement.facts in changed.facts
    return told or requirement.code in changed.codes


def still_standing(
    findings: Mapping[str, int], *, rounds: Iterable[tuple[int, Collection[str]]]
) -> dict[str, bool]:
    """Whether the last finding of each requirement stands.

    `findings`: the round each was written in; `rounds`: (round that asked, codes it opened again).
    """
    opened: dict[str, int] = {}
    for asked, codes in rounds:
        for code in codes:
            opened[code] = max(asked, opened.get(code, 0))
    return {code: written > opened.get(code, 0) for code, written in findings.items()}
