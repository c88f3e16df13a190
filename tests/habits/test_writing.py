"""What a template must not hold: scripts, styles, queries, plain spaces before French punctuation."""

import re
from pathlib import Path

import pytest

from tests.habits.sources import ROOT, product_files, templates, test_files, tools

INLINE = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.I),
    "inline style element": re.compile(r"<style\b", re.I),
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "javascript address": re.compile(r"href\s*=\s*[\"']javascript:", re.I),
    # `.all` reads what the view prefetched (queries are counted elsewhere), `.count` is often a figure.
    "queryset in a template": re.compile(
        r"\{[{%][^}]*\.(?:objects|filter|exclude|exists|order_by|select_related|aggregate)\b[^}]*[%}]\}"
    ),
    "admin": re.compile(r"\{%\s*url\s+['\"]admin:"),
}
# This file shows what is refused; the other gives templates text that is safe already.
SILENCED_ON_PURPOSE = {"test_writing.py", "test_memo.py"}
PLAIN_SPACE = re.compile(r"[^\W\d_] [;!?](?=\s|<|$)|[^\W\d_] :(?=\s|<|$)|« [^{]|[^}] »")


def html_pages() -> list[Path]:
    return [path for path in templates() if path.suffix == ".html"]


@pytest.mark.parametrize("fault", INLINE)
def test_templates_hold_none_of(fault: str) -> None:
    found = []
    for path in html_pages():
        text = re.sub(
            r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", (ROOT / path).read_text(), flags=re.S
        )
        found += [f"{path}: {match[0][:80]}" for match in INLINE[fault].finditer(text)]
    assert not found


def test_french_punctuation_has_its_own_spaces() -> None:
    found = []
    for path in html_pages():
        for number, line in enumerate(visible_text(ROOT / path), start=1):
            found += [f"{path}:{number} {match[0]!r}" for match in PLAIN_SPACE.finditer(line)]
    assert not found


def visible_text(path: Path) -> list[str]:
    """The lines of the template without tags of the language, of HTML and comments."""
    keep_lines = path.read_text()
    for pattern in (r"\{#.*?#\}", r"\{% comment.*?endcomment %\}", r"\{%.*?%\}", r"\{\{.*?\}\}", r"<[^>]*>"):
        keep_lines = re.sub(pattern, lambda match: "\n" * match[0].count("\n"), keep_lines, flags=re.S)
    return keep_lines.splitlines()


def test_no_unfinished_work_is_left() -> None:
    words = re.compile(r"[#{]\s*(?:TODO|FIXME|XXX|HACK)\b|raise NotImplementedError\(\s*['\"]")
    found = [
        f"{path}: {match[0]}"
        for path in [*product_files(), *templates()]
        for match in words.finditer((ROOT / path).read_text())
    ]
    assert not found


# A rule that is silenced, a check of types, a measure of what runs; escaping, which a call puts aside.
SILENCED = re.compile(r"# (?:ruff: )?noqa\b|# type: ignore\b|# pragma\b|\bmark_safe\(")
WITH_WORDS = re.compile(
    r"# (?:ruff: )?noqa: [A-Z]+\d+(?:, [A-Z]+\d+)* +(?:--?|#) \w.*\w{2}"
    r"|# type: ignore\[[a-z-]+(?:, ?[a-z-]+)*\]  # .*\w{2}"
)


def bare_silencings(text: str) -> list[int]:
    """The lines that silence a check without a word why."""
    lines = enumerate(text.splitlines(), start=1)
    return [number for number, line in lines if SILENCED.search(line) and not WITH_WORDS.search(line)]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("x = y  # noqa", False),
        ("x = y  # noqa: S608", False),
        ("x = y  # noqa: S608 - our names", True),
        ("x = y  # noqa: E402, F403  # after the settings", True),
        ("# ruff: noqa: S608", False),
        ("# ruff: noqa: S608 -- made of constants", True),
        ("x = y  # type: ignore", False),
        ("x = y  # type: ignore[misc]", False),
        ("x = y  # type: ignore[misc,no-any-return]  # -", False),
        ("x = y  # type: ignore[misc, no-any-return]  # kombu is not typed", True),
        ("x = y  # pragma: no cover", False),
        ("return mark_safe(x)", False),
        ("return mark_safe(x)  # noqa: S308 -- the output of a template", True),
        ("from django.utils.safestring import mark_safe", True),
    ],
)
def test_a_bare_silencing_is_seen(line: str, said: bool) -> None:
    assert bare_silencings(line) == ([] if said else [1])


def test_every_silencing_says_why() -> None:
    found = [
        f"{path}:{number}"
        for path in [*product_files(), *test_files(), *tools()]
        if path.name not in SILENCED_ON_PURPOSE
        for number in bare_silencings((ROOT / path).read_text())
    ]
    assert not found


def test_what_no_one_judges_silences_nothing() -> None:
    """Types are judged in the product alone: elsewhere the words would be for nobody."""
    found = [
        f"{path}:{number}"
        for path in test_files()
        if path.name not in SILENCED_ON_PURPOSE
        for number, line in enumerate((ROOT / path).read_text().splitlines(), start=1)
        if "# type: ignore" in line
    ]
    assert not found
