"""The cheapest sets that cover a whole: exact by branch and bound, or greedy. Pure, on bits."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar

T = TypeVar("T", bound=Hashable)
# Compared part by part; each part is a sum of what the members cost, never negative.
Price = tuple[int, ...]


def cheapest(sets: Mapping[T, int], whole: int, price: Callable[[T], Price]) -> list[T]:
    """Of the families whose bits together make ``whole``, one of the least price.

    Exponential at worst: each step takes the bit that the fewest sets hold, tries these sets, and gives up
    what already costs as much as the best family found. Raises ValueError when ``sets`` do not make
    ``whole``.
    """
    _check(sets, whole)
    prices = {one: price(one) for one in sets}
    best: list[T] = []
    best_price: Price | None = None

    def search(done: int, some: list[T], spent: Price) -> None:
        nonlocal best, best_price
        if best_price is not None and spent >= best_price:
            return
        left = whole & ~done
        if not left:
            best, best_price = list(some), spent
            return
        for one in sorted(_rarest(sets, left), key=prices.__getitem__):
            search(done | sets[one], [*some, one], _added(spent, prices[one]))

    width = max((len(each) for each in prices.values()), default=0)
    search(0, [], (0,) * width)
    return best


def greedy(sets: Mapping[T, int], whole: int, price: Callable[[T], Price]) -> list[T]:
    """The set that costs least for each new bit, again and again. Raises ValueError as :func:`cheapest`."""
    _check(sets, whole)
    found: list[T] = []
    done = 0
    while done != whole:
        new = {one: gain for one, bits in sets.items() if (gain := (bits & ~done).bit_count())}
        best = min(new, key=lambda one: tuple(part / new[one] for part in price(one)))
        found.append(best)
        done |= sets[best]
    return found


def _check(sets: Mapping[T, int], whole: int) -> None:
    reach = 0
    for bits in sets.values():
        reach |= bits
    if reach != whole:
        raise ValueError("the sets together do not make the whole")


def _rarest(sets: Mapping[T, int], left: int) -> list[T]:
    """Those that hold the open bit that the fewest hold."""
    fewest: list[T] | None = None
    while left:
        bit = left & -left
        holders = [one for one, bits in sets.items() if bits & bit]
        if fewest is None or len(holders) < len(fewest):
            fewest = holders
        common = left
        for one in holders:
            common &= sets[one]
        # Bits that the very same sets hold are one question.
        left &= ~(bit | (common & ~_held_by_others(sets, holders)))
    return fewest or []


def _held_by_others(sets: Mapping[T, int], holders: list[T]) -> int:
    found = 0
    for one, bits in sets.items():
        if one not in holders:
            found |= bits
    return found


def _added(left: Price, right: Price) -> Price:
    return tuple(one + other for one, other in zip(left, right, strict=True))
