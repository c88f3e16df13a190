"""Where a supplier's identity is looked up. Another register is a class named by LEGAL_REGISTER."""

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from catalog.models import Supplier
from marketplace.reference.releases import current_release
from qualification.facts import RegisterEntry

RELEASE = "legal_register"


@dataclass(frozen=True, slots=True)
class Reading:
    """``entry`` None: not in this register. ``register`` names the register and its edition."""

    register: str
    read_on: dt.date | None
    entry: RegisterEntry | None


class LegalRegister(Protocol):
    def look_up(self, *, scheme: str, identifier: str, on: dt.date) -> Reading:
        """Network or database; raises when the register cannot be read (the run is then tried again)."""


class EmbeddedRegister:
    """The small file of the demonstration's suppliers, as loaded. One query."""

    def look_up(self, *, scheme: str, identifier: str, on: dt.date) -> Reading:
        release = current_release(RELEASE, on=on)
        if release is None:
            return Reading("", None, None)
        siren = identifier[:9] if scheme.upper() in ("SIREN", "SIRET") else identifier
        found = next((row for row in release.payload["entries"] if row["identifier"] == siren), None)
        return Reading(
            f"{release.source}, édition {release.edition}", release.read_on, found and _entry(found)
        )


def identifier_of(supplier: Supplier) -> tuple[str, str]:
    """(scheme, identifier): the organisation's own once it has claimed its sheets, else the sheet's."""
    organisation = supplier.organisation
    if organisation is not None:
        return organisation.identifier_scheme, organisation.identifier
    return supplier.identifier_scheme.upper(), supplier.identifier


def _entry(row: dict[str, str]) -> RegisterEntry:
    ceased = row.get("ceased_on")
    return RegisterEntry(
        legal_name=row["legal_name"],
        ceased_on=dt.date.fromisoformat(ceased) if ceased else None,
        insolvency=row.get("insolvency", ""),
    )


def legal_register() -> LegalRegister:
    register: LegalRegister = import_string(settings.LEGAL_REGISTER)()
    return register
