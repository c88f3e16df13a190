"""The files joined to the offer open, and an antivirus has found them clean."""

import datetime as dt

from qualification.checks.base import YEAR, Check, Judgement, gravest
from qualification.enums import Verdict
from qualification.facts_offer import PaperFacts, PapersFacts

# What marketplace.files says of a scan.
CLEAN, INFECTED, WAITING = "clean", "infected", "waiting"


def judge(facts: PapersFacts, _on: dt.date) -> Judgement:
    gone = [
        Judgement(
            Verdict.FAIL,
            f"« {asked} » : le fichier n’est plus là.",
            {asked: None},
            "Joignez-le de nouveau.",
        )
        for asked in facts.missing
    ]
    judged = [*gone, *(_judge(paper) for paper in facts.papers)]
    if not judged:
        return Judgement(Verdict.PASS, "Aucun fichier n’est joint à l’offre : rien à ouvrir.", {"files": []})
    return gravest(judged)


def _judge(paper: PaperFacts) -> Judgement:
    evidence: dict[str, object] = {
        paper.asked: {"name": paper.name, "type": paper.media_type, "bytes": paper.size, "scan": paper.scan}
    }
    if paper.scan == INFECTED:
        return Judgement(
            Verdict.FAIL,
            f"« {paper.name} » : un logiciel malveillant y a été trouvé.",
            evidence,
            "Analysez le poste d’où il vient, puis joignez un fichier sain.",
        )
    if paper.problem:
        return Judgement(
            Verdict.FAIL,
            f"« {paper.name} » ne s’ouvre pas : {paper.problem}.",
            evidence,
            "Joignez un fichier qui s’ouvre, sans mot de passe.",
        )
    if paper.scan == WAITING:
        return Judgement(
            Verdict.UNKNOWN,
            f"« {paper.name} » attend son analyse antivirus.",
            evidence,
            "Relancez ce contrôle dans quelques minutes.",
        )
    if paper.scan != CLEAN:
        return Judgement(
            Verdict.WARN,
            f"« {paper.name} » s’ouvre ; non analysé : aucun antivirus n’est configuré.",
            evidence,
        )
    return Judgement(Verdict.PASS, f"« {paper.name} » s’ouvre et est sain.", evidence)


CHECK = Check(
    code="documents",
    version="1",
    title="Pièces jointes lisibles et saines",
    rule="Conditions de référencement : chaque pièce s’ouvre sans mot de passe et est analysée.",
    judge=judge,
    facts=("files",),
    max_age=YEAR,
)
