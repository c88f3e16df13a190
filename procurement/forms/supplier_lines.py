"""Suppliers written one a line: an identifier (SIREN or another), or the exact name of a sheet."""

from __future__ import annotations

from django import forms

from catalog.models import Supplier

HELP = "Un par ligne : son identifiant (SIREN ou autre), ou le nom exact de sa fiche."


def suppliers_read(text: str, *, most: int) -> list[Supplier]:
    """In the order written, each once. Raises ValidationError naming the line that is not one sheet."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > most:
        raise forms.ValidationError(f"{most} fournisseurs au plus.")
    found: dict[int, Supplier] = {}
    for line in lines:
        supplier = _find(line)
        if supplier is None:
            raise forms.ValidationError(f"« {line[:100]} » n’est pas une fiche connue, ou plusieurs.")
        found[supplier.pk] = supplier
    return list(found.values())


def suppliers_written(suppliers: list[Supplier]) -> str:
    """What a form shows of those that are kept."""
    return "\n".join(one.identifier or one.name for one in suppliers)


def _find(line: str) -> Supplier | None:
    rows = list(Supplier.objects.filter(identifier=line.replace(" ", ""))[:2])
    rows = rows or list(Supplier.objects.filter(name__iexact=line)[:2])
    return rows[0] if len(rows) == 1 else None
