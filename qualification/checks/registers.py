"""The mark claimed is the register's line that two officers linked to this offer: service, perimeter, dates,
decision. A like name proves nothing, and neither does a number alone."""

import datetime as dt
from functools import partial

from qualification.checks.base import MONTH, Check, Judgement, french_date, gravest
from qualification.checks.trust_marks import CLAIMED_HELD, REGISTER_TOO_OLD
from qualification.enums import Verdict
from qualification.facts import MarkFacts
from qualification.facts_offer import MatchFacts, RegisterRow


def judge(facts: MatchFacts, on: dt.date, *, name: str, number: str) -> Judgement:
    """``name``: of the register, with its article; ``number``: what its numbers are."""
    claimed = [mark for mark in facts.marks if mark.status in CLAIMED_HELD]
    evidence: dict[str, object] = {
        "register": facts.register or None,
        "register_read_on": facts.read_on.isoformat() if facts.read_on else None,
    }
    if not claimed:
        return Judgement(
            Verdict.PASS, "L’offre ne revendique rien que ce registre tienne : rien à rapprocher.", evidence
        )
    if facts.read_on is None or on - facts.read_on > REGISTER_TOO_OLD:
        return Judgement(Verdict.UNKNOWN, f"{name} : aucune lecture depuis deux mois.", evidence)
    if facts.row is None:
        return _unlinked(facts, evidence, name)
    row = facts.row
    evidence |= {"entry": f"{row.provider} – {row.service}", "decision": row.decision or None}
    if row.valid_until and row.valid_until < on or row.status not in CLAIMED_HELD:
        ended = f", finie le {french_date(row.valid_until)}" if row.valid_until else ""
        return Judgement(
            Verdict.FAIL,
            f"{name} ne dit plus cette ligne en vigueur{ended}.",
            evidence,
            "Joignez l’acte qui la rétablit, ou corrigez la fiche.",
        )
    return gravest(_compare(mark, row, evidence, number) for mark in claimed)


def _unlinked(facts: MatchFacts, evidence: dict[str, object], name: str) -> Judgement:
    if facts.linked_key:
        return Judgement(
            Verdict.FAIL,
            f"La ligne rattachée à cette offre n’est plus au registre : {name} ne la contient plus.",
            evidence,
            "Joignez l’acte de l’émetteur ; un agent revoit le rattachement.",
        )
    return Judgement(
        Verdict.UNKNOWN,
        f"{name} : aucune ligne n’est encore rattachée à cette offre. Deux personnes la confirment, "
        "un nom voisin ne prouve rien.",
        evidence,
        "Rien à faire de votre côté si le numéro est indiqué sur la fiche : l’instruction s’en charge.",
    )


def _compare(mark: MarkFacts, row: RegisterRow, evidence: dict[str, object], number: str) -> Judgement:
    if mark.decision_number != row.decision:
        return Judgement(
            Verdict.FAIL,
            f"{mark.name} : la fiche dit « {mark.decision_number or 'aucun numéro'} », "
            f"le registre « {row.decision or 'aucun numéro'} ».",
            evidence,
            f"Reprenez le numéro du registre ({number}).",
        )
    apart = [
        f"{what} : {_day(said)} sur la fiche, {_day(known)} au registre"
        for what, said, known in (
            ("début", mark.valid_from, row.valid_from),
            ("fin", mark.valid_until, row.valid_until),
        )
        if said and known and said != known
    ]
    if apart:
        return Judgement(
            Verdict.WARN,
            f"{mark.name}, {' ; '.join(apart)}.",
            evidence,
            "Reprenez les dates du registre.",
        )
    if row.perimeter and mark.scope and mark.scope.casefold() not in row.perimeter.casefold():
        return Judgement(
            Verdict.WARN,
            f"{mark.name} : le périmètre de la fiche (« {mark.scope} ») n’est pas celui du registre "
            f"(« {row.perimeter} »).",
            evidence,
            "Reprenez le périmètre du registre : hors de lui, l’offre n’est pas couverte.",
        )
    return Judgement(Verdict.PASS, f"{mark.name} : la fiche et le registre disent la même chose.", evidence)


def _day(day: dt.date | None) -> str:
    return french_date(day) if day else "rien"


ANSSI = Check(
    code="anssi_register",
    version="1",
    title="Registre de l’ANSSI",
    rule="Une qualification vaut pour le service, le périmètre et les dates que l’ANSSI publie.",
    judge=partial(judge, name="Le registre de l’ANSSI", number="numéro de décision"),
    facts=("marks", "register"),
    max_age=MONTH,
)
HDS = Check(
    code="hds_register",
    version="1",
    title="Liste des hébergeurs certifiés HDS",
    rule="Code de la santé publique, L1111-8 ; liste de l’Agence du numérique en santé.",
    judge=partial(judge, name="La liste des hébergeurs HDS", number="numéro de certificat"),
    facts=("marks", "register"),
    max_age=MONTH,
)
