from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from marketplace.accounts.enums import BUYER_ROLES, OPERATOR_ROLES, SUPPLIER_ROLES, Role

if TYPE_CHECKING:
    from tests.habits.matrix.world import World

STRANGER = "stranger"
# A member of another ministry, of another supplier: every right of theirs, over things of their own.
OTHER_BUYER, OTHER_SUPPLIER = "other_buyer", "other_supplier"
NOBODY: frozenset[str] = frozenset()
BUYERS = frozenset(str(role) for role in BUYER_ROLES)
SUPPLIERS = frozenset(str(role) for role in SUPPLIER_ROLES)
OPERATORS = frozenset(str(role) for role in OPERATOR_ROLES)
AUDITOR = frozenset({str(Role.AUDITOR)})
SIGNED_IN = frozenset({*(str(role) for role in Role), OTHER_BUYER, OTHER_SUPPLIER})
EVERYBODY = SIGNED_IN | {STRANGER}


def only(*roles: str) -> frozenset[str]:
    return frozenset(str(role) for role in roles)


@dataclass(frozen=True)
class Row:
    """`who` gets in (any answer but a refusal); everybody else is refused. `kwargs`: of the address."""

    who: frozenset[str]
    kwargs: Callable[[World], dict[str, Any]] = field(default=lambda world: {})
    data: Callable[[World], Any] = field(default=lambda world: {})
    query: Callable[[World], str] = field(default=lambda world: "")
    # `readyz` answers 503 where no broker runs.
    may_be_down: bool = False
    headers: Callable[[World], dict[str, str]] = field(default=lambda world: {})
