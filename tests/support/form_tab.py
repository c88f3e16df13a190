"""A person at a browser who opens a page, fills one of its forms field by field, and sends it.

Fields are found by name inside the form that leads to an address, and filled as a hand would: what the page
hides is sent by the browser itself, what it does not show cannot be typed.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin, urlsplit

from marketplace.accounts.models import Membership
from marketplace.ui import testing
from tests.support.browsing import Visit

PATIENCE_MS = 30_000


class FormTab:
    def __init__(
        self, visit: Visit, member: Membership, *, width: int = 1280, javascript: bool = False
    ) -> None:
        self.page = visit("/notifications/", member=member, width=width, javascript=javascript)
        self.page.set_default_timeout(PATIENCE_MS)
        self.origin = "/".join(self.page.url.split("/")[:3])

    def read(self, url: str) -> str:
        """What the page says, with plain spaces; it never scrolls sideways."""
        answer = self.page.goto(f"{self.origin}{url}")
        assert answer.status == 200, f"{url} {answer.status}\n{self._words()}"
        assert testing.side_scroll(self.page) == "", url
        return self._plain()

    def send(self, url: str, values: dict[str, Any] | None = None) -> str:
        """A page whose form comes back to it; the address that it leads to."""
        self.read(url)
        return self.submit(url, values)

    def press(self, on: str, action: str, values: dict[str, Any] | None = None) -> str:
        """A form of that page that leads elsewhere; the address that comes after."""
        self.read(on)
        return self.submit(action, values)

    def submit(self, action: str, values: dict[str, Any] | None = None, *, moves: bool = True) -> str:
        """Of the page that is open. `moves`: the answer is another page, as after an act that is done."""
        given = values or {}
        form = self._form(action, given)
        for name, value in given.items():
            self._fill(form, name, value)
        with self.page.expect_navigation() as waited:
            _button(form).click()
        answer = waited.value
        done = answer.status == 200 and (answer.request.redirected_from is not None or not moves)
        assert done, f"{action} {answer.status} at {self.page.url}\n{self._words()}"
        shown = urlsplit(self.page.url)
        return f"{shown.path}?{shown.query}" if shown.query else shown.path

    def read_open(self) -> str:
        """What the open page says, with plain spaces."""
        return self._plain()

    def _form(self, action: str, given: dict[str, Any]) -> Any:
        """The first form of the page that leads there, holds these fields, and hides these values."""
        forms = self.page.locator("main form")
        seen = []
        for rank in range(forms.count()):
            form = forms.nth(rank)
            leads = urljoin(self.page.url, form.get_attribute("action") or self.page.url)
            seen.append(leads)
            if urlsplit(leads).path == urlsplit(action).path and _fits(form, given):
                return form
        raise AssertionError(f"no form to {action} with {sorted(given)} on {self.page.url}, but {seen}")

    def _fill(self, form: Any, name: str, value: Any) -> None:
        field = form.locator(f'[name="{name}"]')
        kind = field.first.get_attribute("type") or field.first.evaluate("node => node.tagName.toLowerCase()")
        if kind == "hidden":
            return
        if kind == "file":
            label, content = value
            field.set_input_files({"name": label, "mimeType": "text/plain", "buffer": content})
        elif kind in ("radio", "checkbox"):
            _tick(field, [str(each) for each in value] if isinstance(value, list) else [str(value)])
        elif kind == "select":
            field.select_option(value=value if isinstance(value, list) else str(value))
        else:
            field.fill(str(value))

    def _words(self) -> str:
        return str(self.page.locator("main").inner_text())[:2500]

    def _plain(self) -> str:
        return str(self.page.content()).replace("\u00a0", " ").replace("&nbsp;", " ").replace("\u202f", " ")


def _tick(boxes: Any, wanted: list[str]) -> None:
    """These and no other; a box without a value of its own is ticked by « on »."""
    for rank in range(boxes.count()):
        box = boxes.nth(rank)
        ticked = (box.get_attribute("value") or "on") in wanted
        if ticked:
            box.check(force=True)  # DSFR draws the box on the label
        elif box.get_attribute("type") == "checkbox":
            box.uncheck(force=True)


def _fits(form: Any, given: dict[str, Any]) -> bool:
    for name, value in given.items():
        field = form.locator(f'[name="{name}"]')
        if field.count() == 0:
            return False
        if field.first.get_attribute("type") == "hidden" and field.first.input_value() != str(value):
            return False
    return True


def _button(form: Any) -> Any:
    """The main one, without a name of its own."""
    main = form.locator("button.fr-btn:not(.fr-btn--secondary):not(.fr-btn--tertiary)")
    return main.first if main.count() else form.locator("button").first
