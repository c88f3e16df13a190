"""« Accueil > Projets > PRJ-2026-0042 > Analyse »: the links, then the current page."""

from typing import NamedTuple


class Crumb(NamedTuple):
    title: str
    url: str


class Breadcrumb(NamedTuple):
    links: tuple[Crumb, ...]
    current: str


def breadcrumb(*links: tuple[str, str], current: str) -> Breadcrumb:
    """For the context variable ``breadcrumb_data``; links are (title, url), home is added by the page."""
    return Breadcrumb(tuple(Crumb(title, url) for title, url in links), current)
