"""The Gaia-X presentation attached to the offer still holds, and says of the offer what the offer says."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils import timezone

from qualification.checks.base import WEEK, Check, Judgement
from qualification.enums import Verdict
from qualification.facts_web import CredentialFacts
from qualification.gaiax import resolve, sandbox
from qualification.gaiax.identity import same_number
from qualification.gaiax.material import CONFIGURED, NO_ANCHORS, Material
from qualification.gaiax.remedies import lines_of

# A message names so many of the findings; the evidence holds all of them.
TOLD = 3


def judge(facts: CredentialFacts, _on: dt.date) -> Judgement:
    if not facts.credential:
        return Judgement(
            Verdict.UNKNOWN,
            "Aucune présentation Gaia-X n’est rattachée à l’offre : rien n’est vérifié.",
            {},
            "Si vous en avez une, vérifiez-la, puis rattachez-la depuis la page de son résultat.",
        )
    if facts.report is None:
        return Judgement(Verdict.UNKNOWN, "La présentation rattachée n’a pas pu être jugée de nouveau.")
    evidence = _evidence(facts, facts.report)
    if facts.report["verdict"] != Verdict.PASS:
        return _not_passed(facts.report, evidence)
    return _incoherent(facts, evidence) or Judgement(
        Verdict.PASS,
        f"La présentation de {facts.issuer} passe les dix contrôles et dit de l’offre ce que dit la fiche.",
        evidence,
    )


def _not_passed(report: Mapping[str, Any], evidence: Mapping[str, Any]) -> Judgement:
    """A failure is the presentation's; what could not be looked at is ours, or its hosts'."""
    verdict = Verdict(report["verdict"])
    lines = [line for line in lines_of(dict(report)) if line.verdict == verdict]
    told = " ".join(f"{line.title} : {line.message}" for line in lines[:TOLD])
    failed = verdict == Verdict.FAIL
    start = "ne passe plus nos contrôles" if failed else "n’a pas pu être vérifiée en entier"
    remedies = dict.fromkeys(line.remedy for line in lines[:TOLD]) if failed else {}
    return Judgement(verdict, f"La présentation rattachée {start}. {told}", evidence, " ".join(remedies))


def _incoherent(facts: CredentialFacts, evidence: Mapping[str, Any]) -> Judgement | None:
    if not facts.identifier:
        return Judgement(
            Verdict.UNKNOWN,
            "L’identité du fournisseur n’est pas vérifiée : la présentation ne peut pas lui être rapportée.",
            evidence,
            "Faites vérifier le numéro d’immatriculation de votre organisation.",
        )
    if not any(same_number(number, facts.identifier) for number in facts.numbers):
        return Judgement(
            Verdict.FAIL,
            "Le numéro d’immatriculation de la présentation n’est pas celui du fournisseur de l’offre.",
            evidence,
            "Détachez cette présentation, puis rattachez celle du fournisseur présent.",
        )
    if facts.drift:
        return Judgement(
            Verdict.WARN,
            f"L’offre n’est plus tout à fait celle de la présentation. {' '.join(facts.drift)}",
            evidence,
            "Corrigez la fiche, ou signez une description à jour et rattachez-la.",
        )
    return None


def _evidence(facts: CredentialFacts, report: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "credential": facts.credential,
        "issuer": facts.issuer,
        "label": facts.level,
        "generation": report["generation"],
        "anchors": report["anchors"],
        "release": report.get("release"),
        "checks": [dict(each) for each in report["checks"]],
        "drift": list(facts.drift),
    }


def observe(facts: CredentialFacts) -> CredentialFacts:
    """Documents fetched anew, each with a place at its own host, then the whole judgement in a child process.
    Raises HostBusy."""
    if not facts.credential:
        return facts
    material = Material(
        **resolve.everything_for(facts.text),
        anchors=facts.anchors,
        origin=CONFIGURED if facts.anchors else NO_ANCHORS,
        notaries=facts.notaries,
        own_context=facts.own_context,
        release=facts.rulebook,
    )
    return replace(facts, report=sandbox.verify_apart(facts.text, material, now=timezone.now()))


CHECK = Check(
    code="gaiax_credential",
    version="1",
    title="Présentation Gaia-X : signature, chaîne, formes, cohérence avec l’offre",
    rule="Gaia-X 22.10 (Tagus) et 24.11 (Loire) : dix contrôles d’un titre ; numéro égal à celui du "
    "fournisseur, offre décrite égale à la fiche.",
    judge=judge,
    observe=observe,
    reads=("description", "terms_document", "service_agreement_document"),
    facts=("supplier", "files"),
    max_age=WEEK,
)
