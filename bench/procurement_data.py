"""Contracts invented for one run, as plain values that both the product and the oracle are given."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass
from decimal import Decimal

NATURES = ("Marché", "Marché de partenariat", "Marché de défense ou de sécurité")
TECHNIQUES = ("Accord-cadre", "Catalogue électronique", "Enchère électronique")
MODES = ("Tranches", "Bons de commande", "Marchés subséquents")
CCAG = ("Prestations intellectuelles", "Techniques de l'information et de la communication", "Pas de CCAG")
PROCEDURES = ("Procédure adaptée", "Appel d'offres ouvert", "Appel d'offres restreint", "Dialogue compétitif")
CPV = ("72416000", "72317000", "72415000", "48000000", "72310000-1", "72268000")
PRICES = ("Définitif ferme", "Définitif actualisable", "Définitif révisable", "Provisoire")
WORDS = ("messagerie", "archive", "réseau", "état", "dépôt", "sauvegarde", "élève", "« suivi »", "d’œuvre")


@dataclass(frozen=True, slots=True)
class Changed:
    notified_on: dt.date
    published_on: dt.date
    amount: Decimal | None
    months: int | None


@dataclass(frozen=True, slots=True)
class Told:
    siret: str
    reference: str
    nature: str
    object: str
    cpv: str
    techniques: tuple[str, ...]
    modes: tuple[str, ...]
    framework: str
    innovative: bool
    ccag: str
    offers: int
    advance: bool
    rate: Decimal | None
    subcontracting: bool
    procedure: str
    place: str
    months: int
    notified_on: dt.date
    published_on: dt.date
    amount: Decimal
    price_form: str
    price_types: tuple[str, ...]
    holder: str
    social: tuple[str, ...]
    environmental: tuple[str, ...]
    changes: tuple[Changed, ...]


def invent(seed: int, count: int) -> list[Told]:
    """One contract in twenty was modified, once to three times."""
    rng = random.Random(seed)
    buyers = [f"000{rng.randrange(10**11):011d}" for _ in range(max(1, count // 1000))]
    return [_one(rng, rng.choice(buyers), number) for number in range(count)]


def _one(rng: random.Random, siret: str, number: int) -> Told:
    advance = rng.random() < 0.4
    notified = dt.date(2024, 1, 1) + dt.timedelta(days=rng.randrange(900))
    published = notified + dt.timedelta(days=rng.randrange(60))
    return Told(
        siret=siret,
        reference=f"{notified.year}-{number:07d}",
        nature=rng.choice(NATURES),
        object=" ".join(rng.choices(WORDS, k=rng.randrange(3, 40))),
        cpv=rng.choice(CPV),
        techniques=_some(rng, TECHNIQUES, "Sans objet"),
        modes=_some(rng, MODES, "Sans objet"),
        framework=f"AC{rng.randrange(10**6)}" if rng.random() < 0.1 else "",
        innovative=rng.random() < 0.1,
        ccag=rng.choice(CCAG),
        offers=rng.randrange(1, 30),
        advance=advance,
        rate=Decimal(rng.randrange(1, 60)) / 100 if advance and rng.random() < 0.8 else None,
        subcontracting=rng.random() < 0.2,
        procedure=rng.choice(PROCEDURES),
        place=f"{rng.randrange(1, 96):02d}",
        months=rng.randrange(1, 61),
        notified_on=notified,
        published_on=published,
        amount=Decimal(rng.randrange(100, 10**10)) / 100,
        price_form=rng.choice(("Unitaire", "Forfaitaire", "Mixte")),
        price_types=tuple(rng.sample(PRICES, rng.randrange(1, 3))),
        holder=f"000{rng.randrange(10**11):011d}",
        social=_some(rng, ("Clause sociale", "Critère social"), "Pas de considération sociale"),
        environmental=_some(
            rng,
            ("Clause environnementale", "Critère environnemental"),
            "Pas de considération environnementale",
        ),
        changes=_changes(rng, published) if rng.random() < 0.05 else (),
    )


def _some(rng: random.Random, words: tuple[str, ...], none: str) -> tuple[str, ...]:
    count = rng.randrange(len(words) + 1)
    return tuple(rng.sample(words, count)) if count else (none,)


def _changes(rng: random.Random, day: dt.date) -> tuple[Changed, ...]:
    made = []
    for _ in range(rng.randrange(1, 4)):
        day += dt.timedelta(days=rng.randrange(1, 60))
        amount = Decimal(rng.randrange(100, 10**10)) / 100 if rng.random() < 0.7 else None
        months = None if amount is not None and rng.random() < 0.5 else rng.randrange(1, 61)
        made.append(Changed(day, day + dt.timedelta(days=3), amount, months))
    return tuple(made)
