"""The sample of an export opens, and is in one of the formats that the offer promises."""

import datetime as dt

from qualification.checks.base import YEAR, Check, Judgement
from qualification.checks.pages import not_asked
from qualification.enums import Verdict
from qualification.facts_offer import SampleFacts

FAMILIES = {
    "csv": "CSV ou tableur ouvert",
    "json": "JSON ou XML documenté",
    "sql": "export de base de données",
    "images": "image de machine",
    "office": "format bureautique ouvert",
}
# What a sample of ten megabytes at most can show.
SHOWABLE = frozenset({"csv", "json", "sql", "office"})


def judge(facts: SampleFacts, _on: dt.date) -> Judgement:
    evidence: dict[str, object] = {
        "formats": list(facts.formats) if facts.formats else None,
        "sample": facts.name or None,
        "found": list(facts.found),
    }
    if not facts.applies:
        return not_asked("elle ne tient pas de données du client")
    if facts.formats is None:
        return Judgement(
            Verdict.UNKNOWN,
            "Les formats d’export ne sont pas indiqués.",
            evidence,
            "Dites dans quelles familles de formats le client emporte ses données.",
        )
    if not SHOWABLE & set(facts.formats):
        return Judgement(
            Verdict.PASS, "Les formats promis ne se montrent pas par un fichier d’exemple.", evidence
        )
    if not facts.name:
        return Judgement(
            Verdict.UNKNOWN,
            "Aucun exemple d’export n’est joint : rien ne montre le format promis.",
            evidence,
            "Joignez un export d’exemple, sans donnée réelle.",
        )
    return _judge_sample(facts, facts.formats, evidence)


def _judge_sample(facts: SampleFacts, formats: tuple[str, ...], evidence: dict[str, object]) -> Judgement:
    if facts.problem:
        return Judgement(
            Verdict.FAIL,
            f"L’exemple « {facts.name} » ne s’ouvre pas : {facts.problem}.",
            evidence,
            "Joignez un export qui s’ouvre, sans mot de passe.",
        )
    kept = set(facts.found) & set(formats)
    promised = ", ".join(FAMILIES[one] for one in formats if one in FAMILIES)
    if not kept:
        return Judgement(
            Verdict.FAIL,
            f"L’exemple « {facts.name} » n’est pas dans un format promis ({promised}).",
            evidence,
            "Joignez un export dans un format promis, ou corrigez les formats de l’offre.",
        )
    told = ", ".join(FAMILIES[one] for one in sorted(kept))
    return Judgement(Verdict.PASS, f"L’exemple « {facts.name} » s’ouvre : {told}.", evidence)


CHECK = Check(
    code="export_sample",
    version="1",
    title="Exemple d’export au format promis",
    rule="Règlement (UE) 2023/2854, articles 25 et 30 : export dans un format courant et lisible.",
    judge=judge,
    reads=("open_formats", "export_sample_document"),
    facts=("files",),
    max_age=YEAR,
)
