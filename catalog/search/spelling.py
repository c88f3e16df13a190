"""Words of the catalogue's names near to one that found nothing: a hint on a page without result, never an
answer."""

from __future__ import annotations

import difflib
import string
from collections.abc import Iterable
from typing import Any

import numpy as np

# Of difflib's ratio: twice the letters in common, by all the letters of both.
NEAR = 0.75
SHORTEST, LONGEST = 4, 40
LETTERS = string.ascii_lowercase + string.digits
# Any other letter counts as one and the same: more words are looked at, none is lost.
_OTHER, _NONE = len(LETTERS), len(LETTERS) + 1
_PLACES = np.full(128, _OTHER, dtype=np.intp)
_PLACES[[ord(letter) for letter in LETTERS]] = range(len(LETTERS))
_PLACES[0] = _NONE


class Spellings:
    """Words, small letters, with how many of each letter they have."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = sorted(word for word in set(words) if SHORTEST <= len(word) <= LONGEST)
        self.letters = _counted(self.words)
        self.lengths = self.letters.sum(axis=1)

    def nearest(self, typed: str) -> str | None:
        """None as well when the nearest is the word itself."""
        near = difflib.get_close_matches(typed, self.with_its_letters(typed), n=1, cutoff=NEAR)
        return near[0] if near and near[0] != typed else None

    def with_its_letters(self, typed: str) -> list[str]:
        """Those that may be near: they have enough letters in common, in whatever order. difflib's own first
        look, at all the words at once."""
        common = np.minimum(self.letters, _counted([typed])).sum(axis=1)
        kept = 2 * common >= NEAR * (len(typed) + self.lengths)
        return [self.words[place] for place in np.flatnonzero(kept)]


def _counted(words: list[str]) -> Any:
    """A row a word, a column a letter."""
    if not words:
        return np.zeros((0, _NONE), dtype=np.int64)
    letters = np.array(words).view(np.uint32).reshape(len(words), -1)
    places = np.where(letters < len(_PLACES), _PLACES[letters % len(_PLACES)], _OTHER)
    places += np.arange(len(words))[:, np.newaxis] * (_NONE + 1)
    counted = np.bincount(places.ravel(), minlength=len(words) * (_NONE + 1))
    return counted.reshape(len(words), -1)[:, :_NONE]
