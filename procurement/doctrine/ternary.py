"""Kleene's three-valued logic: one « no » settles a conjunction, one « yes » settles an alternative."""

from collections.abc import Iterable

from procurement.doctrine.facts import Ternary


def all_of(*parts: Ternary) -> Ternary:
    refused = [part for part in parts if part.value is False]
    if refused:
        return Ternary(False, refused[0].because)
    open_parts = [part for part in parts if part.value is None]
    if open_parts:
        return Ternary(None, "", _names(open_parts))
    return Ternary(True, _joined(parts, " et "))


def any_of(*parts: Ternary) -> Ternary:
    met = [part for part in parts if part.value is True]
    if met:
        return Ternary(True, _joined(met, " ; de plus, "))
    open_parts = [part for part in parts if part.value is None]
    if open_parts:
        return Ternary(None, "", _names(open_parts))
    return Ternary(False, _joined(parts, " et "))


def _names(parts: Iterable[Ternary]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in parts for name in part.missing))


def _joined(parts: Iterable[Ternary], link: str) -> str:
    return link.join(dict.fromkeys(part.because for part in parts if part.because))
