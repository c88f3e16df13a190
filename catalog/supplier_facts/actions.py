"""A supplier declares what it is; each declaration replaces the whole of the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils import timezone

from catalog.abilities import supplier_abilities
from catalog.models import Offer, Supplier
from catalog.models.search_row import OfferSearchRow
from catalog.supplier_facts.words import FIELDS, OLDEST_YEAR
from marketplace.accounts.abilities import require
from marketplace.audit.journal import record
from marketplace.errors import RuleBroken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marketplace.accounts.actors import Actor


def declare(supplier: Supplier, *, actor: Actor, **facts: Any) -> Supplier:
    """Takes the names of `FIELDS`; one left out is unknown from now on. The journal keeps what changed.

    Raises NotAllowed, RuleBroken by field.
    """
    require(supplier_abilities(actor, supplier), "declare")
    with transaction.atomic():
        row = Supplier.objects.select_for_update(of=("self",)).get(pk=supplier.pk)
        before = {name: getattr(row, name) for name in FIELDS}
        for name in FIELDS:
            setattr(row, name, _column(name).clean(_empty(name, facts.get(name)), row))
        _refuse(row)
        row.facts_declared_at = timezone.now()
        row.save(update_fields=[*FIELDS, "facts_declared_at"])
        record(row, "declare_facts", actor=actor, detail=_changes(row, before))
        OfferSearchRow.objects.refresh(Offer.objects.filter(supplier=row).values_list("pk", flat=True))
    supplier.refresh_from_db(fields=[*FIELDS, "facts_declared_at"])
    return supplier


def _column(name: str) -> models.Field[Any, Any]:
    column = Supplier._meta.get_field(name)
    assert isinstance(column, models.Field)
    return column


def _empty(name: str, value: Any) -> Any:
    """Columns of text hold no null."""
    return "" if value is None and not Supplier._meta.get_field(name).null else value


def _refuse(row: Supplier) -> None:
    faults: dict[str, list[str]] = {}
    this_year = timezone.localdate().year
    if row.founded_year is not None and not OLDEST_YEAR <= row.founded_year <= this_year:
        faults["founded_year"] = [f"Donnez une année de {OLDEST_YEAR} à {this_year}."]
    if row.public_share_percent is not None and not 0 <= row.public_share_percent <= 100:
        faults["public_share_percent"] = ["Donnez un nombre de 0 à 100."]
    if row.region and row.country != "FR":
        faults["region"] = ["Une région ne se déclare que pour un siège en France. Laissez ce champ vide."]
    if row.group_name and row.is_independent is not False:
        faults["group_name"] = ["Vous nommez un groupe : dites que vous en dépendez, ou videz ce champ."]
    if faults:
        raise RuleBroken("bad_facts", "Des réponses sont à corriger.", fields=faults)


def _changes(row: Supplier, before: Mapping[str, Any]) -> dict[str, list[Any]]:
    after = {name: getattr(row, name) for name in FIELDS}
    return {name: [before[name], after[name]] for name in FIELDS if before[name] != after[name]}
