"""What was typed, read as a sentence: words, « phrases », OU (or OR), -exclusion, début*; with its synonyms.

The stems are PostgreSQL's: nothing here guesses a French inflection.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SYNONYMS = Path(__file__).with_name("synonyms.toml")
MAX_TERMS = 32
WORD, PREFIX, LEXEME = "word", "prefix", "lexeme"
_TOKEN = re.compile(r'(?P<not>-?)"(?P<phrase>[^"]*)(?:"|$)|(?P<word>\S+)')
_OR = frozenset({"or", "OR", "ou", "OU"})
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to find. `forms`: what was typed, then its synonyms; any of them will do.

    `kind` PREFIX: `forms` holds the folded beginning of a word; LEXEME: a lexeme as PostgreSQL keeps it,
    put in place of a mistyped word (`catalog.search.mending`).
    """

    forms: tuple[str, ...]
    kind: str = WORD
    is_excluded: bool = False
    is_phrase: bool = False

    @property
    def typed(self) -> str:
        return self.forms[0]


# Any of the alternatives, each of them all of its terms.
Sentence = tuple[tuple[Term, ...], ...]


def read(text: str) -> Sentence:
    """Empty when nothing was typed. At most MAX_TERMS terms; what follows is left out."""
    alternatives: list[list[Term]] = [[]]
    for count, found in enumerate(_TOKEN.finditer(text.replace("\x00", " "))):
        if count >= MAX_TERMS:
            break
        if found["word"] in _OR:
            alternatives.append([])
        elif term := _term(found):
            alternatives[-1].append(term)
    return tuple(tuple(terms) for terms in alternatives if terms)


def _term(found: re.Match[str]) -> Term | None:
    if found["word"] is None:
        phrase = found["phrase"].strip()
        return Term(with_synonyms(phrase), is_excluded=bool(found["not"]), is_phrase=True) if phrase else None
    word = found["word"].replace('"', "")
    is_excluded = word.startswith("-")
    word = word.lstrip("-")
    if not (word.isalnum() or any(letter.isalnum() for letter in word)):
        return None
    if word.endswith("*") and len(word) > 2:
        return Term((fold(word.rstrip("*")),), PREFIX, is_excluded)
    return Term(with_synonyms(word), is_excluded=is_excluded)


def fold(word: str) -> str:
    """Small letters without accents, as PostgreSQL's `unaccent` gives them for French."""
    if word.isascii():
        return word.lower()
    plain = unicodedata.normalize("NFKD", word.lower().translate(_LIGATURES))
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def with_synonyms(typed: str) -> tuple[str, ...]:
    return typed, *synonyms().get(fold(typed), ())


@cache
def synonyms() -> dict[str, tuple[str, ...]]:
    """Folded word → what also answers it. `both`: each stands for the others; `also`: one way only.

    Raises ValueError when the file gives a word twice.
    """
    data = tomllib.loads(SYNONYMS.read_text(encoding="utf-8"))
    found: dict[str, tuple[str, ...]] = {}
    for word, others in _entries(data):
        if fold(word) in found:
            raise ValueError(f"synonyms.toml gives « {word} » twice")
        found[fold(word)] = others
    return found


def _entries(data: dict[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for row in data["synonym"]:
        if "both" in row:
            for word in row["both"]:
                yield word, tuple(other for other in row["both"] if other != word)
        else:
            yield row["typed"], tuple(row["also"])


TEXT_CONFIG = "catalog_french"


def quoted(lexeme: str) -> str:
    """As the text of a tsquery holds it."""
    escaped = lexeme.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def as_sql(sentence: Sentence, parameters: dict[str, Any]) -> str:
    """An SQL expression of type tsquery, its values added to `parameters`; empty when nothing was typed.

    Stop words give an empty tsquery, which the operators leave out.
    """
    count = 0

    def one(form: str, kind: str) -> str:
        nonlocal count
        name = f"form_{(count := count + 1)}"
        if kind != WORD:
            parameters[name] = f"{quoted(form)}:*" if kind == PREFIX else quoted(form)
            return f"%({name})s::tsquery"
        parameters[name] = form
        return f"phraseto_tsquery('{TEXT_CONFIG}', %({name})s)"

    def whole(term: Term) -> str:
        any_of = f"({' || '.join(one(form, term.kind) for form in term.forms)})"
        return f"(!! {any_of})" if term.is_excluded else any_of

    return " || ".join(f"({' && '.join(whole(term) for term in terms)})" for terms in sentence)
