"""The mark of a page that takes files beyond the usual limit (`BodyLimitMiddleware` reads it)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.http import HttpResponse

View = Callable[..., HttpResponse]


def takes_large_files(view: View) -> View:
    """Outermost, so that nothing hides it. In the API: `@action(takes_large_files=True)`."""
    cast(Any, view).takes_large_files = True
    return view
