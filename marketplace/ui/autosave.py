"""Forms that save while one types (static/js/autosave.js): the same POST, on the same address, through the
same rules; only the answer differs, a line of JSON instead of a page.

A view asks ``wanted(request)`` and answers what ``attempt`` gives. Without JavaScript none of
this is ever reached.
"""

from __future__ import annotations

from collections.abc import Callable

from django.forms import BaseForm
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from marketplace.errors import RuleBroken, VersionStale
from marketplace.ui.typography import time_text

HEADER = "X-Autosave"
CONFLICT = (
    "Non enregistré : quelqu’un a enregistré cette page pendant votre saisie. Votre texte reste à l’écran. "
    "Enregistrez avec le bouton pour comparer les deux."
)


def wanted(request: HttpRequest) -> bool:
    return request.method == "POST" and request.headers.get(HEADER) == "1"


def saved(lock: str | int) -> JsonResponse:
    """``lock``: what the form's hidden lock must hold from now on."""
    return JsonResponse({"message": f"Enregistré à {time_text(timezone.now())}", "lock": str(lock)})


def attempt(form: BaseForm, save: Callable[[], str | int]) -> JsonResponse:
    """``save`` writes and gives the new lock; its refusals become the answer, the typed text untouched."""
    if not form.is_valid():
        return refused(form)
    try:
        return saved(save())
    except RuleBroken as broken:
        for name, texts in (broken.fields or {"": [broken.message]}).items():
            form.add_error(name if name in form.fields else None, texts)
        return refused(form)
    except VersionStale:
        return conflict()


def refused(form: BaseForm) -> JsonResponse:
    """Nothing is written while something typed cannot be: the first thing to mend is named."""
    first = next((f"{_label(form, name)}{texts[0]}" for name, texts in form.errors.items() if texts), "")
    return JsonResponse({"message": f"Pas encore enregistré. {first}".strip()}, status=400)


def conflict() -> JsonResponse:
    return JsonResponse({"message": CONFLICT}, status=412)


def _label(form: BaseForm, name: str) -> str:
    label = str(form[name].label) if name in form.fields else ""
    return f"« {label} » : " if label else ""
