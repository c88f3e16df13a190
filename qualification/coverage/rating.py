"""The levels that a supplier gives itself, objective by objective, where a scheme asks for them. Pure.

They are its own word: no badge, no mark and no order of offers is made of them. The mean is ours, told with
what is not sure of its weights; none is made of a part of the levels, which would flatter who keeps silent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from catalog.questions.conditions import applies
from catalog.questions.engine import questions
from marketplace.ui.typography import UNKNOWN, date_text, number_text
from qualification.schemes import Requirement, Scheme, SelfAssessment

PLACES = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Rated:
    """``level``: its place among the choices, from 0; None: not said. ``concerned`` False: the question is
    not asked of this offer. ``words``: the choice as the supplier reads it."""

    requirement: Requirement
    level: int | None
    words: str
    concerned: bool = True

    @property
    def name(self) -> str:
        return f"{self.requirement.code} {self.requirement.title}"

    @property
    def weight_words(self) -> str:
        weight = self.requirement.weight
        return UNKNOWN if weight is None else f"{weight}\u00a0%"


@dataclass(frozen=True, slots=True)
class Rating:
    """``top``: the highest level that can be given. ``grounds`` and ``made_on``: the supplier's, if said."""

    rows: tuple[Rated, ...]
    top: int
    terms: SelfAssessment
    grounds: str = ""
    made_on: dt.date | None = None

    @property
    def concerned(self) -> bool:
        return any(row.concerned for row in self.rows)

    @property
    def missing(self) -> tuple[Requirement, ...]:
        return tuple(row.requirement for row in self.rows if row.concerned and row.level is None)

    @property
    def given(self) -> int:
        return sum(row.level is not None for row in self.rows)

    @property
    def weighted_mean(self) -> Decimal | None:
        """To the hundredth; None unless every level is given and has a weight."""
        return _mean([(row.level, row.requirement.weight) for row in self.rows])

    @property
    def equal_mean(self) -> Decimal | None:
        """With the same weight for all: how far the weights count."""
        return _mean([(row.level, 1) for row in self.rows])

    @property
    def lowest(self) -> int | None:
        """The lowest level once all are given: a mean hides it."""
        levels = [row.level for row in self.rows if row.level is not None]
        return min(levels) if len(levels) == len(self.rows) else None

    @property
    def lowest_at(self) -> tuple[str, ...]:
        """Codes of the objectives at that level."""
        low = self.lowest
        return tuple(row.requirement.code for row in self.rows if low is not None and row.level == low)

    @property
    def section(self) -> str:
        """Of the form where the levels are given."""
        return questions()[self.terms.grounds].section

    @property
    def summary(self) -> str:
        """« Auto-évaluation : moyenne pondérée 2,35 sur 4, au plus bas SEAL-1 (SOV-2). »"""
        if not self.concerned:
            return "Auto-évaluation : sans objet pour ce modèle de service."
        if self.weighted_mean is None:
            return f"Auto-évaluation : {self.missing_words}"
        mean, equal = number_text(self.weighted_mean), number_text(self.equal_mean)
        low = next(row.words for row in self.rows if row.level == self.lowest)
        return (
            f"Auto-évaluation : moyenne pondérée {mean} sur {self.top} (à poids égaux {equal}), "
            f"au plus bas {low} ({', '.join(self.lowest_at)})."
        )

    @property
    def grounds_words(self) -> str:
        """« Évaluée le 3 mars 2027. Justification : … », what is not said left unknown."""
        day = f"Évaluée le {date_text(self.made_on)}" if self.made_on else "Date de l’évaluation inconnue"
        return f"{day}. Justification : {self.grounds or UNKNOWN}"

    @property
    def missing_words(self) -> str:
        """Why there is no mean; empty when there is one."""
        if not self.missing:
            return "" if self.weighted_mean is not None else "aucune moyenne, un poids manque."
        codes = ", ".join(each.code for each in self.missing)
        told = "1 niveau manque" if len(self.missing) == 1 else f"{len(self.missing)} niveaux manquent"
        return f"{told} sur {len(self.rows)} ({codes}) : aucune moyenne n’est faite d’une partie."


def rating_of(scheme: Scheme, answers: Mapping[str, Any]) -> Rating | None:
    """None for a scheme that asks no level. ``answers``: effective ones."""
    terms = scheme.self_assessment
    asked = [each for each in scheme.active if each.rated_by]
    if terms is None or not asked:
        return None
    day = answers.get(terms.made_on)
    return Rating(
        rows=tuple(_rated(each, answers) for each in asked),
        top=max(len(questions()[each.rated_by].choices) for each in asked) - 1,
        terms=terms,
        grounds=str(answers.get(terms.grounds) or ""),
        made_on=dt.date.fromisoformat(day) if day else None,
    )


def _rated(requirement: Requirement, answers: Mapping[str, Any]) -> Rated:
    question = questions()[requirement.rated_by]
    if applies(question, answers) is False:
        return Rated(requirement, None, "Sans objet", concerned=False)
    codes = [code for code, _words in question.choices]
    said = answers.get(question.id)
    if said not in codes:
        return Rated(requirement, None, UNKNOWN)
    return Rated(requirement, codes.index(said), question.choice_label(said))


def _mean(levels: list[tuple[int | None, int | None]]) -> Decimal | None:
    total = weights = 0
    for level, weight in levels:
        if level is None or weight is None:
            return None
        total, weights = total + level * weight, weights + weight
    return (Decimal(total) / weights).quantize(PLACES, ROUND_HALF_UP) if weights else None
