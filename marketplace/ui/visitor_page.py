"""A busy page whose shell is the same for every visitor at an address."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from marketplace.accounts.middleware import actor_of
from marketplace.ui.context_processors import brand_words, market, page_address
from marketplace.ui.remembered import remembered


def visitor_page(
    request: HttpRequest, template: str, decides: Mapping[str, Hashable], fills: Mapping[str, object]
) -> HttpResponse:
    """`decides` and `fills` as `remembered` has them.

    Whoever is signed in, or has a message to read, is given the same template with the request and the
    context of all pages. The kept shell has neither: no token of a form, no panel of an upper app.
    """
    if actor_of(request).user is not None or len(get_messages(request)):
        return render(request, template, {**decides, **fills})
    decides = {**decides, "path": request.path, **brand_words()}
    fills = {**fills, "page_address": page_address(request)}
    return HttpResponse(remembered(template, decides, fills, around=lambda: market(request)))
