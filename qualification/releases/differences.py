"""What one release describes and another does not: contexts, types, anchors. Verdicts are the preview's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from rdflib import SH, Graph

from qualification.gaiax import contexts
from qualification.models import GaiaxRelease

OWN_SHAPES = Path(contexts.__file__).parent / "shapes"
GENERATIONS = {"tagus": "Tagus", "loire": "Loire"}
NAMESPACES = {"tagus": contexts.TAGUS, "loire": contexts.LOIRE}


@dataclass(frozen=True, slots=True)
class Line:
    """``gained`` and ``lost`` by the release read, against what is in force."""

    title: str
    count: int
    gained: tuple[str, ...]
    lost: tuple[str, ...]


def lines_of(release: GaiaxRelease | None, present: GaiaxRelease | None) -> tuple[Line, ...]:
    return tuple(_lines(summary_of(release), summary_of(present)))


def _lines(after: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[Line]:
    yield _line("Contextes", after["contexts"], before["contexts"])
    for generation, name in GENERATIONS.items():
        now, then = (side["types"].get(generation, []) for side in (after, before))
        yield _line(f"Types décrits, {name}", now, then)
    subjects = ([one["subject"] for one in side["anchors"]] for side in (after, before))
    yield _line("Ancres de confiance", *subjects)


def _line(title: str, after: list[str], before: list[str]) -> Line:
    return Line(title, len(after), tuple(sorted({*after} - {*before})), tuple(sorted({*before} - {*after})))


def summary_of(release: GaiaxRelease | None) -> Mapping[str, Any]:
    if release is None:
        return own_summary()
    # An address, or a type, that a release leaves out keeps our own context or shape.
    merged = sorted({*release.summary["contexts"], *contexts.KNOWN})
    types = {
        generation: sorted({*own, *release.summary["types"].get(generation, ())})
        for generation, own in own_summary()["types"].items()
    }
    return {**release.summary, "contexts": merged, "types": types}


@cache
def own_summary() -> Mapping[str, Any]:
    """Of the project's own contexts and shapes; its anchors are those of the settings."""
    types = {generation: sorted(_own_types(generation)) for generation in GENERATIONS}
    return {"contexts": sorted(contexts.KNOWN), "types": types, "anchors": []}


def _own_types(generation: str) -> Iterator[str]:
    graph = Graph().parse(OWN_SHAPES / f"{generation}.ttl", format="turtle")
    start = len(NAMESPACES[generation])
    return (str(target)[start:] for target in graph.objects(None, SH.targetClass))
