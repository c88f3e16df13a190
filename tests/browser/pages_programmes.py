"""The pages of the programmes, among those that the browser tests open; PAGES holds all of them."""

from __future__ import annotations

from collections.abc import Callable

import tests.browser.pages_drills
import tests.browser.pages_gaiax  # noqa: F401 -- its pages join these
from qualification.models import ProgrammeCall
from tests.browser.pages import PAGES, page
from tests.habits.matrix.rows import STRANGER
from tests.habits.matrix.world import World
from tests.qualification.programme_builders import make_projects_call, make_sme_offer

__all__ = ["PAGES"]


def application(state: str, part: str = "") -> Callable[[World], str]:
    return lambda world: f"{world.application(state).get_absolute_url()}{part}"


def proposal(state: str, part: str = "") -> Callable[[World], str]:
    return lambda world: f"{world.proposal(state).get_absolute_url()}{part}"


def _offered(world: World) -> ProgrammeCall:
    """Open, read by a supplier that has an offer which fits."""
    make_sme_offer(world.supplier)
    return world.call


def _projects_call(world: World) -> ProgrammeCall:
    return make_projects_call(world.actor("programme_manager"), state="draft")


page(STRANGER, "/programmes/", "/programmes/pme-secnumcloud/", lambda world: world.call.get_absolute_url())
page(
    "supplier_manager",
    lambda world: _offered(world).get_absolute_url(),
    lambda world: f"{world.call.get_absolute_url()}candidater/",
    "/programmes/candidatures/",
    application("draft"),
    application("draft", "modifier/"),
    application("draft", "envoyer/"),
    application("selected"),
    application("selected", "aide/"),
    application("selected", "jalons/"),
    application("selected", "rapports/"),
    proposal("draft"),
    proposal("draft", "modifier/"),
    proposal("draft", "inviter/"),
    proposal("sent", "demonstrateur/"),
    "/programmes/projets/",
    "/tremplin/",
    "/tremplin/prix/",
)
page("other_supplier", proposal("invited", "repondre/"))
page(
    "programme_manager",
    "/bureau/",
    "/pilotage/programmes/",
    lambda world: f"/pilotage/programmes/?{world.application('selected').number}",
    "/pilotage/programmes/appels/nouveau/",
    lambda world: f"{world.call.get_absolute_url()}reporter/",
    application("sent", "retenue/"),
    proposal("sent"),
    proposal("sent", "resultat/"),
    lambda world: f"{_projects_call(world).get_absolute_url()}besoins/",
)
page(STRANGER, lambda world: make_projects_call(world.actor("programme_manager")).get_absolute_url())
page(STRANGER, "/tremplin/?categorie=files")
