"""What every page that does one act reads of what was sent, and how it says a refusal."""

from __future__ import annotations

from django.http import HttpRequest

from marketplace.errors import RuleBroken
from marketplace.ui.forms import MarketForm


def version_read(request: HttpRequest) -> int | None:
    """The version of the object when its page was read; None when the form does not say it."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def show(form: MarketForm, refused: RuleBroken) -> None:
    """On the fields it names, else above all of them."""
    for name, texts in (refused.fields or {"": [refused.message]}).items():
        form.add_error(name if name in form.fields else None, texts)
