"""A person at a browser: reads labels and presses buttons, never an id nor an address they were not given."""

from __future__ import annotations

import re
from typing import Any

from marketplace.accounts.models import Membership
from marketplace.ui import testing
from tests.support.browsing import Visit

# What a page may take on a busy machine before it counts as lost.
PATIENCE_MS = 30_000


class Person:
    """One tab, signed in. Fails with the page's words when an act is refused."""

    def __init__(self, page: Any, place: Any = None) -> None:
        self.page = page
        self.main = place or page.locator("main")

    @classmethod
    def signed_in(cls, visit: Visit, member: Membership) -> Person:
        page = visit("/bureau/", member=member)
        page.set_default_timeout(PATIENCE_MS)
        return cls(page)

    def within(self, role: str, name: str) -> Person:
        """The same person, looking at one part of the page."""
        return Person(self.page, self.main.get_by_role(role, name=name, exact=True).first)

    def at_row(self, words: str) -> Person:
        """Looking at the table row or the list item that says these words."""
        return Person(self.page, self.main.locator("tr, li").filter(has_text=words).first)

    def at_desk(self) -> Person:
        return self.at("/bureau/")

    def at(self, path: str) -> Person:
        """Type an address, as from a bookmark."""
        self._fail_if_refused(self.page.goto(f"{self._origin}{path}"))
        return self

    @property
    def _origin(self) -> str:
        return "/".join(self.page.url.split("/")[:3])

    @property
    def title(self) -> str:
        return _plain(self.main.get_by_role("heading", level=1).inner_text())

    @property
    def words(self) -> str:
        return _plain(self.main.inner_text())

    def menu(self, name: str) -> Person:
        return Person(self.page)._go(
            self.page.get_by_role("navigation").get_by_role("link", name=name, exact=True).first
        )

    def follow(self, name: str) -> Person:
        """A link of the page; « … » at the end of the name stands for any ending."""
        return self._go(self._named("link", name))

    def press(self, name: str) -> Person:
        return self._go(self._named("button", name))

    def open_details(self, summary: str) -> Person:
        self.main.locator("summary").filter(has_text=summary).first.click()
        return self

    def sees(self, role: str, name: str) -> bool:
        return bool(self._named(role, name).count())

    def name_of(self, role: str, name: str) -> str:
        """The whole words of the first one whose name begins so."""
        return _plain(self._named(role, name).inner_text())

    def fill(self, label: str, value: str) -> Person:
        self._field(label).fill(value)
        return self

    def pick(self, label: str, option: str) -> Person:
        self._field(label).select_option(label=option)
        return self

    def answer(self, question: str, *answers: str) -> Person:
        """Tick radios or boxes under a question, by their labels: DSFR draws the box on the label."""
        group = self.main.get_by_role("group", name=_starting(question))
        for answer in answers:
            group.get_by_text(answer, exact=True).click()
            assert group.get_by_label(answer, exact=True).is_checked(), answer
        return self

    def tick(self, label: str) -> Person:
        """One box alone, by its label."""
        self.main.get_by_label(_starting(label)).check(force=True)
        return self

    def join_file(self, label: str, name: str, content: bytes) -> Person:
        sent = {"name": name, "mimeType": "application/pdf", "buffer": content}
        self._field(label).set_input_files(sent)
        return self

    def reads(self, *expected: str) -> Person:
        """Whatever the capitals: the style sets badges in them."""
        for words in expected:
            assert _plain(words).casefold() in self.words.casefold(), (
                f"« {words} » is not on {self.page.url}:\n{self.words[:3000]}"
            )
        return self

    def examined(self) -> Person:
        """Nothing for axe, nothing in the console, no side scroll."""
        assert testing.faults_of(self.page) == [], self.page.url
        return self

    def _field(self, label: str) -> Any:
        return self.main.get_by_label(_starting(label)).first

    def _named(self, role: str, name: str) -> Any:
        if name.endswith("…"):
            return self.main.get_by_role(role, name=_starting(name[:-1])).first
        return self.main.get_by_role(role, name=name, exact=True).first

    def _go(self, target: Any) -> Person:
        if target.count() == 0:
            raise AssertionError(f"not on {self.page.url}: {target}\n{self.words[:3000]}")
        with self.page.expect_navigation() as moved:
            target.click()
        self._fail_if_refused(moved.value)
        return Person(self.page)

    def _fail_if_refused(self, answer: Any) -> None:
        if answer is not None and answer.status >= 400:
            raise AssertionError(f"{answer.status} at {self.page.url}\n{self.words[:3000]}")


def _starting(words: str) -> re.Pattern[str]:
    return re.compile("^" + re.escape(words).replace(r"\ ", r"\s"))


def _plain(text: str) -> str:
    """Every kind of space is one space."""
    return " ".join(text.split())
