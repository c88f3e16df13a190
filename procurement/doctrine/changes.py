"""Which conclusion moved between two results, and which text came or went."""

from dataclasses import dataclass

from procurement.doctrine.results import LEVEL_WORDS, OBLIGATIONS, AssessmentResult, RuleSetUsed


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

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code, "before": self.before, "after": self.after}


@dataclass(frozen=True)
class Moved:
    """From one result to another. `came` and `went`: titles of the texts that only one of them was made with;
    a text in a new edition is in both."""

    changes: tuple[Change, ...]
    came: tuple[str, ...]
    went: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.changes or self.came or self.went)

    def as_dict(self) -> dict[str, object]:
        return {
            "changes": [change.as_dict() for change in self.changes],
            "texts_added": list(self.came),
            "texts_removed": list(self.went),
        }


def moved_between(before: AssessmentResult, after: AssessmentResult) -> Moved:
    return Moved(
        changes=changes_between(before, after),
        came=_titles_apart(after.rule_sets, before.rule_sets),
        went=_titles_apart(before.rule_sets, after.rule_sets),
    )


def _titles_apart(of: tuple[RuleSetUsed, ...], others: tuple[RuleSetUsed, ...]) -> tuple[str, ...]:
    known = {(other.code, other.sha256) for other in others}
    return tuple(each.title for each in of if (each.code, each.sha256) not in known)


def changes_between(before: AssessmentResult, after: AssessmentResult) -> tuple[Change, ...]:
    was = {obligation.code: obligation.level for obligation in before.obligations}
    return tuple(
        Change(obligation.code, was[obligation.code], obligation.level)
        for obligation in after.obligations
        if was.get(obligation.code, obligation.level) != obligation.level
    )
