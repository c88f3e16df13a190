"""The life of a derogation as its page draws it."""

from __future__ import annotations

from marketplace.ui.drawings import Step
from marketplace.ui.typography import date_text
from procurement.derogations.enums import ActKind, DerogationState
from procurement.models import Derogation

ROAD = (
    (ActKind.REQUEST, "Demande"),
    (ActKind.MINISTER, "Signature du ministre"),
    (ActKind.PRIME_MINISTER, "Validation du Premier ministre"),
)


def steps_of(derogation: Derogation) -> tuple[Step, ...]:
    """No query when the acts were prefetched."""
    refusal = derogation.act(ActKind.REFUSAL)
    steps, waiting = [], False
    for kind, label in ROAD:
        done = derogation.act(kind)
        if done is not None:
            steps.append(Step(label, "done", f"fait le {date_text(done.dated_on)}"))
        elif refusal is None:
            steps.append(Step(label, "todo" if waiting else "current", "à venir" if waiting else "attendue"))
            waiting = True
    if refusal is not None:
        return (*steps, Step("Refus", "refused", f"refusée le {date_text(refusal.dated_on)}"))
    return (*steps, *_running(derogation, waiting=waiting))


def _running(derogation: Derogation, *, waiting: bool) -> tuple[Step, Step]:
    state = derogation.state_today
    if derogation.starts_on is None:
        running = Step(
            "En vigueur", "todo" if waiting else "current", "à venir" if waiting else "à mettre en vigueur"
        )
    else:
        side = "done" if state == DerogationState.EXPIRED else "current"
        running = Step("En vigueur", side, f"depuis le {date_text(derogation.starts_on)}")
    if derogation.ends_on is None:
        return running, Step("Fin", "todo", "sans date : aucune offre acceptable n’est constatée")
    over = state == DerogationState.EXPIRED
    return running, Step("Fin", "done" if over else "todo", f"le {date_text(derogation.ends_on)}")
