"""The four pages of the analysis, the same with or without an account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core import signing

from procurement.facts import facts_from_json
from procurement.forms.answers import AdministrationForm, AnswersForm, DataForm, HarmsForm, ProjectFactsForm

SALT = "procurement.dialogue"
RESULT = 4
LONGEST_STATE = 3000


@dataclass(frozen=True)
class Page:
    number: int
    title: str
    form: type[AnswersForm] | None


PAGES = (
    Page(1, "Votre administration", AdministrationForm),
    Page(2, "Vos données", DataForm),
    Page(3, "Ce qu’une atteinte provoquerait", HarmsForm),
    Page(RESULT, "Résultat", None),
)
PROJECT_PAGES = (Page(1, "Votre projet", ProjectFactsForm), *PAGES[1:])


def page_of(text: str, *, pages: tuple[Page, ...] = PAGES) -> Page:
    """The first page when the number is missing or makes no sense."""
    return next((page for page in pages if str(page.number) == text), pages[0])


def stepper_of(page: Page, *, pages: tuple[Page, ...] = PAGES) -> dict[str, Any]:
    """The data of {% dsfr_stepper %}."""
    following = next((other for other in pages if other.number == page.number + 1), None)
    return {
        "current_step_id": str(page.number),
        "current_step_title": page.title,
        "next_step_title": following.title if following else "",
        "total_steps": str(len(pages)),
    }


@dataclass(frozen=True)
class DialogueState:
    """Answers without an account: they travel signed in the address and are stored nowhere.

    `before` are the answers whose result was last read, to say which conclusion a change moved.
    """

    answers: dict[str, Any]
    before: dict[str, Any] | None = None

    def sealed(self) -> str:
        return signing.dumps({"a": self.answers, "b": self.before}, salt=SALT, compress=True)

    def with_answers(self, answers: dict[str, Any]) -> DialogueState:
        return DialogueState({**self.answers, **answers}, self.before)

    def read(self) -> DialogueState:
        """The same, once its result was shown."""
        return DialogueState(self.answers, self.answers)


def open_state(sealed: str) -> DialogueState:
    """Empty when absent, forged or damaged."""
    if not sealed or len(sealed) > LONGEST_STATE:
        return DialogueState({})
    try:
        data = signing.loads(sealed, salt=SALT)
        state = DialogueState(dict(data["a"]), data["b"])
        facts_from_json(state.answers)
    except (signing.BadSignature, KeyError, TypeError, ValueError, ArithmeticError):
        return DialogueState({})
    return state
