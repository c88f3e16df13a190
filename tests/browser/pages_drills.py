"""The pages of the drills of security contacts, among those that the browser tests open."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.pages import page
from tests.habits.matrix.drills import drill, token
from tests.habits.matrix.rows import STRANGER
from tests.habits.matrix.world import World


def of(state: str, part: str = "") -> Callable[[World], str]:
    return lambda world: f"{drill(world, state).get_absolute_url()}{part}"


page(
    "supplier_manager",
    of("announced"),
    of("announced", "annuler/"),
    of("answered"),
    lambda world: f"/controles/{drill(world, 'answered_late').offer.number}/exercices/",
    lambda world: f"/controles/{drill(world, 'unanswered').offer.number}/exercices/nouveau/",
)
page("qualification_officer", of("sent"), of("unanswered"))
page(STRANGER, lambda world: f"/exercices/reponse/{token(world)['token']}/")
