"""Which questions an offer is asked, what its answers imply, and what is still missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalog.countries import EEA_COUNTRIES, country_of, zones
from catalog.questions.engine import Condition, Question, Section, is_unknown, questions, sections
from marketplace.ui.typography import french

SEVERAL = frozenset({"choices", "tree"})


def codes_of(question: Question, value: Any) -> tuple[str, ...]:
    """The codes an answer stands for; empty when unknown or when the type has none.

    Regions give their countries, « EU » or « EEA » when all are there, « only:FR » when all are in France.
    A code of a tree gives its parents too.
    """
    if is_unknown(value):
        return ()
    if question.type == "boolean":
        return ("true",) if value else ("false",)
    if question.type == "regions":
        return (*zones(value), *_only(value))
    if question.type == "tree":
        return _with_parents(question, value)
    if question.type == "choices":
        return tuple(value)
    return (str(value),) if isinstance(value, str) else ()


def _only(regions: Sequence[str]) -> tuple[str, ...]:
    countries = {code for region in regions if (code := country_of(region))}
    found = ["EEA"] if countries and EEA_COUNTRIES.issuperset(countries) else []
    if len(countries) == 1:
        found.append(f"only:{countries.pop()}")
    return tuple(found)


def _with_parents(question: Question, value: Sequence[str]) -> tuple[str, ...]:
    parents, found = dict(question.parents), dict.fromkeys(value)
    for code in value:
        parent = parents.get(code)
        while parent:
            found[parent] = None
            parent = parents.get(parent)
    return tuple(code for code, _ in question.choices if code in found)


def holds(condition: Condition, answers: Mapping[str, Any]) -> bool | None:
    """None: the answer it depends on is unknown."""
    question, value = questions()[condition.question], answers.get(condition.question)
    if condition.unless_only:
        codes = codes_of(question, value)
        return not codes or not set(codes).issubset(condition.unless_only)
    if is_unknown(value):
        return None
    if condition.above is not None:
        return Decimal(str(value)) > condition.above
    return not set(condition.codes).isdisjoint(codes_of(question, value))


def applies(question: Question, answers: Mapping[str, Any]) -> bool | None:
    """True: asked. False: it does not concern this offer. None: what decides is not answered."""
    verdicts = [_holds_and_is_shown(condition, answers) for condition in question.shown_if]
    if False in verdicts:
        return False
    return None if None in verdicts else True


def _holds_and_is_shown(condition: Condition, answers: Mapping[str, Any]) -> bool | None:
    """A hidden answer opens nothing. Chains end: `reading` refuses circles."""
    shown = applies(questions()[condition.question], answers)
    return holds(condition, answers) if shown else shown


def effective(answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the answers say: implied values added, to a fixed point; hidden answers left out.

    An answer given to a question of one value is never replaced by an implied one. Each round only
    adds, so it ends.
    """
    known = {name: value for name, value in answers.items() if not is_unknown(value)}
    while _add_implied(known):
        pass
    asked = questions()
    return {
        name: value
        for name, value in known.items()
        if (question := asked.get(name)) is not None and applies(question, known)
    }


def _add_implied(known: dict[str, Any]) -> bool:
    grew = False
    for question in _implying():
        if question.id not in known or not applies(question, known):
            continue
        codes = set(codes_of(question, known[question.id]))
        for rule in question.implies:
            if not codes.isdisjoint(rule.when):
                grew |= _give(questions()[rule.question], rule.codes, known)
    return grew


def _implying() -> list[Question]:
    return [question for question in questions().values() if question.implies]


def _give(question: Question, codes: Sequence[str], known: dict[str, Any]) -> bool:
    given = known.get(question.id)
    if question.type in SEVERAL:
        wanted = {*(given or ()), *codes}
        if wanted == set(given or ()):
            return False
        known[question.id] = [code for code, _ in question.choices if code in wanted]
        return True
    if question.id in known:
        return False
    known[question.id] = codes[0] == "true" if question.type == "boolean" else codes[0]
    return True


def questions_read(names: Iterable[str]) -> frozenset[str]:
    """These questions, those that decide whether they are asked, and those that may answer them."""
    asked, found, left = questions(), set[str](), list(names)
    while left:
        name = left.pop()
        if name in found:
            continue
        found.add(name)
        left += [condition.question for condition in asked[name].shown_if]
        left += [each.id for each in _implying() if any(rule.question == name for rule in each.implies)]
    return frozenset(found)


def asked_of(section: Section, answers: Mapping[str, Any]) -> list[Question]:
    """Questions of the section this offer is asked, in order."""
    return [question for question in section.asked if applies(question, answers)]


def offered_in(section: Section, answers: Mapping[str, Any]) -> list[Question]:
    """Questions of a section's form: those that hang on another question of the form are there, with
    their condition in words; those that hang on an answer given elsewhere only when it opens them."""
    said, shown = effective(answers), set[str]()
    asked = {question.id for question in section.asked}
    found = []
    for question in section.asked:
        if all(
            condition.question in shown
            if condition.question in asked
            else _holds_and_is_shown(condition, said)
            for condition in question.shown_if
        ):
            shown.add(question.id)
            found.append(question)
    return found


def unanswered(answers: Mapping[str, Any]) -> list[Question]:
    """Required questions without an answer, in order; a hidden one is not required."""
    said = effective(answers)
    models = said.get("service_models") or []
    return [
        question
        for question in questions().values()
        if question.is_required(models)
        and is_unknown(said.get(question.id))
        and not question.derived
        and applies(question, said)
    ]


@dataclass(frozen=True, slots=True)
class Progress:
    """One section of a draft: how many questions it asks, how many are answered, which must still be."""

    section: Section
    asked: int
    answered: int
    missing: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Completeness:
    """How far a draft is. `done` of `total` required answers are given; `missing` are the others."""

    done: int
    total: int
    missing: tuple[Question, ...]
    sections: tuple[Progress, ...]

    @property
    def asked(self) -> int:
        return sum(one.asked for one in self.sections)

    @property
    def answered(self) -> int:
        return sum(one.answered for one in self.sections)


def completeness(answers: Mapping[str, Any]) -> Completeness:
    """Sections that ask nothing of this offer are left out."""
    said, missing = effective(answers), tuple(unanswered(answers))
    models = said.get("service_models") or []
    found, required = [], 0
    for section in sections():
        asked = asked_of(section, said)
        required += sum(question.is_required(models) for question in asked)
        answered = sum(not is_unknown(said.get(question.id)) for question in asked)
        gaps = tuple(question for question in missing if question.section == section.id)
        if asked:
            found.append(Progress(section, len(asked), answered, gaps))
    return Completeness(required - len(missing), required, missing, tuple(found))


def condition_words(question: Question) -> str:
    """Which answer of the same section opens the question, in one French sentence; empty: none."""
    here = question.section
    said = [_words(c) for c in question.shown_if if questions()[c.question].section == here]
    return french(f"À remplir si {' et si '.join(said)}.") if said else ""


def _words(condition: Condition) -> str:
    on = questions()[condition.question]
    if condition.above is not None:
        return f"« {on.short} » dépasse {condition.above} {on.unit}".rstrip()
    words = {"true": "Oui", "false": "Non"} if on.type == "boolean" else dict(on.choices)
    named = " ou ".join(f"« {words.get(code, code)} »" for code in condition.codes)
    return f"vous répondez {named} à « {on.short} »"
