"""A supplier lists a SaaS from nothing to live, edits it, is refused once; a curator's race is won.

Through the browser, by links and buttons alone; tests/test_supplier_journey.py tells the same by API, with
the same outcome.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.support import journey_pages
from tests.support.browsing import Visit
from tests.support.journey import the_supplier_site
from tests.support.journey_pages import OFFER, Stage
from tests.support.person import Person
from tests.support.supplier_story import (
    FIRST,
    LISTED,
    REFUSAL,
    SECOND,
    STORY_OUTCOME,
    THIRD,
    story_outcome,
)
from tests.test_journeys import gathered

pytestmark = pytest.mark.browser
WAITS = f"{OFFER}, version…"


def test_from_nothing_to_live_then_edited_refused_and_raced(
    db: None, visit: Visit, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "files")
    stage = Stage(visit, gathered())
    with the_supplier_site(settings, tmp_path):
        journey_pages.list_an_offer(stage)
    stranger = Person(visit("/offres/"))
    assert_online(stranger, LISTED)
    refused_once(stage)
    assert_online(stranger, LISTED)
    raced(stage)
    assert_online(stranger, SECOND)
    decide(stage["curator"], "Accepter cette version")
    assert_online(stranger, THIRD)
    came_back(stage)
    assert_online(stranger, LISTED)
    assert stage.faults == []
    assert story_outcome(stage.cast) == STORY_OUTCOME


def assert_online(stranger: Person, description: str) -> None:
    """What somebody without an account reads."""
    stranger.at(f"/offres/?q={quote(OFFER)}").follow(OFFER).reads(description, "Référencée")
    for other in {FIRST, SECOND, THIRD} - {description}:
        assert other not in stranger.words


def propose(stage: Stage, description: str) -> None:
    """One person writes, another sends."""
    editor, manager = stage["supplier_editor"], stage["supplier_manager"]
    editor.at_desk().menu("Mes offres").at_row(OFFER).follow("Modifier…").follow("Présentation")
    editor.fill("À quoi sert-elle", description).press("Enregistrer et continuer").reads("Enregistré à")
    send(manager)


def send(manager: Person) -> None:
    manager.at_desk().menu("Mes offres").at_row(OFFER).follow("Modifier…")
    manager.follow("Envoyer pour examen").reads("Votre offre en ligne ne change pas")
    manager.press("Envoyer pour examen").reads("envoyée à la modération")


def read_the_difference(curator: Person, *words: str) -> None:
    curator.at_desk().menu("Modération").follow("Modifications à modérer").follow(WAITS)
    curator.reads(*words)


def decide(curator: Person, button: str) -> None:
    curator.at_desk().menu("Modération").follow("Modifications à modérer").follow(WAITS)
    curator.press(button).reads("Décision enregistrée")


def refused_once(stage: Stage) -> None:
    curator, manager = stage["curator"], stage["supplier_manager"]
    propose(stage, FIRST)
    read_the_difference(curator, LISTED, FIRST)
    curator.examined().fill("Motif", REFUSAL).press("Refuser et dire pourquoi").reads("Décision enregistrée")
    manager.at("/notifications/").reads("Modification refusée", REFUSAL)


def raced(stage: Stage) -> None:
    """The next version comes while the curator reads this one: it stays to be moderated, and is told."""
    curator = stage["curator"]
    propose(stage, SECOND)
    read_the_difference(curator, LISTED, SECOND)
    propose(stage, THIRD)
    curator.press("Accepter cette version")
    curator.reads("est arrivée pendant votre lecture", "reste à modérer")


def came_back(stage: Stage) -> None:
    """A new version made from the first one online (corrected once, so the second), by the same road."""
    editor = stage["supplier_editor"]
    editor.at_desk().menu("Mes offres").at_row(OFFER).follow(OFFER).follow("Tout l’historique")
    editor.follow("Version 2").follow("Revenir à la version 2").reads(THIRD, LISTED)
    editor.press("Préparer depuis la version 2").reads("est en préparation")
    send(stage["supplier_manager"])
    decide(stage["curator"], "Accepter cette version")
