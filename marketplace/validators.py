"""Validators shared by forms, serializers and models. Each *_error returns a French sentence or None."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from stdnum.eu import vat as eu_vat
from stdnum.fr import siren as fr_siren
from stdnum.fr import siret as fr_siret

# DECP 2.0.3 gives no format for these; we keep what the registers print.
_PLAIN = {
    "TAHITI": re.compile(r"[0-9A-Z]{6,9}"),
    "RIDET": re.compile(r"[0-9]{7,10}"),
    "FRWF": re.compile(r"[0-9A-Z]{4,18}"),
    "IREP": re.compile(r"[0-9A-Z]{4,18}"),
    "HORS-UE": re.compile(r"[0-9A-Za-z .\-]{2,18}"),
}


def siren_error(value: str) -> str | None:
    """Nine digits and the Luhn key."""
    if not re.fullmatch(r"[0-9]{9}", value):
        return "Un SIREN compte 9 chiffres, sans espace."
    return None if fr_siren.is_valid(value) else "Ce SIREN n’est pas valable : sa clé de contrôle est fausse."


def siret_error(value: str) -> str | None:
    """Fourteen digits and the Luhn key; La Poste (SIREN 356000000) sums to a multiple of 5."""
    if not re.fullmatch(r"[0-9]{14}", value):
        return "Un SIRET compte 14 chiffres, sans espace."
    return None if fr_siret.is_valid(value) else "Ce SIRET n’est pas valable : sa clé de contrôle est fausse."


def eu_vat_error(value: str) -> str | None:
    return None if eu_vat.is_valid(value) else "Ce numéro de TVA intracommunautaire n’est pas valable."


def identifier_error(scheme: str, value: str) -> str | None:
    """The rule of the scheme, or « unknown scheme »."""
    if scheme == "SIRET":
        return siret_error(value)
    if scheme == "SIREN":
        return siren_error(value)
    if scheme == "TVA":
        return eu_vat_error(value)
    pattern = _PLAIN.get(scheme)
    if pattern is None:
        return "Ce type d’identifiant n’existe pas."
    return None if pattern.fullmatch(value) else f"Cet identifiant {scheme} n’a pas la forme attendue."


def validate_siren(value: str) -> None:
    _raise(siren_error(value), "siren")


def validate_siret(value: str) -> None:
    _raise(siret_error(value), "siret")


def validate_eu_vat(value: str) -> None:
    _raise(eu_vat_error(value), "eu_vat")


def no_nul(value: str) -> None:
    """PostgreSQL text holds no NUL: refuse it before the database does."""
    if "\x00" in value:
        raise ValidationError("Ce texte contient un caractère interdit. Retapez-le.", code="null_character")


def _raise(error: str | None, code: str) -> None:
    if error:
        raise ValidationError(error, code=code)
