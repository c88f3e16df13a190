"""The pages of the publications, among those that the browser tests open; PAGES holds all of them."""

from __future__ import annotations

from collections.abc import Callable

from procurement.publication.files import make_missing
from tests.browser.pages import page
from tests.browser.pages_statements import PAGES
from tests.habits.matrix.publications import made
from tests.habits.matrix.rows import STRANGER
from tests.habits.matrix.world import World

__all__ = ["PAGES"]


def publication(state: str, part: str = "") -> Callable[[World], str]:
    return lambda world: f"{made(world, state).get_absolute_url()}{part}"


def _with_files(world: World) -> str:
    published = made(world, "published")
    assert published.published_at is not None
    make_missing(on=published.published_at.date())
    return "/donnees/marches/"


page(STRANGER, _with_files, lambda world: f"/donnees/marches/{made(world, 'published').ocid}/", "/donnees/")
page(
    "purchasing",
    publication("draft"),
    "/publications/",
    publication("draft", "completer/"),
    publication("draft", "relire/"),
    publication("draft", "ailleurs/"),
    publication("published"),
    publication("published", "modifier/"),
    publication("reviewed", "publier/"),
    "/publications/preparer/",
)
