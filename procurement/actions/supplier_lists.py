from __future__ import annotations

import uuid as uuids
from collections.abc import Sequence

from catalog.models import Supplier
from marketplace.errors import RuleBroken


def suppliers_named(uuids: Sequence[uuids.UUID], *, field: str) -> list[Supplier]:
    """Raises RuleBroken on an unknown one."""
    found = list(Supplier.objects.filter(uuid__in=uuids))
    if len(found) != len(set(uuids)):
        raise RuleBroken("supplier_unknown", "Un de ces fournisseurs n’existe pas.", field=field)
    return found
