"""The filters as the pages show them: groups of values with their counts, ranges, by section."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.safestring import SafeString, mark_safe

from catalog.search.facets import CATEGORY, FACET_LABELS, FACETS, MAIN_FACETS, OFFER, PRICE_MAX, RANGES, Range
from catalog.search.query import OfferPage, OfferQuery
from catalog.search.told import Told
from catalog.views.search_markup import Values, shell

SHOWN_FIRST = 8
# Of a facet with more values (suppliers), those that the most offers have; the others are told by number.
MOST_LISTED = 150


@dataclass(frozen=True, slots=True)
class Group:
    """One facet of the form: its values, the ticked ones, those folded away, those not listed.

    `is_tree`: values stand under one another, in their own order.
    """

    name: str
    told: Told
    chosen: tuple[str, ...]
    first: list[tuple[str, int]]
    folded: list[tuple[str, int]]
    unlisted: int = 0
    is_tree: bool = False

    @property
    def used(self) -> int:
        return len(self.chosen)

    @property
    def html(self) -> SafeString:
        return mark_safe(b"".join(self.parts()).decode())  # noqa: S308 -- made of the template's output

    def parts(self, *, is_open: bool = False) -> list[bytes]:
        """Markup, in UTF-8."""
        before, between, after = shell(
            self.name, FACET_LABELS[self.name], self.used, len(self.folded), self.unlisted, is_open
        )
        around = Values(self.name, self.told, self.chosen)
        first = around.tree(self.first) if self.is_tree else around.each(self.first)
        return [before, *first, between, *around.each(self.folded), after]


@dataclass(frozen=True, slots=True)
class RangeGroup:
    """One number of the form. Without `most`: its other end is chosen elsewhere (the price)."""

    range: Range
    least: str
    most: str | None

    @property
    def used(self) -> int:
        return int(bool(self.least or self.most))


@dataclass(frozen=True, slots=True)
class FilterSection:
    label: str
    groups: tuple[Group, ...]
    ranges: tuple[RangeGroup, ...]

    @property
    def used(self) -> int:
        return sum(one.used for one in (*self.groups, *self.ranges))


def main_facets(query: OfferQuery) -> tuple[str, ...]:
    """Those of the page of offers, and those in use wherever they stand."""
    return (*MAIN_FACETS, *(name for name in query.used if name in FACETS and name not in MAIN_FACETS))


def facet_groups(query: OfferQuery, page: OfferPage) -> Iterator[Group]:
    for name in query.counted or tuple(page.facets):
        if name in page.facets:
            yield _group(name, page.facets, chosen_values(query, name))


def groups_html(groups: Iterable[Group]) -> bytes:
    """One after the other, the first one open. In UTF-8."""
    return b"".join([part for at, group in enumerate(groups) for part in group.parts(is_open=not at)])


def _group(name: str, told: Told, chosen: tuple[str, ...]) -> Group:
    rows = told.rows(name)
    if name == CATEGORY.name and told.is_tree:
        # The first level is told even at zero: who looks for a branch learns that it is empty.
        seen = [row for row in rows if row[1] or row[0] in chosen or not told.parent(name, row[0])]
        return Group(name, told, chosen, seen, [], is_tree=True)
    # At zero a value is kept where it is ticked; elsewhere only while the list stays short.
    kept = [row for row in rows if row[1] or row[0] in chosen] if chosen else [row for row in rows if row[1]]
    if len(kept) > SHOWN_FIRST and name != PRICE_MAX:
        kept.sort(key=_by_count)
    first, folded = kept[:SHOWN_FIRST], kept[SHOWN_FIRST:]
    if len(first) < SHOWN_FIRST:
        first = list(_with_empty(rows, chosen, SHOWN_FIRST - len(kept)))
    listed = folded[:MOST_LISTED] + [row for row in folded[MOST_LISTED:] if row[0] in chosen]
    return Group(name, told, chosen, first, listed, unlisted=len(folded) - len(listed))


def _by_count(row: tuple[str, int]) -> int:
    return -row[1]


def _with_empty(rows: list[tuple[str, int]], chosen: tuple[str, ...], room: int) -> Iterator[tuple[str, int]]:
    """Those told, and as many of the others as there is room for, in their order."""
    for row in rows:
        is_told = row[1] or row[0] in chosen
        if is_told or room:
            room -= not is_told
            yield row


def in_sections(groups: list[Group], query: OfferQuery) -> list[FilterSection]:
    """Every group and every range, in the order in which the facets name their sections."""
    labels: dict[str, None] = {facet.section: None for facet in FACETS.values()}
    ranges = list(range_groups(query))
    labels.update((one.range.section, None) for one in ranges)
    found = (
        FilterSection(
            label,
            tuple(group for group in groups if _section_of(group.name) == label),
            tuple(one for one in ranges if one.range.section == label),
        )
        for label in labels
    )
    return [one for one in found if one.groups or one.ranges]


def _section_of(name: str) -> str:
    return FACETS[name].section if name in FACETS else OFFER


def range_groups(query: OfferQuery, names: Iterable[str] = RANGES) -> Iterator[RangeGroup]:
    for name in names:
        least, most = query.ranges.get(name, (None, None))
        is_price = f"{name}_max" == PRICE_MAX
        yield RangeGroup(RANGES[name], number_text(least), None if is_price else number_text(most))


def range_words(query: OfferQuery) -> Iterator[tuple[str, str]]:
    """(name, words) of each range in use; the most of the price is told among the facets."""
    for name, (least, most) in query.ranges.items():
        one = RANGES[name]
        ends = [f"au moins {number_text(least)}"] if least is not None else []
        ends += [f"au plus {number_text(most)}"] if most is not None else []
        unit = f"\u00a0{one.unit}" if one.unit else ""
        yield name, f"{one.label}\u00a0: {', '.join(ends)}{unit}"


def kept_fields(query: OfferQuery) -> Iterator[tuple[str, str]]:
    """(parameter, value) of every filter in use but the text: what a form carries along."""
    if query.only is not None:
        yield "retained", "1"
    for name, values in query.facets.items():
        yield from ((name, value) for value in values)
    if query.price_max is not None:
        yield PRICE_MAX, number_text(query.price_max)
    for name, (least, most) in query.ranges.items():
        if least is not None:
            yield f"{name}_min", number_text(least)
        if most is not None:
            yield f"{name}_max", number_text(most)


def chosen_values(query: OfferQuery, name: str) -> tuple[str, ...]:
    if name == PRICE_MAX:
        return () if query.price_max is None else (number_text(query.price_max),)
    return query.facets.get(name, ())


def number_text(number: Decimal | None) -> str:
    return "" if number is None else format(number.normalize(), "f")
