"""The registration numbers of one company in their several forms. Pure."""

from __future__ import annotations

import re

SIREN = re.compile(r"\d{9}")


def vat_of_siren(siren: str) -> str:
    """The French VAT number: « FR », a key of two figures, the SIREN. Empty for what is no SIREN.
    Source: code général des impôts, article 286 ter; key = (12 + 3 × (SIREN mod 97)) mod 97."""
    if not SIREN.fullmatch(siren):
        return ""
    return f"FR{(12 + 3 * (int(siren) % 97)) % 97:02d}{siren}"


def siren_in(number: str) -> str:
    """The SIREN inside a SIRET, a French VAT number, an EUID or itself; empty when there is none."""
    plain = re.sub(r"[\s.-]", "", number).upper()
    if re.fullmatch(r"\d{14}", plain):
        return plain[:9]
    if re.fullmatch(r"FR\d{11}", plain):
        return plain[4:]
    if found := re.fullmatch(r"FR\w*?(\d{9})", plain):
        return found[1]
    return plain if SIREN.fullmatch(plain) else ""


def same_number(one: str, other: str) -> bool:
    """Whether two numbers, each in its own form, are of one company."""
    return (siren_in(one) or one) == (siren_in(other) or other)
