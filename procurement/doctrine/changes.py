"""Which conclusion moved between two results, for « votre réponse change ceci »."""

from dataclasses import dataclass

from procurement.doctrine.results import LEVEL_WORDS, OBLIGATIONS, AssessmentResult


@dataclass(frozen=True)
class Change:
    code: str
    before: str
    after: str

    @property
    def label(self) -> str:
        return OBLIGATIONS[self.code]

    @property
    def before_label(self) -> str:
        return LEVEL_WORDS[self.before]

    @property
    def after_label(self) -> str:
        return LEVEL_WORDS[self.after]


def changes_between(before: AssessmentResult, after: AssessmentResult) -> tuple[Change, ...]:
    was = {obligation.code: obligation.level for obligation in before.obligations}
    return tuple(
        Change(obligation.code, was[obligation.code], obligation.level)
        for obligation in after.obligations
        if was.get(obligation.code, obligation.level) != obligation.level
    )
