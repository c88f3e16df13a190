"""What the catalogue asks of upper apps, which register here from their `ready()`.

`material_change`: open the dossier that examines a version (qualification). `effects`: what a change
of status touches, for the preview page (procurement). `card_lines`: what is said first on the cards of
a list (procurement). `handover_refusal`: what is to be decided before an offer changes hands (qualification).
`chapters`: questions that a link delegates together, though they are of several sections (qualification).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from catalog.models import Offer, OfferVersion

if TYPE_CHECKING:
    from django.http import HttpRequest

    from catalog.questions.engine import Section
    from marketplace.accounts.actors import Actor

MaterialHandler = Callable[[OfferVersion, "Actor"], object]
_MATERIAL: list[MaterialHandler] = []


def register_material_change(handler: MaterialHandler) -> None:
    """One handler only; registering again replaces it. It runs in the transaction of the proposal."""
    _MATERIAL[:] = [handler]


def material_handler() -> MaterialHandler | None:
    return _MATERIAL[0] if _MATERIAL else None


HandoverCheck = Callable[[Offer], str]
_HANDOVER_CHECKS: dict[str, HandoverCheck] = {}


def register_handover_check(name: str, check: HandoverCheck) -> None:
    """`check(offer)` says what is to be done first, or nothing. Registering a name again replaces it."""
    _HANDOVER_CHECKS[name] = check


def handover_refusal(offer: Offer) -> str:
    """The first reason not to move the offer now; empty when there is none."""
    return next((said for check in _HANDOVER_CHECKS.values() if (said := check(offer))), "")


ChapterSource = Callable[[str], "Section | None"]
ChapterList = Callable[[Offer], Iterable["Section"]]
_CHAPTERS: dict[str, tuple[ChapterSource, ChapterList]] = {}


def register_chapters(prefix: str, *, find: ChapterSource, of: ChapterList) -> None:
    """Questions put together otherwise than by section, which a link may delegate as one: `find(name)` by
    its name, which starts with `prefix`, `of(offer)` those of this offer now."""
    _CHAPTERS[prefix] = (find, of)


def chapter(name: str) -> Section | None:
    return next((find(name) for prefix, (find, _) in _CHAPTERS.items() if name.startswith(prefix)), None)


def chapters_of(offer: Offer) -> list[Section]:
    return [one for _, of in _CHAPTERS.values() for one in of(offer)]


@dataclass(frozen=True, slots=True)
class Effect:
    """One kind of thing touched: `items` are (words, address), `people` the ids of those to be told."""

    one: str
    many: str
    items: tuple[tuple[str, str], ...]
    people: frozenset[int] = field(default_factory=frozenset)

    @property
    def count(self) -> int:
        return len(self.items)

    @property
    def words(self) -> str:
        return f"{self.count} {self.one if self.count < 2 else self.many}"


EffectSource = Callable[[list[Offer]], Iterable[Effect]]
_EFFECTS: dict[str, EffectSource] = {}


def register_effects(name: str, source: EffectSource) -> None:
    """`source(offers)` says what relies on these offers. Registering a name again replaces it."""
    _EFFECTS[name] = source


def effects_on(offers: list[Offer]) -> list[Effect]:
    return [effect for source in _EFFECTS.values() for effect in source(offers)]


@dataclass(frozen=True, slots=True)
class CardLine:
    """`kind`: success, warning, error or info, as the messages of the DSFR."""

    kind: str
    text: str


CardLineSource = Callable[["HttpRequest", Sequence[Mapping[str, Any]]], Mapping[int, CardLine]]
_CARD_LINES: dict[str, CardLineSource] = {}


def register_card_lines(name: str, source: CardLineSource) -> None:
    """`source(request, cards)` answers for all by number: its queries do not grow with them."""
    _CARD_LINES[name] = source


def card_lines(request: HttpRequest, cards: Sequence[Mapping[str, Any]]) -> dict[int, CardLine]:
    """The last source registered wins on a number that two speak of."""
    found: dict[int, CardLine] = {}
    for source in _CARD_LINES.values():
        found |= source(request, cards)
    return found
