"""What a credential says of an offer and the offer no longer says. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def drift(said: Mapping[str, Any], *, name: str, description: str, terms: tuple[str, ...]) -> tuple[str, ...]:
    """In French, one sentence a difference. What the credential leaves out, or the offer does not give,
    differs from nothing. ``terms``: SHA-256 of the conditions joined to the offer, in hexadecimal."""
    found = []
    if said["name"] and said["name"] != name:
        found.append(f"Le titre nomme l’offre « {said['name'][:80]} », la fiche « {name} ».")
    if said["description"] and description and said["description"].split() != description.split():
        found.append("La description a changé depuis le titre.")
    if said["terms"] and terms and set(said["terms"]).isdisjoint(terms):
        found.append("Les conditions générales jointes à la fiche ne sont pas celles du titre.")
    return tuple(found)
