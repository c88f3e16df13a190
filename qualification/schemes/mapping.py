"""How the requirements of one scheme meet those of another: equal, covers or partly, each with a source.

Read from `mappings/*.toml`: `from` and `to` name two editions, `[links]` gives for a requirement or a
section of `from` the requirements or sections of `to`. `covers`: who holds `to` meets `from`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from qualification import schemes

EQUAL, COVERS, PARTLY = "equal", "covers", "partly"
KINDS = (EQUAL, COVERS, PARTLY)


@dataclass(frozen=True, slots=True)
class Mapping:
    """``links``: code in ``source_key`` → codes in ``target_key``, both « code-edition »."""

    source_key: str
    target_key: str
    kind: str
    source: str
    links: dict[str, tuple[str, ...]]

    @property
    def certificate(self) -> str:
        """The certificate that holds the target; empty when none does."""
        return schemes.edition_named(self.target_key).certificate

    def targets(self, code: str, section: str) -> tuple[str, ...]:
        """What meets this requirement, told of itself or of its section."""
        return self.links.get(code) or self.links.get(section, ())

    def backwards(self) -> Mapping:
        """Two things that cross or are equal do so both ways. Raises ValueError for « covers »."""
        if self.kind == COVERS:
            raise ValueError("what covers is not covered")
        turned: dict[str, tuple[str, ...]] = {}
        for code, targets in self.links.items():
            for target in targets:
                turned[target] = (*turned.get(target, ()), code)
        return Mapping(self.target_key, self.source_key, self.kind, self.source, turned)


def mappings() -> tuple[Mapping, ...]:
    """Every one, those that go both ways given twice."""
    return _both_ways(schemes.FOLDER)


@cache
def _both_ways(folder: Path) -> tuple[Mapping, ...]:
    written = _written(folder)
    return (*written, *(each.backwards() for each in written if each.kind != COVERS))


def _written(folder: Path) -> tuple[Mapping, ...]:
    found = []
    for path in sorted(folder.glob("mappings/*.toml")):
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        links = {code: tuple(targets) for code, targets in data["links"].items()}
        found.append(Mapping(data["from"], data["to"], data["kind"], data["source"], links))
    return tuple(found)


def mappings_from(key: str) -> tuple[Mapping, ...]:
    return tuple(each for each in mappings() if each.source_key == key)
