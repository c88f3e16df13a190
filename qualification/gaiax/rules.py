"""Rules between credentials of one presentation, read from RDF. Source: Trust Framework 22.10 and Loire's
verification order, as noted in the project's research."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rdflib import Graph, URIRef

from qualification.gaiax import contexts, graph
from qualification.gaiax.claims import Credential
from qualification.gaiax.report import Findings

# SHA-256 of the text of the Gaia-X terms and conditions that Tagus credentials carry in full.
TAGUS_TERMS = frozenset({"380d14e884a23614f3b73a4e1fc9f39269167fb494588f3a40c0ea15bdf548ee"})
PARTICIPANTS = frozenset({"LegalParticipant", "LegalPerson"})
TERMS = frozenset({"GaiaXTermsAndConditions", "Issuer"})
REGISTRATIONS = frozenset(
    {"legalRegistrationNumber", "VatID", "LeiCode", "EORI", "EUID", "TaxID", "LocalRegistrationNumber"}
)
PROVIDERS = {"ServiceOffering": "providedBy", "DataResource": "producedBy"}
REGISTRATION_LINKS = ("legalRegistrationNumber", "registrationNumber")


@dataclass(frozen=True, slots=True)
class Described:
    """One subject of a Gaia-X type, and the credential that describes it."""

    node: Any
    type: str
    credential: Credential

    @property
    def issuer(self) -> str | None:
        return self.credential.issuer

    @property
    def path(self) -> str:
        return f"{self.credential.path}.credentialSubject".strip(".")

    def values(self, name: str) -> Iterator[Any]:
        for namespace in (contexts.TAGUS, contexts.LOIRE):
            yield from self.credential.graph.objects(self.node, URIRef(namespace + name))


def judge_rules(credentials: list[Credential], findings: Findings, *, notaries: tuple[str, ...] = ()) -> None:
    """One wrong fact fails; a fact that another credential would tell, and that is not here, is unknown."""
    findings.passed("rules")
    described = [
        Described(node, kind, credential)
        for credential in credentials
        for node, kind in graph.local_types(credential.graph)
    ]
    _ids_differ(credentials, findings)
    _terms_accepted(described, findings)
    _offers_by_their_provider(described, findings)
    _registered_by_a_notary(described, findings, notaries=notaries)
    _personal_data_has_a_basis(described, findings)
    _label_confirmed(described, findings)


def _ids_differ(credentials: list[Credential], findings: Findings) -> None:
    seen: set[str] = set()
    for credential in credentials:
        if not isinstance(credential.node, URIRef):
            continue
        name = str(credential.node)
        if name in seen:
            findings.fail(
                "rules", "Deux titres portent le même identifiant.", f"{credential.path}.id".strip(".")
            )
        seen.add(name)


def _of(described: list[Described], names: frozenset[str]) -> list[Described]:
    return [one for one in described if one.type in names]


def _terms_accepted(described: list[Described], findings: Findings) -> None:
    """Whoever describes a participant or an offer has also signed the Gaia-X terms and conditions."""
    signed = set()
    for one in _of(described, TERMS):
        texts = [str(value) for value in one.values("termsAndConditions")]
        if one.type == "Issuer" or any(hashlib.sha256(t.encode()).hexdigest() in TAGUS_TERMS for t in texts):
            signed.add(one.issuer)
        else:
            findings.fail(
                "rules", "Le texte des conditions Gaia-X n’est pas celui qui est attendu.", one.path
            )
    bound = _of(described, PARTICIPANTS | frozenset(PROVIDERS))
    for one in bound:
        if one.issuer in signed or one.issuer is None:
            continue
        if signed or _of(described, TERMS):
            findings.fail("rules", "L’émetteur n’a pas signé les conditions Gaia-X.", one.path)
        else:
            said = "Les conditions Gaia-X signées par l’émetteur ne sont pas dans l’envoi."
            findings.unknown("rules", said, one.path)


def _offers_by_their_provider(described: list[Described], findings: Findings) -> None:
    """An offer or data set is issued by the one who issued its provider's description."""
    people = {one.node: one for one in _of(described, PARTICIPANTS)}
    for one in _of(described, frozenset(PROVIDERS)):
        for provider in one.values(PROVIDERS[one.type]):
            found = people.get(provider)
            if found is None:
                said = f"Le fournisseur désigné par « {PROVIDERS[one.type]} » n’est pas décrit dans l’envoi."
                findings.unknown("rules", said, one.path)
            elif found.issuer != one.issuer:
                said = f"L’émetteur n’est pas celui qui décrit le fournisseur (« {PROVIDERS[one.type]} »)."
                findings.fail("rules", said, one.path)


def _registered_by_a_notary(
    described: list[Described], findings: Findings, *, notaries: tuple[str, ...]
) -> None:
    """A registration number is vouched for by somebody else than the participant it identifies."""
    numbers = {one.node: one for one in _of(described, REGISTRATIONS)}
    for person in _of(described, PARTICIPANTS):
        links = [value for name in REGISTRATION_LINKS for value in person.values(name)]
        for link in links:
            number = numbers.get(link)
            if number is None:
                said = "Le titre du numéro d’immatriculation, signé d’un notaire, n’est pas dans l’envoi."
                findings.unknown("rules", said, person.path)
            elif number.issuer is not None and number.issuer == person.issuer:
                said = (
                    "Le participant a signé lui-même son numéro d’immatriculation : un notaire est attendu."
                )
                findings.fail("rules", said, number.path)
            elif notaries and number.issuer not in notaries:
                said = "L’émetteur du numéro d’immatriculation n’est pas un notaire reconnu."
                findings.fail("rules", said, number.path)


def _personal_data_has_a_basis(described: list[Described], findings: Findings) -> None:
    based = any(one.type == "LegitimateInterest" for one in described)
    for one in _of(described, frozenset({"DataResource"})):
        if any(str(value) in ("true", "1") for value in one.values("containsPII")) and not based:
            said = "Des données personnelles sont annoncées sans intérêt légitime (« LegitimateInterest »)."
            findings.fail("rules", said, one.path)


def _label_confirmed(described: list[Described], findings: Findings) -> None:
    """Level 1 of 22.11 is claimed only with « Confirm » to each of its criteria."""
    for one in _of(described, frozenset({"ServiceOfferingCriteria"})):
        for name, answer in sorted(_answers(one.node, one.credential.graph)):
            if answer != "Confirm":
                said = f"Critère {name} non confirmé (« {answer[:40]} ») : le niveau 1 n’est pas atteint."
                findings.fail("rules", said, f"{one.path}.gx:criteria.gx:{name}")


def _answers(node: Any, of: Graph) -> Iterator[tuple[str, str]]:
    response = URIRef(contexts.TAGUS + "response")
    for predicate, value in of.predicate_objects(node):
        name = str(predicate).removeprefix(contexts.TAGUS)
        if name.startswith("P") and name != str(predicate):
            for answer in of.objects(value, response):
                yield name, str(answer)
