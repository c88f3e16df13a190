"""SIRET, VAT number and LEI are well formed and name one company."""

import datetime as dt
import re

from stdnum import lei as lei_number
from stdnum.eu import vat as eu_vat
from stdnum.fr import siret as fr_siret

from qualification.checks.base import YEAR, Check, Judgement
from qualification.enums import Verdict
from qualification.facts_offer import IdentifierFacts

REMEDY = "Recopiez les identifiants depuis l’extrait du registre, sans espace."


def judge(facts: IdentifierFacts, _on: dt.date) -> Judgement:
    given = {"siret": facts.siret, "tva": facts.vat, "lei": facts.lei}
    evidence: dict[str, object] = {
        "identifier": f"{facts.scheme} {facts.identifier}".strip() or None,
        **{name: value or None for name, value in given.items()},
    }
    if not facts.identifier:
        return Judgement(
            Verdict.UNKNOWN,
            "L’identifiant légal du fournisseur n’est pas connu.",
            evidence,
            "Indiquez le SIREN, le SIRET ou le numéro de TVA intracommunautaire du fournisseur.",
        )
    malformed = _malformed(facts)
    if malformed:
        return Judgement(
            Verdict.FAIL,
            f"Mal formé, sa clé de contrôle ne correspond pas : {', '.join(malformed)}.",
            evidence,
            REMEDY,
        )
    return _compare(facts, given, evidence)


def _compare(facts: IdentifierFacts, given: dict[str, str], evidence: dict[str, object]) -> Judgement:
    named = _sirens(facts)
    if len(set(named.values())) > 1:
        told = ", ".join(f"{name} : {siren}" for name, siren in named.items())
        return Judgement(
            Verdict.FAIL,
            f"Ces identifiants ne nomment pas la même entreprise (SIREN {told}).",
            evidence,
            REMEDY,
        )
    if not any(given.values()):
        return Judgement(
            Verdict.PASS,
            f"{facts.scheme} {facts.identifier} : seul identifiant donné, rien à rapprocher.",
            evidence,
        )
    if len(named) < 2:
        return Judgement(
            Verdict.UNKNOWN,
            "Les identifiants sont bien formés, mais rien ne permet ici de les rapprocher.",
            evidence,
            "L’instruction les rapprochera de l’extrait du registre.",
        )
    return Judgement(Verdict.PASS, f"{len(named)} identifiants nomment la même entreprise.", evidence)


def _malformed(facts: IdentifierFacts) -> list[str]:
    wrong = []
    if facts.siret and not (re.fullmatch(r"\d{14}", facts.siret) and fr_siret.is_valid(facts.siret)):
        wrong.append(f"SIRET « {facts.siret[:20]} »")
    if facts.vat and not eu_vat.is_valid(facts.vat):
        wrong.append(f"TVA « {facts.vat[:20]} »")
    if facts.lei and not lei_number.is_valid(facts.lei):
        wrong.append(f"LEI « {facts.lei[:24]} »")
    return wrong


def _sirens(facts: IdentifierFacts) -> dict[str, str]:
    """The SIREN that each French identifier holds; a LEI holds none."""
    found = {}
    if facts.scheme in ("SIREN", "SIRET"):
        found["fiche"] = facts.identifier[:9]
    if facts.scheme == "TVA" and facts.identifier.upper().startswith("FR"):
        found["fiche"] = facts.identifier[-9:]
    if facts.siret:
        found["SIRET"] = facts.siret[:9]
    vat = eu_vat.compact(facts.vat) if facts.vat else ""
    if vat.upper().startswith("FR"):
        found["TVA"] = vat[-9:]
    return found


CHECK = Check(
    code="identifiers",
    version="1",
    title="Cohérence SIRET, TVA et LEI",
    rule="Code de commerce, R123-220 (SIREN, SIRET) ; CGI, 286 ter (TVA) ; ISO 17442 (LEI).",
    judge=judge,
    reads=("siret", "vat_number", "lei"),
    facts=("supplier",),
    max_age=YEAR,
)
