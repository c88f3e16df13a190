"""CPV codes of cloud and information technology, in five families that are a hint of what is alike.

Codes and French words: OP-TED/eForms-SDK, translations/code_fr.xml, Office des publications de l'Union
européenne, CC BY 4.0, words as they are. The families were made for this marketplace: no text defines them.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("cpv_cloud_it.csv")
FAMILY_LABELS = {
    "hebergement_iaas": "Hébergement et infrastructure",
    "paas_donnees": "Plateformes et données",
    "saas_logiciels": "Logiciels",
    "securite_secours": "Sécurité et secours",
    "conseil_integration": "Conseil et intégration",
}
GROUP_DIGITS = 3


@dataclass(frozen=True)
class CpvCode:
    code: str
    label: str
    family: str


@dataclass(frozen=True)
class CpvFamily:
    """`codes`: those of the family; empty for a group of the nomenclature, whose codes share `prefix`."""

    label: str
    codes: frozenset[str] = frozenset()
    prefix: str = ""

    def holds(self, code: str) -> bool:
        if self.codes:
            return code in self.codes
        return code.startswith(self.prefix) and code not in known_codes()


@cache
def known_codes() -> dict[str, CpvCode]:
    """By code, in the order of the file."""
    with _FILE.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream)
        return {row["code"]: CpvCode(row["code"], row["label_fr"], row["family"]) for row in rows}


def family_of(code: str) -> CpvFamily:
    """Of a known code: its family; of another: the group of its first three digits."""
    known = known_codes().get(code)
    if known is None:
        prefix = code[:GROUP_DIGITS]
        return CpvFamily(f"Groupe CPV {prefix}", prefix=prefix)
    alike = frozenset(one.code for one in known_codes().values() if one.family == known.family)
    return CpvFamily(FAMILY_LABELS[known.family], codes=alike)


def label_of(code: str) -> str:
    """« 72317000 Services de stockage de données », or the code alone where its words are not held."""
    known = known_codes().get(code)
    return f"{code} {known.label}" if known else code
