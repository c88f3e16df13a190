"""What each box is about, as bytes: authenticated with it, so that it opens nowhere else."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical(value: Any) -> bytes:
    """One byte string for one value: sorted keys, no space, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def deposit_context(*, consultation: str, lot: int, supplier: str, sequence: int, key: str) -> bytes:
    """Of a response: `consultation` and `supplier` are UUIDs as text, `key` the public key's fingerprint."""
    return canonical(
        {
            "what": "response",
            "consultation": consultation,
            "lot": lot,
            "supplier": supplier,
            "sequence": sequence,
            "key": key,
        }
    )


def share_context(*, key: str, position: int) -> bytes:
    """Of a share wrapped for its holder."""
    return canonical({"what": "share", "key": key, "position": position})


def gift_context(*, key: str, giver: int, receiver: int) -> bytes:
    """Of a share that its holder hands to another one during the ceremony."""
    return canonical({"what": "gift", "key": key, "giver": giver, "receiver": receiver})


def dummy_context(*, key: str) -> bytes:
    return canonical({"what": "dummy", "key": key})


def commitment(entries: list[dict[str, Any]], *, salt: str) -> str:
    """SHA-256 over the whole set of deposits: fixes it, and says neither names nor number."""
    return hashlib.sha256(canonical({"salt": salt, "deposits": entries})).hexdigest()
