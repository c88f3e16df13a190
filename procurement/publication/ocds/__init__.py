"""OCDS 1.1.5: releases that each say all that is public of a process, so the newest is the compiled one.

Source: open-contracting/standard, tag 1__1__5. Lists are merged by `id` there, so nothing listed once is
ever left out of a later release: who is replaced stays a party, their award is closed and another one made.
Unknown is absent, never null. Lots are told by the extension of that name (`package`).
"""

from procurement.publication.ocds.contract import amended, awarded, names_of, notified
from procurement.publication.ocds.issue import Issue
from procurement.publication.ocds.merging import compiled, record
from procurement.publication.ocds.package import Package
from procurement.publication.ocds.tender import (
    lot_ended,
    tender_amended,
    tender_ended,
    tender_invited,
    tendered,
)

__all__ = [
    "Issue",
    "Package",
    "amended",
    "awarded",
    "compiled",
    "lot_ended",
    "names_of",
    "notified",
    "record",
    "tender_amended",
    "tender_ended",
    "tender_invited",
    "tendered",
]
