"""Whether an offer may apply, condition by condition. Pure: facts in, verdicts out.

The rules are those of the programme's announcement (its `sizes` and `models`). They prepare the application;
the operator of the programme judges it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from catalog.enums import ServiceModel, SupplierSize
from qualification.programmes.enums import EligibilityVerdict as V
from qualification.programmes.facts import Programme


@dataclass(frozen=True, slots=True)
class ApplicantFacts:
    """``size`` empty: unknown. ``models``: those of the offer's newest version. ``is_real``: the supplier's
    organisation was verified on proof."""

    size: str
    models: tuple[str, ...]
    has_verified_identity: bool


@dataclass(frozen=True, slots=True)
class Condition:
    code: str
    title: str
    verdict: str
    message: str
    remedy: str = ""
    rule: str = ""

    @property
    def label(self) -> str:
        return str(V(self.verdict).label)

    @property
    def badge(self) -> str:
        return str(self.verdict)


def conditions(programme: Programme, facts: ApplicantFacts) -> tuple[Condition, ...]:
    """One per condition that the programme states."""
    found = [_identity(facts)]
    if programme.sizes:
        found.append(_size(programme, facts))
    if programme.models:
        found.append(_model(programme, facts))
    return tuple(found)


def all_met(found: Iterable[Condition]) -> bool:
    return all(each.verdict == V.PASS for each in found)


def _identity(facts: ApplicantFacts) -> Condition:
    title, rule = (
        "Identité vérifiée",
        "Règle de la place de marché : une candidature engage une organisation connue.",
    )
    if facts.has_verified_identity:
        return Condition("identity", title, V.PASS, "Organisation vérifiée sur une preuve datée.", rule=rule)
    return Condition(
        "identity",
        title,
        V.UNKNOWN,
        "L’identité de votre organisation n’est pas encore vérifiée.",
        "Demandez sa vérification à l’assistance.",
        rule,
    )


def _size(programme: Programme, facts: ApplicantFacts) -> Condition:
    title, rule = "Taille de l’entreprise", f"{programme.name} : {programme.source}."
    if not facts.size:
        remedy = "Déclarez la taille de votre entreprise sur la page de votre fournisseur."
        return Condition("size", title, V.UNKNOWN, "Taille inconnue.", remedy, rule)
    label = SupplierSize(facts.size).label
    if facts.size in programme.sizes:
        return Condition("size", title, V.PASS, f"{label}, selon votre déclaration.", rule=rule)
    wanted = " ou ".join(str(SupplierSize(code).label) for code in programme.sizes)
    remedy = f"Ce programme est réservé : {wanted}. Corrigez la taille si elle est fausse."
    return Condition("size", title, V.FAIL, f"{label}, selon votre déclaration.", remedy, rule)


def _model(programme: Programme, facts: ApplicantFacts) -> Condition:
    title, rule = "Modèle de service", f"{programme.name} : {programme.source}."
    if not facts.models:
        remedy = "Répondez à la question du modèle de service dans votre offre."
        return Condition("model", title, V.UNKNOWN, "Modèle de service inconnu.", remedy, rule)
    said = ", ".join(str(ServiceModel(code).label) for code in facts.models)
    if set(facts.models) & set(programme.models):
        return Condition("model", title, V.PASS, said, rule=rule)
    wanted = " ou ".join(str(ServiceModel(code).label) for code in programme.models)
    return Condition("model", title, V.FAIL, said, f"Choisissez une offre : {wanted}.", rule)
