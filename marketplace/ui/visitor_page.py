"""A busy page whose shell is the same for every visitor at an address."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe

from marketplace.accounts.middleware import actor_of
from marketplace.ui.context_processors import brand_words, market, page_address
from marketplace.ui.remembered import remembered_page


def visitor_page(
    request: HttpRequest, template: str, decides: Mapping[str, Hashable], fills: Mapping[str, object]
) -> HttpResponse:
    """`decides` and `fills` as `remembered_page` has them.

    Whoever is signed in, or has a message to read, is given the same template with the request and the
    context of all pages. The kept shell has neither: no token of a form, no panel of an upper app.
    """
    if actor_of(request).user is not None or len(get_messages(request)):
        return render(request, template, {**decides, **{name: _text(told) for name, told in fills.items()}})
    decides = {**decides, "path": request.path, **brand_words()}
    fills = {**fills, "page_address": page_address(request)}
    return HttpResponse(remembered_page(template, decides, fills, around=lambda: market(request)))


def _text(told: object) -> object:
    return mark_safe(told.decode()) if isinstance(told, bytes) else told  # noqa: S308 -- markup
