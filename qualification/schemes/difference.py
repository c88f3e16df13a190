"""What another edition of a scheme changes: requirements that come, go, or ask something else."""

from __future__ import annotations

from dataclasses import dataclass, fields

from qualification.schemes import Requirement, Scheme

WORDS = {
    "title": "libellé",
    "rule": "règle",
    "checks": "contrôles automatiques",
    "mandatory": "contrôles obligatoires",
    "questions": "réponses lues",
    "facts": "autres faits lus",
    "section": "section",
    "kind": "obligation ou recommandation",
    "models": "modèles de service",
    "periods": "période",
    "for_customer": "livrable au client",
    "answers": "réponses attendues",
    "levels": "niveaux",
    "standards": "preuves admises",
    "options": "options",
    "proof": "preuve demandée",
    "retired": "en usage",
    "inherited": "prouvée par une couche",
    "rated_by": "niveau demandé au fournisseur",
    "weight": "poids",
}


@dataclass(frozen=True, slots=True)
class Changed:
    """One requirement in two editions; ``what`` names in French what differs."""

    before: Requirement
    after: Requirement
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    before: Scheme
    after: Scheme
    added: tuple[Requirement, ...]
    removed: tuple[Requirement, ...]
    changed: tuple[Changed, ...]
    same: int

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.changed)


def difference(before: Scheme, after: Scheme) -> Difference:
    """Of two editions of one scheme. Raises ValueError for two schemes."""
    if before.code != after.code:
        raise ValueError(f"{before.code} and {after.code} are two schemes")
    old = {each.code: each for each in before.requirements}
    new = {each.code: each for each in after.requirements}
    changed = [Changed(old[code], new[code], _what(old[code], new[code])) for code in new if code in old]
    moved = tuple(each for each in changed if each.what)
    return Difference(
        before,
        after,
        added=tuple(new[code] for code in new if code not in old),
        removed=tuple(old[code] for code in old if code not in new),
        changed=moved,
        same=len(changed) - len(moved),
    )


def _what(before: Requirement, after: Requirement) -> tuple[str, ...]:
    names = [each.name for each in fields(Requirement) if each.name != "code"]
    return tuple(WORDS[name] for name in names if getattr(before, name) != getattr(after, name))
