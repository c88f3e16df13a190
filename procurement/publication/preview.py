"""What a reader sees of a publication: its lines in words, and the object as it would leave."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from marketplace.ui.typography import date_text, euros
from procurement.publication import decp, duty, judging
from procurement.publication.fields import FIELDS, Field, Kind
from procurement.publication.sources import decoded, facts_of
from procurement.reference.cpv import label_of

if TYPE_CHECKING:
    from procurement.models import Publication, PublicationRelease


@dataclass(frozen=True, slots=True)
class Line:
    """`text` empty: nobody answered. `wanted`: it is asked before the review. `public`: it is published."""

    label: str
    text: str
    where: str
    wanted: bool
    public: bool


@dataclass(frozen=True, slots=True)
class Preview:
    """`object` is None while something is missing or wrong."""

    object: dict[str, Any] | None
    missing: tuple[str, ...]
    refusals: dict[str, list[str]]
    warnings: list[str]
    duty: duty.Duty


def preview_of(publication: Publication, *, today: dt.date) -> Preview:
    """The object as published, or as the draft would be published today."""
    facts = facts_of(publication)
    if publication.decp is not None:
        told = duty.duty_of(facts.amount_eur_ht, on=facts.notified_on or today)
        return Preview(publication.decp, (), {}, [], told)
    missing, refused = judging.missing(facts), judging.refusals(facts, today=today)
    made = decp.marche(facts, published_on=today) if not missing and not refused else None
    told = duty.duty_of(facts.amount_eur_ht, on=facts.notified_on or today)
    return Preview(made, missing, refused, judging.warnings(facts), told)


def lines_of(publication: Publication) -> list[Line]:
    """Every field, in the order it is asked."""
    told = decoded(publication.answers)
    return [
        Line(
            field.shown,
            "" if told.get(field.name) is None else in_words(field, told[field.name]),
            publication.held.get(field.name, ""),
            field.required and told.get(field.name) is None,
            bool(field.decp),
        )
        for field in FIELDS
    ]


def in_words(field: Field, value: Any) -> str:
    if field.kind is Kind.YES_NO:
        return "Oui" if value else "Non"
    if field.name == "cpv":
        return label_of(value)
    if field.kind is Kind.AMOUNT:
        return euros(value, tax="HT")
    if field.kind is Kind.DAY:
        return date_text(value)
    if field.kind is Kind.SHARE:
        return f"{(value * 100).normalize():f}\u00a0%".replace(".", ",")
    if field.kind is Kind.HOLDERS:
        return ", ".join(f"{each.scheme} {each.identifier}" for each in value)
    return ", ".join(value) if field.kind is Kind.MANY else str(value)


@dataclass(frozen=True, slots=True)
class Modified:
    notified_on: dt.date
    published_on: dt.date
    text: str


def modifications_of(publication: Publication) -> list[Modified]:
    """Those published, in words."""
    return [
        Modified(
            dt.date.fromisoformat(one["dateNotificationModification"]),
            dt.date.fromisoformat(one["datePublicationDonneesModification"]),
            ", ".join(_changed(one)),
        )
        for one in publication.modifications
    ]


def _changed(one: dict[str, Any]) -> list[str]:
    said = []
    if "montant" in one:
        said.append(f"montant porté à {euros(one['montant'], tax='HT')}")
    if "dureeMois" in one:
        said.append(f"durée portée à {one['dureeMois']}\u00a0mois")
    named = [each["titulaire"] for each in one.get("titulaires", [])]
    if named:
        said.append("titulaires : " + ", ".join(f"{each['typeIdentifiant']} {each['id']}" for each in named))
    return said


def json_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


# Of a tag; « award » is read in the awards themselves.
RELEASED = {
    "tender": "consultation publiée",
    "tenderAmendment": "consultation modifiée",
    "tenderCancellation": "consultation sans suite",
    "contract": "marché",
    "contractAmendment": "modification",
}


def words_of_releases(releases: Iterable[PublicationRelease]) -> list[str]:
    """Of one process, oldest first: what each was the first to say."""
    told, known = [], set[str]()
    for release in releases:
        awards = [one for one in release.ocds.get("awards", []) if one["id"] not in known]
        standing = release.ocds["tender"]["status"]
        words = [
            ", ".join(map(_awarded_words, awards)) if tag == "award" else _tag_words(tag, standing)
            for tag in release.ocds["tag"]
        ]
        known |= {one["id"] for one in awards}
        told.append(", ".join(words))
    return told


def _tag_words(tag: str, standing: str) -> str:
    """An update says that candidates were invited, or that nothing suited."""
    if tag == "tenderUpdate":
        return "candidats invités" if standing == "active" else "consultation infructueuse"
    return RELEASED.get(tag, tag)


def _awarded_words(award: dict[str, Any]) -> str:
    lots = " et ".join(award.get("relatedLots", []))
    if award["status"] == "unsuccessful":
        return f"lot {lots} terminé sans attribution"
    return f"attribution du lot {lots}" if lots else "attribution"


# How a lot stands, in OCDS's words and in ours.
STANDINGS = {
    "active": "en cours",
    "complete": "attribué",
    "cancelled": "sans suite",
    "unsuccessful": "infructueux",
}


def lots_of_release(release: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Number, title and standing of each lot, with the reason when it was not awarded."""
    reasons = {
        lot: one.get("description", "")
        for one in release.get("awards", [])
        if one["status"] == "unsuccessful"
        for lot in one.get("relatedLots", [])
    }
    return [
        (lot["id"], lot["title"], ". ".join(filter(None, (STANDINGS[lot["status"]], reasons.get(lot["id"])))))
        for lot in release["tender"].get("lots", [])
    ]
