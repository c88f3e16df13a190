"""Publications of contracts: the ministry's people prepare, its service achats publishes, everybody reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from procurement.models import Publication
from tests.habits.matrix.api import moves, reading
from tests.habits.matrix.rows import BUYERS, EVERYBODY, OTHER_BUYER, SIGNED_IN, Row, only
from tests.habits.matrix.world import World
from tests.procurement.publication.publication_builders import make_publication

Kwargs = Callable[[World], dict[str, Any]]
INSIDE = BUYERS | only("auditor")
PREPARES, PUBLISHES = only("requester", "purchasing"), only("purchasing")


def made(world: World, state: str) -> Publication:
    """Of the world's ministry; one of each state, made when first asked."""
    kept = world.__dict__.setdefault("_publications", {})
    if state not in kept:
        kept[state] = make_publication(state, purchase=world.purchase, actor=world.actor("purchasing"))
    return kept[state]


def page(state: str, **more: Any) -> Kwargs:
    return lambda world: {"number": made(world, state).number, **more}


def row(state: str) -> Kwargs:
    return lambda world: {"uuid": made(world, state).uuid}


def ocid(world: World) -> dict[str, Any]:
    return {"ocid": made(world, "published").ocid}


ROWS: dict[str, Row] = {
    "GET procurement:publications": Row(SIGNED_IN),
    "GET procurement:publication_create": Row(PREPARES | only(OTHER_BUYER)),
    "GET procurement:publication": Row(INSIDE, page("draft")),
    "GET procurement:publication_edit": Row(PREPARES, page("draft")),
    "GET procurement:publication_act": Row(PUBLISHES, page("draft", words="relire")),
    "GET procurement:open_contracts": Row(EVERYBODY),
    "GET procurement:open_contract": Row(EVERYBODY, ocid),
    **reading("publication", INSIDE, row("draft")),
    "POST api:publication-list": Row(PREPARES | only(OTHER_BUYER)),
    "PATCH api:publication-detail": Row(PREPARES, row("draft")),
    **moves("publication", "mark-elsewhere drop reopen", PREPARES, row("draft")),
    **moves("publication", "review send-back publish", PUBLISHES, row("draft")),
    **moves("publication", "modify", PUBLISHES, row("published")),
    "GET api:publication-decp": Row(EVERYBODY),
    "GET api:publication-ocds-releases": Row(EVERYBODY),
    "GET api:publication-ocds-record": Row(EVERYBODY, ocid),
    "GET api:publication-files": Row(EVERYBODY),
    "GET api:publication-file": Row(EVERYBODY, lambda world: {"name": "SHA256SUMS"}),
}
