"""The questions that a requirement of the listing conditions rests on, which a link delegates as one."""

from __future__ import annotations

from catalog.hooks import register_chapters
from catalog.models import Offer
from catalog.questions.engine import Section, questions
from qualification.models import Dossier
from qualification.schemes import LISTING, Requirement, load_scheme
from qualification.states import SUPPLIER_STATES

PREFIX = "exigence-"


def find(name: str) -> Section | None:
    """By its name, in the edition of the conditions now in force."""
    code = name.removeprefix(PREFIX)
    known = load_scheme(*LISTING).requirements
    return next((_chapter(one) for one in known if one.code == code and one.questions), None)


def of(offer: Offer) -> list[Section]:
    """While the supplier has the ball of a dossier: what it may still answer. One query."""
    if not Dossier.objects.filter(offer=offer, state__in=SUPPLIER_STATES).exists():
        return []
    return [_chapter(one) for one in load_scheme(*LISTING).requirements if one.questions]


def _chapter(requirement: Requirement) -> Section:
    known = questions()
    asked = tuple(known[name] for name in requirement.questions if name in known)
    return Section(f"{PREFIX}{requirement.code}", requirement.title, 0, asked)


def register() -> None:
    register_chapters(PREFIX, find=find, of=of)
