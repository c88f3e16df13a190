"""What the register says today of the supplier's activity and of insolvency proceedings."""

import datetime as dt

from qualification.checks.base import MONTH, Check, Judgement, french_date
from qualification.enums import Verdict
from qualification.facts_offer import ActivityFacts

# A reading older than this says nothing of today's activity.
TOO_OLD = dt.timedelta(days=62)
# Winding up ends the company; the other proceedings are there to keep it going.
ENDS = ("liquidation",)


def judge(facts: ActivityFacts, on: dt.date) -> Judgement:
    evidence: dict[str, object] = {
        "identifier": facts.identifier or None,
        "register": facts.register or None,
        "read_on": facts.read_on.isoformat() if facts.read_on else None,
    }
    if facts.read_on is None or on - facts.read_on > TOO_OLD:
        return Judgement(
            Verdict.UNKNOWN,
            "Le registre n’a pas été lu depuis deux mois : il ne dit rien de l’activité d’aujourd’hui.",
            evidence,
        )
    if facts.entry is None:
        return Judgement(
            Verdict.UNKNOWN,
            f"Absent du registre lu le {french_date(facts.read_on)}. Cela ne prouve rien.",
            evidence,
            "Joignez un extrait de registre de moins de trois mois.",
        )
    ceased, notice = facts.entry.ceased_on, facts.entry.insolvency
    evidence |= {"insolvency": notice or None, "ceased_on": ceased.isoformat() if ceased else None}
    if ceased and ceased <= on:
        return Judgement(
            Verdict.FAIL,
            f"Activité cessée depuis le {french_date(ceased)}.",
            evidence,
            "Si le registre se trompe, faites-le corriger puis relancez ce contrôle.",
        )
    if notice:
        over = notice.casefold().startswith(ENDS)
        return Judgement(
            Verdict.FAIL if over else Verdict.WARN,
            f"Procédure collective : {notice}.",
            evidence,
            "Joignez le jugement et le plan ; l’instruction appréciera la continuité du service.",
        )
    return Judgement(
        Verdict.PASS, f"En activité, sans procédure collective, au {french_date(facts.read_on)}.", evidence
    )


CHECK = Check(
    code="legal_activity",
    version="1",
    title="Activité et procédures collectives",
    rule="Code de la commande publique, L2141-3 (procédures collectives) ; registre légal.",
    judge=judge,
    facts=("supplier", "register"),
    max_age=MONTH,
)
