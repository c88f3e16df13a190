"""What a verification says: ten ids, each with a verdict, a French message and a path in the document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

PASS, FAIL, UNKNOWN = "pass", "fail", "unknown"
IDS = ("format", "context", "dates", "did", "key", "chain", "signature", "status", "shape", "rules")
MOST_PER_ID = 20
NOT_REACHED = "Non évalué : une étape précédente n’a pas abouti."
INTERRUPTED = "Vérification interrompue : limite de temps ou de mémoire atteinte."

PASSED = {
    "format": "Le document a la forme attendue.",
    "context": "Seuls des contextes de la liste fermée sont employés, et aucun terme n’est perdu.",
    "dates": "Le titre est en cours de validité.",
    "did": "L’émetteur est un did:web dont le document est cohérent.",
    "key": "La clé est publiée pour cet usage et convient à l’algorithme.",
    "chain": "La chaîne de certificats mène à une ancre et couvre l’hôte de l’émetteur.",
    "signature": "La signature correspond au contenu.",
    "status": "Aucune révocation ni suspension n’est annoncée par l’émetteur.",
    "shape": "Les descriptions respectent les formes attendues.",
    "rules": "Les règles entre titres sont respectées.",
}


@dataclass(frozen=True, slots=True)
class Check:
    id: str
    verdict: str
    message: str
    # Keys and indexes from the document's root, joined by dots; empty: the whole document.
    path: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """``generation``: "tagus", "loire" or None when it could not be told. ``anchors``: "supplied"
    (by the caller: never signed, never a badge), "configured" or "none"."""

    generation: str | None
    checks: tuple[Check, ...]
    anchors: str
    # As `facts_of` reads them; empty when something could not be read.
    facts: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    # Edition and sha256 of the official release that judged; None: the project's own contexts and shapes.
    release: dict[str, str] | None = None

    @property
    def verdict(self) -> str:
        """One failure fails; otherwise one unknown leaves it unknown."""
        said = {check.verdict for check in self.checks}
        return next((verdict for verdict in (FAIL, UNKNOWN) if verdict in said), PASS)

    def as_dict(self) -> dict[str, Any]:
        checks = [
            {"id": check.id, "verdict": check.verdict, "message": check.message, "path": check.path}
            for check in self.checks
        ]
        return {
            "generation": self.generation,
            "verdict": self.verdict,
            "anchors": self.anchors,
            "checks": checks,
            "facts": self.facts,
            "release": self.release,
        }


@dataclass(slots=True)
class Findings:
    """What the steps found, in any order."""

    found: list[Check] = field(default_factory=list)
    # Ids that were evaluated: without a finding they pass.
    judged: set[str] = field(default_factory=set)

    def fail(self, id_: str, message: str, path: str = "") -> None:
        self.found.append(Check(id_, FAIL, message, path))

    def unknown(self, id_: str, message: str, path: str = "") -> None:
        self.found.append(Check(id_, UNKNOWN, message, path))

    def passed(self, *ids: str) -> None:
        self.judged.update(ids)

    def failed(self, id_: str, path: str | None = None) -> bool:
        return any(
            check.id == id_ and check.verdict == FAIL and (path is None or check.path.startswith(path))
            for check in self.found
        )

    def checks(self) -> tuple[Check, ...]:
        """In the order of IDS, failures first; an id never judged is unknown."""
        return tuple(check for id_ in IDS for check in self._of(id_))

    def _of(self, id_: str) -> Iterable[Check]:
        mine = dict.fromkeys(check for check in self.found if check.id == id_)
        if mine:
            return sorted(mine, key=lambda check: check.verdict != FAIL)[:MOST_PER_ID]
        if id_ in self.judged:
            return [Check(id_, PASS, PASSED[id_])]
        return [Check(id_, UNKNOWN, NOT_REACHED)]


def interrupted(anchors: str, *, release: dict[str, str] | None = None) -> Report:
    """Our own limit was reached: nothing is held against the document."""
    checks = tuple(Check(id_, UNKNOWN, INTERRUPTED) for id_ in IDS)
    return Report(None, checks, anchors, release=release)
