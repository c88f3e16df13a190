"""The pages of consultations, among those that the browser tests open; PAGES holds all of them."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.pages import page
from tests.browser.pages_publications import PAGES
from tests.habits.matrix import api_consultations as rooms
from tests.habits.matrix import awards
from tests.habits.matrix import evaluation as evaluations
from tests.habits.matrix.rows import STRANGER
from tests.habits.matrix.world import World

__all__ = ["PAGES"]


def one(state: str, part: str = "") -> Callable[[World], str]:
    return lambda world: f"{rooms.consultation(world, state).get_absolute_url()}{part}"


def own(part: str) -> Callable[[World], str]:
    """Where the supplier has a draft."""
    return lambda world: f"{rooms.draft(world).consultation.get_absolute_url()}reponse/{part}"


def deposited(world: World) -> str:
    return f"{rooms.deposit(world).consultation.get_absolute_url()}reponse/"


def evaluated(state: str, part: str = "") -> Callable[[World], str]:
    return lambda world: f"{evaluations.evaluation(world, state).get_absolute_url()}{part}"


def asked_response(part: str) -> Callable[[World], str]:
    """Of the evaluation whose marks are apart."""
    return lambda world: f"{evaluated('marking')(world)}reponses/{evaluations.response(world).uuid}/{part}/"


def clarification(world: World) -> str:
    return evaluations.clarification(world).get_absolute_url()


def awarded(state: str, part: str = "") -> Callable[[World], str]:
    return lambda world: f"{awards.award(world, state).get_absolute_url()}{part}"


def attribution(part: str = "") -> Callable[[World], str]:
    """Of the evaluation that is concluded."""
    return lambda world: (
        f"{evaluations.evaluation(world, 'evaluated').consultation.get_absolute_url()}attribution/{part}"
    )


page(STRANGER, "/consultations/", one("published"))
page(
    "requester",
    "/consultations/",
    one("draft"),
    one("draft", "modifier/"),
    one("draft", "criteres/"),
    one("draft", "lots/"),
    one("draft", "lots/1/prix/"),
    one("draft", "invites/"),
    one("draft", "documents/"),
    lambda world: f"/projets/{rooms.room(world).routed_project().number}/consulter/",
    lambda world: f"{one('published')(world)}questions/{rooms.question(world).uuid}/",
    one("opened", "ouverture/"),
    lambda world: f"{one('opened', 'ouverture/reponses/')(world)}{rooms.opened(world).uuid}/",
)
page(
    "purchasing",
    one("draft", "cle/nommer/"),
    one("proved", "publier/"),
    one("keyed", "cle/remplacer/1/"),
    one("published", "reporter/"),
    one("published", "modification/"),
    one("published", "sans-suite/"),
)
page(
    "finance",
    one("named", "cle/"),
    one("keyed", "cle/essai/"),
    one("closed", "ouverture/"),
)
page(
    "supplier_manager",
    one("published"),
    one("published", "questions/"),
    deposited,
    own(""),
    own("1/"),
    own("1/remettre/"),
    own("1/detruire/"),
)
page(
    "requester",
    evaluated("marking", "liens/"),
    evaluated("marking", "notes/2/"),
    evaluated("evaluated", "comparaison/"),
)
page(
    "purchasing",
    one("opened", "evaluation/commencer/"),
    evaluated("marking"),
    evaluated("marking", "personnes/"),
    asked_response("preciser"),
    asked_response("ecarter"),
    evaluated("consensus", "notes-retenues/2/"),
    evaluated("consensus", "classement/"),
    evaluated("marking", "mise-en-commun/"),
    evaluated("evaluated", "reprendre/"),
)
page("supplier_manager", clarification, awarded("proposed"), awarded("proposed", "certificats/"))
page(
    "purchasing",
    attribution(),
    attribution("lots/1/"),
    awarded("certified", "decider/"),
    awarded("decided", "lettres/"),
    awarded("letters_sent"),
    awarded("letters_sent", "signer/"),
    awarded("signed", "notifier/"),
    awarded("proposed", "abandonner/"),
)
