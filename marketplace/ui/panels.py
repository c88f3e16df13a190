"""What an upper app adds to a lower app's page, by the name of a place.

``register_panel("offer.actions", add_to_project)`` from the app's ``ready()`` (or a module it
imports); the page prints ``{% panels "offer.actions" offer %}``. A panel answers
``Panel(template, context)``, or None when it has nothing for this reader.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe


@dataclass(frozen=True, slots=True)
class Panel:
    template: str
    context: dict[str, Any] = field(default_factory=dict)


Source = Callable[[HttpRequest, Any], Panel | None]
_SOURCES: dict[str, list[tuple[int, Source]]] = {}


def register_panel(place: str, source: Source, *, rank: int = 100) -> None:
    """Lower ranks first. Registering the same function twice keeps one."""
    sources = _SOURCES.setdefault(place, [])
    if all(known is not source for _, known in sources):
        sources.append((rank, source))
        sources.sort(key=lambda item: item[0])


def panels_of(place: str, *, request: HttpRequest | None, subject: Any) -> list[Panel]:
    if request is None:
        return []
    answers = (source(request, subject) for _, source in _SOURCES.get(place, []))
    return [panel for panel in answers if panel is not None]


def render(place: str, *, request: HttpRequest | None, subject: Any) -> SafeString:
    parts = [
        render_to_string(panel.template, {**panel.context, "subject": subject}, request=request)
        for panel in panels_of(place, request=request, subject=subject)
    ]
    return mark_safe("".join(parts))  # noqa: S308 -- rendered templates, already escaped
