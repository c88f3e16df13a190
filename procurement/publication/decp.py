"""DECP 2.0.3: the `marche` object and its modifications, field by field. What is not named here is not given.

Source: format-commande-publique, schema_decp_v2.0.3.json (arrêté of 22 December 2022, modified). The object
is closed; a published value never changes, a change is one more object in `modifications`.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from procurement.publication.facts import ChangeFacts, Holder, MarketFacts
from procurement.publication.judging import missing

Json = dict[str, Any]


def marche(facts: MarketFacts, *, published_on: dt.date) -> Json:
    """The object as first published. Raises ValueError when something required is unknown: judge before."""
    if lacking := missing(facts):
        raise ValueError(f"unknown: {', '.join(lacking)}")
    assert facts.notified_on is not None and facts.amount_eur_ht is not None
    written: Json = {
        "id": facts.reference,
        "acheteur": {"id": facts.buyer.siret},
        "nature": facts.nature,
        "objet": facts.object,
        "codeCPV": facts.cpv,
        "techniques": {"technique": list(facts.techniques)},
        "modalitesExecution": {"modaliteExecution": list(facts.execution_modes)},
        "marcheInnovant": facts.innovative,
        "ccag": facts.ccag,
        "offresRecues": facts.offers_received,
        "attributionAvance": facts.advance,
        "typeGroupementOperateurs": facts.grouping,
        "sousTraitanceDeclaree": facts.subcontracting,
        "procedure": facts.procedure,
        "lieuExecution": {"code": facts.place_code, "typeCode": facts.place_kind},
        "dureeMois": facts.duration_months,
        "dateNotification": facts.notified_on.isoformat(),
        "datePublicationDonnees": published_on.isoformat(),
        "montant": number(facts.amount_eur_ht),
        "formePrix": facts.price_form,
        "typesPrix": {"typePrix": list(facts.price_types)},
        "titulaires": _holders(facts.holders),
        "considerationsSociales": {"considerationSociale": list(facts.social)},
        "considerationsEnvironnementales": {"considerationEnvironnementale": list(facts.environmental)},
    }
    if facts.framework_id:
        written["idAccordCadre"] = facts.framework_id
    if facts.advance and facts.advance_rate is not None:
        written["tauxAvance"] = number(facts.advance_rate)
    return written


def modification(change: ChangeFacts, *, rank: int, published_on: dt.date) -> Json:
    """`rank` from 1, in the order of the notifications."""
    written: Json = {
        "id": rank,
        "dateNotificationModification": change.notified_on.isoformat(),
        "datePublicationDonneesModification": published_on.isoformat(),
    }
    if change.duration_months is not None:
        written["dureeMois"] = change.duration_months
    if change.amount_eur_ht is not None:
        written["montant"] = number(change.amount_eur_ht)
    if change.holders:
        written["titulaires"] = _holders(change.holders)
    return written


def with_modification(published: Json, added: Json) -> Json:
    """The object published anew: what it said stays, one modification more."""
    return {**published, "modifications": [*published.get("modifications", []), {"modification": added}]}


def number(amount: Decimal) -> int | float:
    """A JSON number: a float holds amounts of 14 digits with their cents exactly enough to be read back."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def _holders(holders: tuple[Holder, ...]) -> list[Json]:
    return [{"titulaire": {"typeIdentifiant": holder.scheme, "id": holder.identifier}} for holder in holders]
