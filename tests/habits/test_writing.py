"""What a template must not hold: scripts, styles, queries, plain spaces before French punctuation."""

import re
from pathlib import Path

import pytest

from tests.habits.sources import ROOT, product_files, templates

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


def test_every_silencing_says_why() -> None:
    bare = re.compile(r"#\s*(?:noqa|type: ignore)(?!\[|:)|#\s*type: ignore\s*$")
    found = [
        f"{path}:{number}"
        for path in product_files()
        for number, line in enumerate((ROOT / path).read_text().splitlines(), start=1)
        if bare.search(line)
    ]
    assert not found
