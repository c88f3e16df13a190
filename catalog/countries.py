"""Places named in answers: « FR » or « FR-Roubaix ». Zones are read from the country code."""

from __future__ import annotations

import re
from collections.abc import Iterable

EU_COUNTRIES = frozenset(
    [
        "AT",
        "BE",
        "BG",
        "CY",
        "CZ",
        "DE",
        "DK",
        "EE",
        "ES",
        "FI",
        "FR",
        "GR",
        "HR",
        "HU",
        "IE",
        "IT",
        "LT",
        "LU",
        "LV",
        "MT",
        "NL",
        "PL",
        "PT",
        "RO",
        "SE",
        "SI",
        "SK",
    ]
)
EEA_COUNTRIES = EU_COUNTRIES | {"IS", "LI", "NO"}

COUNTRY_NAMES = {
    "AT": "Autriche", "BE": "Belgique", "BG": "Bulgarie", "CY": "Chypre", "CZ": "Tchéquie",
    "DE": "Allemagne", "DK": "Danemark", "EE": "Estonie", "ES": "Espagne", "FI": "Finlande",
    "FR": "France", "GR": "Grèce", "HR": "Croatie", "HU": "Hongrie", "IE": "Irlande", "IT": "Italie",
    "LT": "Lituanie", "LU": "Luxembourg", "LV": "Lettonie", "MT": "Malte", "NL": "Pays-Bas",
    "PL": "Pologne", "PT": "Portugal", "RO": "Roumanie", "SE": "Suède", "SI": "Slovénie",
    "SK": "Slovaquie", "IS": "Islande", "LI": "Liechtenstein", "NO": "Norvège", "CH": "Suisse",
    "GB": "Royaume-Uni", "US": "États-Unis", "CA": "Canada", "IN": "Inde", "JP": "Japon",
    "SG": "Singapour", "AU": "Australie", "BR": "Brésil", "MA": "Maroc", "TN": "Tunisie",
    "SN": "Sénégal", "MG": "Madagascar", "MU": "Maurice", "UA": "Ukraine", "TR": "Turquie",
    "IL": "Israël", "KR": "Corée du Sud", "CN": "Chine", "HK": "Hong Kong", "AE": "Émirats arabes unis",
    "ZA": "Afrique du Sud", "MX": "Mexique", "NZ": "Nouvelle-Zélande", "MC": "Monaco",
    "NC": "Nouvelle-Calédonie", "PF": "Polynésie française",
}  # fmt: skip

ZONE_LABELS = {"EU": "Union européenne seulement", "unknown": "Inconnue"}
_REGION = re.compile(r"([A-Z]{2})(?:-[\w][\w .’'-]{0,55})?")


def country_of(region: str) -> str | None:
    """The country code of a region, or None when the text is not a region."""
    found = _REGION.fullmatch(region)
    return found[1] if found and found[1] in COUNTRY_NAMES else None


def as_region(text: str) -> str:
    """The country's code in capitals: « fr-Roubaix » is « FR-Roubaix ». Anything else as it stands."""
    country, dash, place = text.partition("-")
    return f"{country.upper()}{dash}{place}" if len(country) == 2 else text


def region_error(region: str) -> str | None:
    if country_of(region) is None:
        return (
            f"« {region[:60]} » n’est pas une région connue. Écrivez le code du pays sur deux lettres, "
            "puis le lieu si vous le souhaitez : « FR-Roubaix »."
        )
    return None


def zones(regions: Iterable[str] | None) -> list[str]:
    """Country codes, and « EU » when every region is in the Union. Unknown regions give « unknown »."""
    found = sorted({code for region in regions or () if (code := country_of(region))})
    if not found:
        return ["unknown"]
    return [*found, "EU"] if EU_COUNTRIES.issuperset(found) else found


def place_words(region: str) -> str:
    """« Paris (France) » of « FR-Paris », « France » of « FR »; what is no region as it stands."""
    country = country_of(region)
    if country is None:
        return region
    place = region[len(country) + 1 :]
    return f"{place} ({zone_label(country)})" if place else zone_label(country)


def zone_label(zone: str) -> str:
    return ZONE_LABELS.get(zone) or COUNTRY_NAMES.get(zone, zone)
