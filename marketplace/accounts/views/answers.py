"""A rule's refusal shown on the form it concerns, with what was typed still there."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from marketplace.errors import DomainError, RuleBroken


def try_rule(form: Form, act: Callable[[], Any]) -> Any:
    """The result of ``act``, or None with its refusal on the form. Other refusals have their own page."""
    try:
        return act()
    except RuleBroken as error:
        show_refusal(form, error)
        return None


def show_refusal(form: Form, error: DomainError) -> None:
    known = {name: texts for name, texts in error.fields.items() if name in form.fields}
    for name, texts in known.items():
        for text in texts:
            form.add_error(name, text)
    if not known:
        form.add_error(None, error.message)


def form_page(request: HttpRequest, template: str, *, form: Form, context: dict[str, Any]) -> HttpResponse:
    """200, or 400 when the form was refused."""
    status = 400 if form.is_bound and form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)
