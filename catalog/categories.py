"""The tree of categories as readers of the catalogue need it: one query, then plain data.

An offer has one category. A question about a branch is a question about its leaves (`under`), and counts
add up exactly: the search keeps codes alone, so that moving a category changes no search row.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from marketplace.postgres.prepared import Prepared

BETWEEN = " › "


@dataclass(frozen=True, slots=True)
class Node:
    """An open category. `path`: labels from the first level down to its own."""

    code: str
    label: str
    parent: str
    path: tuple[str, ...]

    @property
    def level(self) -> int:
        return len(self.path)

    @property
    def words(self) -> str:
        return BETWEEN.join(self.path)


@dataclass(frozen=True, slots=True)
class CategoryTree:
    """`nodes`: code → open category, in the order of the tree. `replaced`: retired code → open code, or
    nothing. `under`: of those that have others below them, code → itself and all of them. `state`: that of
    the table when it was read, `STATE`."""

    nodes: Mapping[str, Node] = field(default_factory=dict)
    replaced: Mapping[str, str] = field(default_factory=dict)
    under: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    state: bytes = b""

    def standing(self, code: str) -> str:
        """The open code that a code means today; empty when it means nothing."""
        return code if code in self.nodes else self.replaced.get(code, "")

    @property
    def said(self) -> dict[str, str]:
        """The word of every code, retired ones by what replaces them."""
        labels = {code: node.label for code, node in self.nodes.items()}
        return labels | {old: labels[new] for old, new in self.replaced.items() if new in labels}

    def options(self, *, current: str = "") -> dict[str, str]:
        """For a form, in the order of the tree. `current` stays on it when it is retired: an answer is not
        changed behind its author's back."""
        found = {code: node.words for code, node in self.nodes.items()}
        if current in self.replaced:
            new = self.nodes.get(self.replaced[current])
            found[current] = f"Catégorie retirée, remplacée par {new.label}" if new else "Catégorie retirée"
        return found


EMPTY = CategoryTree()
# Another text whenever a row is written or deleted: which transaction wrote each row that is seen, and where.
STATE = "(SELECT string_agg(xmin::text || ctid::text, ' ') FROM catalog_category)"
# One value, which is compared with the last one read: a row each would cost more to receive than to find.
_ROWS = Prepared(
    "catalog_category_tree",
    (),
    "SELECT json_agg(json_build_array(id, code, label, parent_id, merged_into_id, state)"  # noqa: S608 -- a constant
    f" ORDER BY position, label, id)::text, {STATE} FROM catalog_category",
    (bytes, bytes),
)
# The last tree read here: for who finds out, in a statement of its own, whether it still stands.
_last: list[CategoryTree] = []


def category_tree() -> CategoryTree:
    """One query; the tree is built again only when its rows are others than last time."""
    ((rows, state),) = _ROWS.rows()
    _last[:] = [tree_of(rows or b"[]", state or b"")]
    return _last[0]


def last_tree() -> CategoryTree:
    """As it was read last by this process: no query, but for the first time."""
    return _last[0] if _last else category_tree()


def category_options(answers: Mapping[str, Any]) -> dict[str, str]:
    """What a form offers beside these answers. One query."""
    return category_tree().options(current=answers.get("category") or "")


def category_words() -> dict[str, str]:
    """Code → word, retired codes included. One query."""
    return category_tree().said


@lru_cache(maxsize=8)
def tree_of(rows: bytes, table: bytes = b"") -> CategoryTree:
    """`rows`: JSON, [id, code, label, id of the parent, id of what replaces it, state] each, in order;
    `table`: the state of their table."""
    children: dict[str, list[tuple[str, str]]] = {}
    replaced: dict[str, str] = {}
    read = json.loads(rows)
    codes: dict[int | None, str] = {row[0]: row[1] for row in read}
    for _, code, label, parent, successor, state in read:
        if state == "open":
            children.setdefault(codes.get(parent, ""), []).append((code, label))
        else:
            replaced[code] = codes.get(successor, "")
    nodes: dict[str, Node] = {}
    under: dict[str, tuple[str, ...]] = {}

    def walk(parent: str, path: tuple[str, ...]) -> tuple[str, ...]:
        below: list[str] = []
        for code, label in children.get(parent, ()):
            nodes[code] = Node(code, label, parent, (*path, label))
            found = (code, *walk(code, (*path, label)))
            if len(found) > 1:
                under[code] = found
            below += found
        return tuple(below)

    walk("", ())
    return CategoryTree(nodes, replaced, under, table)
