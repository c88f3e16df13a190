"""What the checks of one offer do in `hanging_app`. Apart: who imports the application spoils the checks."""

import time
from dataclasses import dataclass
from typing import Any

FAULTY = "Offre fautive"
SOFT_SECONDS, HARD_SECONDS, LEASE_SECONDS, ATTEMPTS = 1, 3, 4, 2


@dataclass(frozen=True)
class Told:
    """What the check is given, and of which offer."""

    offer: str
    facts: Any


def hangs() -> None:
    time.sleep(600)


def hangs_deaf() -> None:
    """Nothing that is raised in it stops it: only its worker's death does."""
    while True:
        try:
            time.sleep(600)
        except BaseException:  # the fault that is acted here
            continue


def raises() -> None:
    raise ZeroDivisionError("faute")


def answers_garbage() -> dict[str, object]:
    return {"verdict": {1}}


FAULTS = {
    "regions": hangs,
    "exit_terms": hangs_deaf,
    "prices": raises,
    "legal_identity": answers_garbage,
    "website_tls": hangs,
}
