"""The acts that a reader may do now on a dossier, each with its page; the first is the primary button."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from marketplace.accounts.abilities import Verdicts, allowed
from qualification.enums import DossierState
from qualification.models import Dossier
from qualification.states import DOSSIER_MOVES


@dataclass(frozen=True, slots=True)
class Step:
    move: str
    label: str
    url: str


# Order of the buttons. A page's slug is the end of its address.
SLUGS = {
    "submit": "envoyer",
    "answer_corrections": "corrections",
    "take": "prendre",
    "instruct": "constats",
    "propose": "proposer",
    "request_corrections": "demander-corrections",
    "decide": "decider",
    "decide_appeal": "decider-recours",
    "send_back": "rendre",
    "appeal": "recours",
}
LABELS = {"take": "Prendre ce dossier", "instruct": "Instruire les exigences"}


def steps_for(dossier: Dossier, verdicts: Verdicts) -> list[Step]:
    """What both the state and the person allow, in the order of importance."""
    return [
        Step(name, LABELS.get(name) or DOSSIER_MOVES[name].label, _url(dossier, slug))
        for name, slug in SLUGS.items()
        if _now(dossier, name, verdicts)
    ]


def next_step(steps: list[Step]) -> Step | None:
    return steps[0] if steps else None


def _now(dossier: Dossier, name: str, verdicts: Verdicts) -> bool:
    if name == "take":
        free = dossier.officer_id is None
        return free and dossier.state in TAKEN_IN and allowed(verdicts, "take")
    if name == "instruct":
        return dossier.state == DossierState.INSTRUCTION and allowed(verdicts, "record_finding")
    if name == "appeal" and dossier.may_appeal_until is None:
        return False
    return dossier.state in DOSSIER_MOVES[name].sources and allowed(verdicts, name)


TAKEN_IN = (DossierState.CHECKING, DossierState.INSTRUCTION)


def _url(dossier: Dossier, slug: str) -> str:
    return f"{reverse('qualification:dossier', args=[dossier.number])}{slug}/"
