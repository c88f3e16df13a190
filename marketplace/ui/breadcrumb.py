"""« Accueil > Projets > PRJ-2026-0042 > Analyse »: the links, then the current page."""

from typing import Any


def breadcrumb(*links: tuple[str, str], current: str) -> dict[str, Any]:
    """For the context variable ``breadcrumb_data``; links are (title, url), home is added by the page."""
    return {"links": [{"title": title, "url": url} for title, url in links], "current": current}
