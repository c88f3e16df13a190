"""May this supplier answer, and why: told before any effort. Pure: facts in, conditions out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from procurement.consultations.enums import Access, ConsultationKind


@dataclass(frozen=True, kw_only=True)
class SupplierFacts:
    """`schemes`: by required scheme, the name of a listed offer that holds it today, empty without one.
    `is_holder` None: the lot does not name its holders here."""

    is_supplier: bool
    is_verified: bool
    has_sheet: bool
    is_invited: bool
    is_holder: bool | None
    is_admitted: bool
    schemes: Mapping[str, str]


@dataclass(frozen=True)
class Condition:
    """`met` None: not known here, the buyer judges."""

    code: str
    label: str
    met: bool | None
    reason: str


@dataclass(frozen=True)
class EligibilityResult:
    conditions: tuple[Condition, ...]

    @property
    def may_respond(self) -> bool:
        return all(condition.met is not False for condition in self.conditions)

    @property
    def refusal(self) -> str:
        """The first condition that is not met, in a sentence; empty when the supplier may answer."""
        return next((each.reason for each in self.conditions if each.met is False), "")


def judge(
    facts: SupplierFacts, *, kind: str, access: str, scheme_names: Mapping[str, str]
) -> EligibilityResult:
    found = [_supplier(facts)]
    if access == Access.INVITED:
        found.append(_invited(facts))
    if access == Access.RESTRICTED:
        found.append(_selected(facts))
    if kind == ConsultationKind.SUBSEQUENT:
        found.append(_holder(facts))
    if kind == ConsultationKind.SPECIFIC:
        found.append(_admitted(facts))
    found += [_scheme(name, facts.schemes.get(code, "")) for code, name in scheme_names.items()]
    return EligibilityResult(tuple(found))


def _supplier(facts: SupplierFacts) -> Condition:
    label = "Fournisseur vérifié"
    if not facts.is_supplier:
        return Condition("supplier", label, False, "Seul un fournisseur inscrit peut répondre.")
    if not facts.is_verified:
        reason = "Votre organisation n’est pas encore vérifiée : attendez sa vérification."
        return Condition("supplier", label, False, reason)
    if not facts.has_sheet:
        reason = "Votre organisation n’a pas de fiche : créez une offre ou revendiquez la vôtre."
        return Condition("supplier", label, False, reason)
    return Condition("supplier", label, True, "Votre organisation est vérifiée.")


def _invited(facts: SupplierFacts) -> Condition:
    reason = (
        "Votre organisation est invitée."
        if facts.is_invited
        else "Cette consultation se fait sur invitation et vous n’êtes pas parmi les invités."
    )
    return Condition("invited", "Invitation", facts.is_invited, reason)


def _selected(facts: SupplierFacts) -> Condition:
    reason = (
        "Votre candidature est retenue."
        if facts.is_invited
        else "Cette procédure est restreinte et vous n’êtes pas parmi les candidats retenus."
    )
    return Condition("invited", "Candidature retenue", facts.is_invited, reason)


def _holder(facts: SupplierFacts) -> Condition:
    label = "Titulaire du lot de l’accord-cadre"
    if facts.is_holder is None:
        return Condition(
            "holder", label, None, "Les titulaires ne sont pas connus ici : l’administration le vérifie."
        )
    reason = (
        "Vous êtes titulaire de ce lot de l’accord-cadre."
        if facts.is_holder
        else "Un marché subséquent se passe avec les seuls titulaires du lot : vous n’en êtes pas."
    )
    return Condition("holder", label, facts.is_holder, reason)


def _admitted(facts: SupplierFacts) -> Condition:
    reason = (
        "Votre organisation est admise au système d’acquisition dynamique."
        if facts.is_admitted
        else "Un marché spécifique se passe avec ceux que le système admet : candidatez-y d’abord."
    )
    return Condition("admitted", "Admission au système", facts.is_admitted, reason)


def _scheme(name: str, offer: str) -> Condition:
    label = f"{name} en vigueur"
    if offer:
        return Condition(f"scheme_{name}", label, True, f"« {offer} » la porte, en vigueur aujourd’hui.")
    reason = (
        f"Vous ne pouvez pas répondre : la consultation exige {name} en vigueur, "
        "et aucune de vos offres référencées ne la porte aujourd’hui."
    )
    return Condition(f"scheme_{name}", label, False, reason)
