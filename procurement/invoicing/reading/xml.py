"""XML that nobody vouches for, read into a tree: no document type, so no entity; size and depth bounded."""

from __future__ import annotations

import xml.parsers.expat
from collections.abc import Iterator
from dataclasses import dataclass, field

from procurement.invoicing.reading.document import unreadable

MOST_BYTES = 5_000_000
MOST_ELEMENTS = 200_000
DEEPEST = 40
LONGEST_TEXT = 10_000


@dataclass(slots=True)
class Element:
    """`name` without its namespace; `namespace` empty when none. `line` of the XML, from 1.

    Attributes by their name, after `namespace␠` when they have one."""

    name: str
    namespace: str
    attributes: dict[str, str]
    line: int = 0
    children: list[Element] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.parts).strip()

    def all(self, path: str) -> Iterator[Element]:
        """Children at `A/B/C`, in the order of the document."""
        first, _, rest = path.partition("/")
        for child in self.children:
            if child.name == first:
                if rest:
                    yield from child.all(rest)
                else:
                    yield child

    def first(self, path: str) -> Element | None:
        return next(self.all(path), None)

    def say(self, path: str) -> str:
        """The text there; empty when absent."""
        found = self.first(path)
        return "" if found is None else found.text

    def must(self, path: str, *, name: str) -> str:
        """Raises RuleBroken naming what lacks."""
        found = self.say(path)
        if not found:
            raise unreadable(f"Le XML de la facture ne dit pas : {name} ({path.rpartition('/')[2]}).")
        return found


class _Builder:
    def __init__(self, parser: xml.parsers.expat.XMLParserType) -> None:
        self.root: Element | None = None
        self.open: list[Element] = []
        self.count = 0
        self.parser = parser

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MOST_ELEMENTS or len(self.open) >= DEEPEST:
            raise unreadable("Ce XML compte trop d’éléments pour une facture. Découpez-la.")
        namespace, _, local = name.rpartition(" ")
        made = Element(local, namespace, attributes, self.parser.CurrentLineNumber)
        if self.open:
            self.open[-1].children.append(made)
        else:
            self.root = made
        self.open.append(made)

    def end(self, _name: str) -> None:
        self.open.pop()

    def text(self, data: str) -> None:
        parts = self.open[-1].parts
        if len(data) > LONGEST_TEXT or len(parts) > LONGEST_TEXT:
            raise unreadable("Un texte du XML est trop long pour une facture.")
        parts.append(data)


def parse(content: bytes) -> Element:
    """Raises RuleBroken, on `file`, on anything but a plain XML document."""
    if len(content) > MOST_BYTES:
        raise unreadable("Le XML de la facture dépasse 5 Mo. Découpez la facture.")
    parser = xml.parsers.expat.ParserCreate(namespace_separator=" ")
    builder = _Builder(parser)
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    try:
        parser.Parse(content, True)
    except (xml.parsers.expat.ExpatError, ValueError, LookupError) as error:
        raise unreadable("Ce XML est mal formé. Exportez-le de nouveau depuis votre logiciel.") from error
    if builder.root is None:
        raise unreadable("Ce fichier XML est vide.")
    return builder.root


def _refuse_doctype(*_declared: object) -> None:
    raise unreadable("Ce XML déclare un type de document (DOCTYPE) : une facture n’en a pas. Retirez-le.")
