"""Loading the catalogue's reference files: categories, the ANSSI register, 44 public sheets.

Safe to run twice: what is there and equal is left alone. A claimed sheet is its supplier's; only the
operator's marks on it follow a newer edition.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import yaml
from django.utils import timezone
from django.utils.text import slugify

from catalog.enums import OfferState
from catalog.models import Category, Offer, OfferVersion, StackEdge, Supplier
from catalog.questions.engine import edition, sections
from catalog.reference.marks import load_marks
from catalog.trust import lock_stack, recompute
from marketplace.accounts.actors import system_actor
from marketplace.accounts.enums import IdentifierScheme
from marketplace.reference.releases import load_release

FOLDER = Path(__file__).parent
# libyaml's where it was built in: ten times as fast.
SAFE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
ACTOR = system_actor("reference")
FACT_COLUMNS = ("public_prices", "is_internal_state")


def read(name: str) -> dict[str, Any]:
    """One of this folder's files. YAML's safe loader: no object is ever built."""
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.load(text, Loader=SAFE)  # noqa: S506 - one of the two safe ones
    return found


def load() -> str:
    """Call inside a transaction. Says what it did, in French."""
    categories = load_categories()
    _release_register()
    _release_questions()
    sheets = read("public_sheets")
    _release("public_sheets", sheets)
    lock_stack()
    suppliers = {row["key"]: _supplier(row) for row in sheets["suppliers"]}
    offers = {
        row["key"]: _offer(row, suppliers=suppliers, read_on=sheets["read_on"]) for row in sheets["offers"]
    }
    sources = read("sources")
    for row in sheets["offers"]:
        load_marks(offers[row["key"]], row["marks"], sources=sources, read_on=sheets["read_on"])
        _stack(offers, row, sources=sources)
    recompute(offer.pk for offer in offers.values())
    return (
        f"catalogue : {categories} catégories, {len(offers)} fiches publiques, {len(suppliers)} fournisseurs"
    )


def load_categories() -> int:
    """What a curator touched is theirs; a row under another one comes after it in the file."""
    rows = read("categories")["categories"]
    known = {category.code: category for category in Category.objects.all()}
    for position, row in enumerate(rows):
        category = known.setdefault(row["code"], Category(code=row["code"]))
        if not category.is_curated:
            category.parent = known[row["under"]] if "under" in row else None
            category.level = category.parent.level + 1 if category.parent else 1
            category.label, category.position = row["label"], position
            category.save()
    return len(rows)


def _release(name: str, payload: dict[str, Any], **more: Any) -> None:
    day = datetime.date.fromisoformat(payload["read_on"])
    load_release(name, edition=payload["edition"], payload=payload, in_force_from=day, read_on=day, **more)


def _release_register() -> None:
    """The file that qualification's trust mark check reads: rows of service, provider, decision, dates."""
    register = read("anssi_register")
    _release("anssi_register", register, source=f"{register['source']} – {register['source_url']}"[:500])


def _release_questions() -> None:
    payload = [{"section": s.id, "questions": [q.id for q in s.questions]} for s in sections()]
    load_release(
        "catalog_questions", edition=edition(), payload=payload, in_force_from=datetime.date(2026, 11, 22)
    )


def _supplier(row: dict[str, Any]) -> Supplier:
    """Facts of an unclaimed supplier follow the file; a claimed one is left alone."""
    name = row["name"]
    values = {
        "slug": slugify(name)[:80],
        "name": name,
        "legal_name": row["known_as"] if row["known_as"] != name else "",
        "country": row["country"],
        "identifier_scheme": IdentifierScheme.SIREN if row["siren"] else "",
        "identifier": row["siren"] or "",
        "sources": row["sources"],
    }
    supplier, made = Supplier.objects.get_or_create(source_key=row["key"], defaults=values)
    if not made and supplier.organisation_id is None:
        Supplier.objects.filter(pk=supplier.pk).update(**values)
    return supplier


def answers_of(row: dict[str, Any]) -> dict[str, Any]:
    """What the file says, as answers. Absent: never asked, shown as unknown."""
    said = {
        "name": row["name"],
        "service_models": row["service_models"],
        "category": row["category"],
        "description": row["description"],
        "website": row["website"],
        "open_source": row["open_source"],
        "storage_regions": row["regions"],
    }
    return {name: value for name, value in said.items() if value is not None}


def _offer(row: dict[str, Any], *, suppliers: dict[str, Supplier], read_on: str) -> Offer:
    offer = Offer.objects.filter(source_key=row["key"]).select_related("live_version", "supplier").first()
    if offer is None:
        return _new_sheet(row, supplier=suppliers[row["supplier"]], read_on=read_on)
    if offer.state == OfferState.UNCLAIMED:
        _follow_file(offer, row, read_on=read_on)
    return offer


def _new_sheet(row: dict[str, Any], *, supplier: Supplier, read_on: str) -> Offer:
    """Inserted as a draft without version, then online: the database asks a version of what is online."""
    offer = Offer(
        state=OfferState.DRAFT,
        source_key=row["key"],
        supplier=supplier,
        name=row["name"],
        slug=slugify(row["name"])[:80],
        sources=row["sources"],
        facts_read_on=read_on,
        **{name: row[name] for name in FACT_COLUMNS},
    )
    offer.save()
    version = _frozen(offer, number=1, answers=answers_of(row))
    offer.become_public_sheet(version, actor=ACTOR)
    return offer


def _frozen(offer: Offer, *, number: int, answers: dict[str, Any]) -> OfferVersion:
    return OfferVersion.objects.create(offer=offer, number=number, answers=answers, frozen_at=timezone.now())


def _follow_file(offer: Offer, row: dict[str, Any], *, read_on: str) -> None:
    """A newer edition makes a new version of an unclaimed sheet; what a curator corrected stays."""
    current = offer.live_version
    said = answers_of(row) | _corrected(offer)
    same = current is not None and current.answers == said and offer.sources == row["sources"]
    if same and all(getattr(offer, name) == row[name] for name in FACT_COLUMNS):
        return

    def apply(locked: Offer) -> None:
        if current is None or current.answers != said:
            corrections = locked.corrections
            locked.show_version(_frozen(locked, number=locked.versions.count() + 1, answers=said))
            locked.corrections = corrections
        locked.sources, locked.facts_read_on = row["sources"], read_on
        for name in FACT_COLUMNS:
            setattr(locked, name, row[name])

    offer.touch("reference_edition", actor=ACTOR, apply=apply)


def _corrected(offer: Offer) -> dict[str, Any]:
    """Answers that a curator corrected, as they are online; emptied by a correction is unknown still."""
    answers = offer.live_version.answers if offer.live_version else {}
    return {name: answers.get(name) for name in offer.corrections}


def _stack(offers: dict[str, Offer], row: dict[str, Any], *, sources: dict[str, str]) -> None:
    for base in row.get("stands_on", ()):
        keys = base["sources"] if isinstance(base["sources"], list) else [base["sources"]]
        StackEdge.objects.update_or_create(
            offer=offers[row["key"]],
            base=offers[base["base"]],
            region=base.get("region", ""),
            defaults={
                "layer": base["layer"],
                "inherits": base["inherits"],
                "source": " ; ".join(sources.get(key, key) for key in keys)[:200],
            },
        )
