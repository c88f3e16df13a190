"""An offer against what a project must respect: conforming, to check, or refused, always with the reason.

What is not known of the offer, or of the project, never refuses it: it is « à vérifier ». An internal State
cloud is never refused for lacking SecNumCloud: it goes by a convention.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Self

from procurement.doctrine.results import AssessmentResult

ELIGIBLE, TO_CHECK, REFUSED = "eligible", "to_check", "refused"
HELD = ("in_force", "expiring", "renewal_pending")
# As people write them; a model without a short name goes by its words.
MODEL_NAMES = {
    "iaas": "IaaS",
    "caas": "CaaS",
    "paas": "PaaS",
    "saas": "SaaS",
    "support_services": "accompagnement",
    "data_space": "espace de données",
}
SCHEMES = {"secnumcloud": "SecNumCloud", "hds": "HDS"}


@dataclass(frozen=True, kw_only=True)
class StatusSeen:
    """A scheme's status on the day, `until` its end and `label` its words on screen."""

    status: str
    label: str
    until: dt.date | None = None


@dataclass(frozen=True, kw_only=True)
class OfferFacts:
    """None is unknown. `outside_eea` are the storage countries outside the EEA; `told_on` the day the
    supplier last confirmed the sheet."""

    is_internal_state: bool = False
    is_suspended: bool = False
    service_models: frozenset[str] = frozenset()
    statuses: dict[str, StatusSeen] = field(default_factory=dict)
    outside_eea: tuple[str, ...] | None = None
    non_eu_law: bool | None = None
    gdpr_clauses: bool | None = None
    told_on: dt.date | None = None

    @property
    def is_qualified(self) -> bool:
        """SecNumCloud in force: its requirements 19.2, 19.5 and 19.6 answer for place, GDPR and immunity
        where the sheet says nothing. What the sheet says still counts."""
        seen = self.statuses.get("secnumcloud")
        return seen is not None and seen.status in HELD


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One obligation that the offer misses, or that nobody can settle yet."""

    obligation: str
    standing: str
    text: str
    seen: str = ""
    seen_on: dt.date | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "obligation": self.obligation,
            "standing": self.standing,
            "text": self.text,
            "seen": self.seen,
            "seen_on": self.seen_on.isoformat() if self.seen_on else None,
        }


@dataclass(frozen=True)
class Judgement:
    findings: tuple[Finding, ...]

    @property
    def standing(self) -> str:
        found = {finding.standing for finding in self.findings}
        if REFUSED in found:
            return REFUSED
        return TO_CHECK if TO_CHECK in found else ELIGIBLE


def judge(
    offer: OfferFacts, *, result: AssessmentResult, service_models: Iterable[str] | None, on: dt.date
) -> Judgement:
    asked = Asked.of(result, service_models=service_models, on=on)
    return Judgement(tuple(finding for rule in RULES for finding in rule.about(offer, asked)))


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a project asks of an offer: the level of each obligation, and the models it looks for."""

    levels: dict[str, str]
    models: frozenset[str]
    on: dt.date

    @classmethod
    def of(cls, result: AssessmentResult, *, service_models: Iterable[str] | None, on: dt.date) -> Self:
        levels = {obligation.code: obligation.level for obligation in result.obligations}
        return cls(levels=levels, models=frozenset(service_models or ()), on=on)


def _about_state(offer: OfferFacts, asked: Asked) -> Iterator[Finding]:
    if offer.is_suspended:
        yield Finding(
            obligation="listing",
            standing=REFUSED,
            text="L’offre est suspendue de la place de marché.",
            seen="Suspendue",
            seen_on=asked.on,
        )


def _about_models(offer: OfferFacts, asked: Asked) -> Iterator[Finding]:
    if not asked.models or offer.service_models & asked.models:
        return
    seen = ", ".join(sorted(MODEL_NAMES.get(model, model) for model in offer.service_models))
    known = bool(offer.service_models)
    yield Finding(
        obligation="service_models",
        standing=REFUSED if known else TO_CHECK,
        text="Le modèle de service n’est pas celui que vous cherchez."
        if known
        else "Le modèle de service n’est pas connu.",
        seen=seen or "Inconnu",
        seen_on=offer.told_on,
    )


def _about_secnumcloud(offer: OfferFacts, asked: Asked) -> Iterator[Finding]:
    return _about_scheme("secnumcloud", offer, asked)


def _about_hds(offer: OfferFacts, asked: Asked) -> Iterator[Finding]:
    return _about_scheme("hds", offer, asked)


def _about_scheme(scheme: str, offer: OfferFacts, asked: Asked) -> Iterator[Finding]:
    level, on = asked.levels[scheme], asked.on
    if level not in ("required", "unknown") or (scheme == "secnumcloud" and offer.is_internal_state):
        return
    seen = offer.statuses.get(scheme)
    if seen is not None and seen.status in HELD:
        return
    name, words = SCHEMES[scheme], seen.label if seen else "Inconnue"
    if level == "unknown":
        text = f"On ne sait pas encore si {name} est obligatoire pour votre projet."
        yield Finding(obligation=scheme, standing=TO_CHECK, text=text, seen=words, seen_on=on)
    elif seen is None or seen.status == "unknown":
        text = f"{name} est obligatoire et son statut n’est pas connu."
        yield Finding(obligation=scheme, standing=TO_CHECK, text=text, seen=words, seen_on=on)
    else:
        text = f"{name} est obligatoire et n’est pas en vigueur."
        yield Finding(obligation=scheme, standing=REFUSED, text=text, seen=words, seen_on=on)


def _about_place(offer: OfferFacts, asked: Asked) -> Iterator[Finding]:
    """Health and sensitive data stay in the EEA; other personal data may leave it (GDPR 45)."""
    levels = asked.levels
    strict = [code for code in ("secnumcloud", "hds") if levels[code] == "required"]
    if not strict and levels["gdpr"] != "required":
        return
    code = strict[0] if strict else "gdpr"
    if offer.outside_eea is None and offer.is_qualified:
        return
    if offer.outside_eea is None:
        yield Finding(
            obligation=code,
            standing=TO_CHECK,
            text="Le lieu de stockage des données n’est pas connu.",
            seen="Inconnu",
            seen_on=offer.told_on,
        )
    elif offer.outside_eea:
        yield Finding(
            obligation=code,
            standing=REFUSED if strict else TO_CHECK,
            text="Des données sont stockées hors de l’Espace économique européen.",
            seen=", ".join(offer.outside_eea),
            seen_on=offer.told_on,
        )


def _about_immunity(offer: OfferFacts, asked: Asked) -> Iterator[Finding]:
    """SecNumCloud in force answers it; otherwise the supplier's own statement, otherwise nobody knows."""
    answered = offer.is_internal_state or offer.is_qualified
    if asked.levels["immunity"] != "required" or answered or offer.non_eu_law is False:
        return
    known = offer.non_eu_law is True
    yield Finding(
        obligation="immunity",
        standing=REFUSED if known else TO_CHECK,
        text="Une loi d’un État tiers peut obliger le fournisseur à livrer des données."
        if known
        else "On ne sait pas si une loi d’un État tiers s’impose au fournisseur.",
        seen="Soumise à une loi extra-européenne" if known else "Inconnu",
        seen_on=offer.told_on,
    )


def _about_gdpr(offer: OfferFacts, asked: Asked) -> Iterator[Finding]:
    answered = offer.gdpr_clauses is True or (offer.gdpr_clauses is None and offer.is_qualified)
    if asked.levels["gdpr"] != "required" or offer.is_internal_state or answered:
        return
    known = offer.gdpr_clauses is False
    yield Finding(
        obligation="gdpr",
        standing=REFUSED if known else TO_CHECK,
        text="Le contrat ne contient pas les clauses de l’article 28 du RGPD."
        if known
        else "On ne sait pas si le contrat contient les clauses de l’article 28 du RGPD.",
        seen="Absentes" if known else "Inconnu",
        seen_on=offer.told_on,
    )


@dataclass(frozen=True)
class OfferRule:
    """`reads`: the facts that it reads of an offer, statuses by their scheme; nothing else may move it."""

    reads: tuple[str, ...]
    about: Callable[[OfferFacts, Asked], Iterator[Finding]]


RULES = (
    OfferRule(("is_suspended",), _about_state),
    OfferRule(("service_models",), _about_models),
    OfferRule(("secnumcloud", "is_internal_state"), _about_secnumcloud),
    OfferRule(("hds",), _about_hds),
    OfferRule(("outside_eea", "secnumcloud"), _about_place),
    OfferRule(("non_eu_law", "secnumcloud", "is_internal_state"), _about_immunity),
    OfferRule(("gdpr_clauses", "secnumcloud", "is_internal_state"), _about_gdpr),
)
