"""An act on one object: a page to read (GET), then to do (POST), the same for every room that has one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.actors import Actor
from marketplace.errors import MoveRefused, NotVisible, RuleBroken
from marketplace.ui.forms import MarketForm
from procurement.forms.refusals import put_refusal
from procurement.forms.versioned import VersionedForm
from procurement.views.find import actor_of


def nothing(shown: Any) -> dict[str, Any]:
    return {}


@dataclass(frozen=True, slots=True)
class ActPage:
    """`name`: the ability, and the move unless `refuse` says when it is not possible (raises MoveRefused).

    `act(shown, *, actor, expected_version, **what the form says)`; a RuleBroken is put beside its field.
    `forward`: the file goes on, so its button stands out. `said`: once done, or what says it of the object.
    """

    name: str
    act: Callable[..., Any]
    title: str
    said: str | Callable[[Any], str]
    form: type[MarketForm] = VersionedForm
    lead: str = ""
    refuse: Callable[[Any], None] | None = None
    initial: Callable[[Any], dict[str, Any]] = nothing
    forward: bool = False

    def check(self, shown: Any) -> None:
        if self.refuse is None:
            shown.check_move(self.name)
        else:
            self.refuse(shown)

    def told(self, shown: Any) -> str:
        return self.said if isinstance(self.said, str) else self.said(shown)

    def is_open(self, shown: Any) -> bool:
        try:
            self.check(shown)
        except MoveRefused:
            return False
        return True


class ActLink(NamedTuple):
    name: str
    title: str
    url: str
    forward: bool


class Acts:
    """The act pages of one kind of object, by the words of their addresses."""

    def __init__(
        self,
        pages: Mapping[str, ActPage],
        *,
        abilities: Callable[[Actor, Any], Mapping[str, str]],
        url_name: str,
    ) -> None:
        self.pages = pages
        self.abilities = abilities
        self.url_name = url_name

    def links(self, actor: Actor, shown: Any) -> list[ActLink]:
        """Each act that the state and the reader's roles allow; no query of its own."""
        verdicts = self.abilities(actor, shown)
        return [
            ActLink(page.name, page.title, reverse(self.url_name, args=[shown.number, words]), page.forward)
            for words, page in self.pages.items()
            if allowed(verdicts, page.name) and page.is_open(shown)
        ]

    def serve(
        self,
        request: HttpRequest,
        shown: Any,
        words: str,
        *,
        about: Callable[[ActPage], Mapping[str, Any]],
    ) -> HttpResponse:
        """`about(page)`: facts and breadcrumb, or whatever else the page shows in its own way.

        Raises NotVisible for an unknown act, NotAllowed, MoveRefused before the form is shown.
        """
        page, actor = self.pages.get(words), actor_of(request)
        if page is None:
            raise NotVisible
        require(self.abilities(actor, shown), page.name)
        page.check(shown)
        form = page.form.of(request, initial={"version": shown.version, **page.initial(shown)})
        if form.is_bound and form.is_valid():
            said = dict(form.cleaned_data)
            try:
                page.act(shown, actor=actor, expected_version=said.pop("version", None), **said)
            except RuleBroken as refused:
                put_refusal(form, refused)
            else:
                messages.success(request, page.told(shown))
                return redirect(shown.get_absolute_url())
        context = {
            "title": page.title,
            "lead": page.lead,
            "form": form,
            "button_label": page.title,
            "cancel_url": shown.get_absolute_url(),
            **about(page),
        }
        return render(request, "pages/confirm.html", context, status=400 if form.errors else 200)
