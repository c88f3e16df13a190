"""The supplier exists under the identifier it gives, and is active."""

import datetime as dt
import unicodedata

from qualification.checks.base import Check, Judgement, french_date
from qualification.enums import Verdict
from qualification.facts import IdentityFacts


def judge(facts: IdentityFacts, on: dt.date) -> Judgement:
    evidence: dict[str, object] = {
        "identifier": f"{facts.scheme} {facts.identifier}".strip(),
        "register": facts.register,
        "read_on": facts.read_on.isoformat() if facts.read_on else None,
    }
    if not facts.identifier:
        return Judgement(
            Verdict.UNKNOWN,
            "L’identifiant légal du fournisseur n’est pas connu.",
            evidence,
            "Indiquez le SIREN, le SIRET ou le numéro de TVA intracommunautaire du fournisseur.",
        )
    if facts.well_formed is False:
        return Judgement(
            Verdict.FAIL,
            f"L’identifiant « {facts.identifier} » est mal formé : sa clé de contrôle ne correspond pas.",
            evidence,
            "Recopiez l’identifiant depuis l’extrait du registre.",
        )
    if facts.entry is None:
        return Judgement(
            Verdict.UNKNOWN,
            "L’identifiant est absent du registre consulté. Cela ne prouve rien : l’instruction vérifiera.",
            evidence,
            "Joignez un extrait de registre de moins de trois mois.",
        )
    evidence |= {"legal_name": facts.entry.legal_name}
    return _judge_entry(facts, on, evidence)


def _judge_entry(facts: IdentityFacts, on: dt.date, evidence: dict[str, object]) -> Judgement:
    entry = facts.entry
    assert entry is not None
    if entry.ceased_on and entry.ceased_on <= on:
        return Judgement(
            Verdict.FAIL,
            f"Le registre dit l’activité cessée depuis le {french_date(entry.ceased_on)}.",
            evidence | {"ceased_on": entry.ceased_on.isoformat()},
            "Si le registre se trompe, faites-le corriger puis relancez ce contrôle.",
        )
    if entry.insolvency:
        return Judgement(
            Verdict.WARN,
            f"Le registre mentionne une procédure collective : {entry.insolvency}.",
            evidence | {"insolvency": entry.insolvency},
            "Joignez le jugement ; l’instruction appréciera la continuité du service.",
        )
    if _plain(entry.legal_name) != _plain(facts.legal_name):
        return Judgement(
            Verdict.WARN,
            f"Le registre nomme « {entry.legal_name} », la fiche « {facts.legal_name or 'sans nom'} ».",
            evidence,
            "Écrivez sur la fiche la raison sociale du registre.",
        )
    return Judgement(Verdict.PASS, f"« {entry.legal_name} » est inscrite au registre et active.", evidence)


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


CHECK = Check(
    code="legal_identity",
    version="1",
    title="Identité et activité du fournisseur",
    rule="Conditions de référencement : le fournisseur existe sous son identifiant et il est actif.",
    judge=judge,
    facts=("supplier",),
)
