"""The marks an offer displays are in force, and the ANSSI's ones are in the ANSSI's register."""

import datetime as dt

from qualification.checks.base import Check, Judgement, french_date, gravest
from qualification.enums import Verdict
from qualification.facts import AnssiEntry, MarkFacts, TrustFacts

SECNUMCLOUD = "secnumcloud"
CLAIMED_HELD = frozenset({"in_force", "expiring", "renewal_pending"})
LOST = frozenset({"suspended", "expired", "withdrawn"})
EXPIRES_SOON = dt.timedelta(days=180)
# The ANSSI publishes its catalogue monthly; two editions missed make our reading too old to conclude.
REGISTER_TOO_OLD = dt.timedelta(days=62)


def judge(facts: TrustFacts, on: dt.date) -> Judgement:
    if not facts.marks:
        return Judgement(
            Verdict.PASS, "L’offre ne revendique aucune qualification : rien à vérifier.", {"marks": []}
        )
    return gravest(_judge_mark(mark, facts, on) for mark in facts.marks)


def _judge_mark(mark: MarkFacts, facts: TrustFacts, on: dt.date) -> Judgement:
    evidence: dict[str, object] = {
        f"{mark.scheme} {mark.scope}".strip(): {
            "status": mark.status,
            "valid_until": mark.valid_until.isoformat() if mark.valid_until else None,
            "decision": mark.decision_number or None,
        }
    }
    if mark.status in LOST:
        return Judgement(
            Verdict.FAIL,
            f"{mark.name} n’est plus en vigueur.",
            evidence,
            "Retirez-la de la fiche ou joignez l’acte qui la rétablit.",
        )
    if mark.status not in CLAIMED_HELD:
        return Judgement(
            Verdict.PASS, f"{mark.name} : aucune qualification en vigueur n’est revendiquée.", evidence
        )
    if mark.valid_until and mark.valid_until < on:
        return Judgement(
            Verdict.FAIL,
            f"{mark.name} a pris fin le {french_date(mark.valid_until)}.",
            evidence,
            "Mettez à jour la fiche, ou joignez la décision de renouvellement.",
        )
    if mark.scheme == SECNUMCLOUD:
        return _judge_register(mark, facts, on, evidence)
    return _judge_elsewhere(mark, on, evidence)


def _judge_register(
    mark: MarkFacts, facts: TrustFacts, on: dt.date, evidence: dict[str, object]
) -> Judgement:
    read_on = facts.register_read_on
    evidence = evidence | {
        "register": facts.register_edition or None,
        "register_read_on": read_on.isoformat() if read_on else None,
    }
    if facts.register is None or read_on is None or on - read_on > REGISTER_TOO_OLD:
        return Judgement(
            Verdict.UNKNOWN,
            f"{mark.name} : le registre de l’ANSSI n’a pas été lu depuis deux mois.",
            evidence,
        )
    if not mark.decision_number:
        return Judgement(
            Verdict.UNKNOWN,
            f"{mark.name} : sans numéro de décision, on ne peut pas la retrouver au registre de l’ANSSI.",
            evidence,
            "Indiquez le numéro de la décision de qualification. Un nom voisin ne prouve rien.",
        )
    entry = next((entry for entry in facts.register if entry.decision_number == mark.decision_number), None)
    if entry is None:
        return Judgement(
            Verdict.FAIL,
            f"{mark.name} : la décision {mark.decision_number} n’est pas au registre de l’ANSSI "
            f"lu le {french_date(read_on)}.",
            evidence,
            "Vérifiez le numéro de décision. S’il est juste, signalez-le à l’ANSSI et joignez la décision.",
        )
    return _judge_entry(mark, entry, on, evidence | {"entry": f"{entry.provider} – {entry.service}"})


def _judge_entry(mark: MarkFacts, entry: AnssiEntry, on: dt.date, evidence: dict[str, object]) -> Judgement:
    if entry.valid_until and entry.valid_until < on:
        return Judgement(
            Verdict.FAIL,
            f"{mark.name} : le registre de l’ANSSI la dit terminée le {french_date(entry.valid_until)}.",
            evidence,
            "Joignez la décision de renouvellement, ou mettez à jour la fiche.",
        )
    if entry.valid_until and mark.valid_until and entry.valid_until != mark.valid_until:
        return Judgement(
            Verdict.WARN,
            f"{mark.name} : la fiche dit jusqu’au {french_date(mark.valid_until)}, "
            f"le registre jusqu’au {french_date(entry.valid_until)}.",
            evidence,
            "Reprenez la date du registre.",
        )
    return _in_force(mark, entry.valid_until or mark.valid_until, on, evidence, "au registre de l’ANSSI")


def held_in_register(facts: TrustFacts, on: dt.date) -> tuple[MarkFacts, ...]:
    """Marks claimed that the ANSSI's register, read lately enough, holds with the same end."""
    read_on = facts.register_read_on
    if facts.register is None or read_on is None or on - read_on > REGISTER_TOO_OLD:
        return ()
    ends = {entry.decision_number: entry.valid_until for entry in facts.register if entry.decision_number}
    return tuple(
        mark
        for mark in facts.marks
        if mark.scheme == SECNUMCLOUD
        and mark.status in CLAIMED_HELD
        and mark.decision_number in ends
        and ends[mark.decision_number] in (None, mark.valid_until)
        and not (mark.valid_until and mark.valid_until < on)
    )


def _judge_elsewhere(mark: MarkFacts, on: dt.date, evidence: dict[str, object]) -> Judgement:
    if not mark.has_evidence:
        return Judgement(
            Verdict.UNKNOWN,
            f"{mark.name} : aucun registre ne nous permet de la vérifier.",
            evidence,
            "Joignez le certificat : l’instruction le lira.",
        )
    return _in_force(mark, mark.valid_until, on, evidence, "d’après le certificat joint")


def _in_force(
    mark: MarkFacts, until: dt.date | None, on: dt.date, evidence: dict[str, object], where: str
) -> Judgement:
    if until is None:
        return Judgement(
            Verdict.WARN, f"{mark.name} : en vigueur {where}, sans date de fin connue.", evidence
        )
    if until <= on + EXPIRES_SOON:
        return Judgement(
            Verdict.WARN,
            f"{mark.name} : en vigueur {where}, prend fin le {french_date(until)}.",
            evidence,
            "Préparez le renouvellement et dites-en l’état sur la fiche.",
        )
    return Judgement(
        Verdict.PASS, f"{mark.name} : en vigueur {where} jusqu’au {french_date(until)}.", evidence
    )


CHECK = Check(
    code="trust_marks",
    version="1",
    title="Qualifications et certifications en vigueur",
    rule="Une qualification affichée est en vigueur ; celle de l’ANSSI figure à son registre.",
    judge=judge,
    facts=(
        "marks",
        "register",
    ),
)
