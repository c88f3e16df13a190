"""From the bytes received to the credentials they hold. Nothing is trusted here, nothing is fetched."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NoReturn

from qualification.gaiax import bounds, contexts
from qualification.gaiax.report import Findings

CREDENTIAL, PRESENTATION = "credential", "presentation"
# `typ` as now written, then as older drafts and the ICAM document wrote it.
TYPES = {
    f"{kind}{form}": {"vc": CREDENTIAL, "vp": PRESENTATION}[kind]
    for kind in ("vc", "vp")
    for form in ("+jwt", "+ld+jwt", "+ld+json+jwt")
}
CONTENT_TYPES = frozenset({"", "vc", "vp", "vc+ld", "vp+ld", "vc+ld+json", "vp+ld+json"})
DATA_URL = re.compile(r"data:application/v[cp](?:\+ld)?(?:\+json)?\+jwt,(.+)", re.S)
COMPACT = re.compile(r"[\w-]+\.[\w-]*\.[\w-]*")


class Malformed(ValueError):
    """The message says, in French, what is wrong with the form."""


@dataclass(slots=True)
class Item:
    """One credential, or one signed presentation, found at ``path``.

    ``document`` is the JSON without its proof. ``jws`` is the compact JWT (Loire); ``proof`` the embedded
    proof (Tagus); both None where the document is not signed.
    """

    path: str
    kind: str
    generation: str
    document: dict[str, Any]
    jws: str | None = None
    header: dict[str, Any] = field(default_factory=dict)
    proof: dict[str, Any] | None = None

    @property
    def is_signed(self) -> bool:
        return self.jws is not None or self.proof is not None


def strict_json(text: str | bytes) -> Any:
    """Raises Malformed on a name given twice, NaN, too deep a nesting, or what is no JSON."""
    try:
        data = json.loads(text, object_pairs_hook=_once_each, parse_constant=_refuse_constant)
    except RecursionError:
        raise Malformed("Le JSON est trop imbriqué.") from None
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise Malformed("Le JSON est mal formé.") from None
    except Malformed:
        raise
    except ValueError:
        raise Malformed("Un nombre est trop long.") from None
    _refuse_deep(data)
    return data


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("Un nom est donné deux fois dans le même objet.")
    return found


def _refuse_constant(constant: str) -> NoReturn:
    raise Malformed(f"« {constant} » n’est pas du JSON.")


def _refuse_deep(data: Any) -> None:
    level = [data]
    for _ in range(bounds.DEPTH):
        level = [child for value in level for child in _children(value)]
        if not level:
            return
    raise Malformed("Le JSON est trop imbriqué.")


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def read(text: str, findings: Findings) -> list[Item]:
    """The items of a JSON document or compact JWT; what is wrong is a finding of « format »."""
    text = text.strip()
    if len(text) > bounds.DOCUMENT:
        findings.fail("format", f"Le document dépasse {bounds.DOCUMENT} caractères.")
        return []
    findings.passed("format")
    items: list[Item] = []
    try:
        for item in _items(strict_json(text) if text[:1] in ("{", "[", '"') else text, "", findings):
            items.append(item)
            if len(items) > bounds.CREDENTIALS:
                raise Malformed(f"Plus de {bounds.CREDENTIALS} titres dans un envoi.")
    except Malformed as error:
        findings.fail("format", str(error))
    if not items and not findings.failed("format"):
        findings.fail("format", "Aucun titre n’a été trouvé dans ce document.")
    if len({item.generation for item in items}) > 1:
        findings.fail("format", "Un envoi ne mêle pas les générations Tagus et Loire.")
    return items


def _items(value: Any, path: str, findings: Findings, *, inside: bool = False) -> Iterator[Item]:
    if isinstance(value, str):
        yield from _of_jwt(value, path, findings, inside=inside)
    elif isinstance(value, list) and not inside:
        for index, one in enumerate(value):
            yield from _items(one, str(index), findings, inside=True)
    elif not isinstance(value, dict):
        findings.fail("format", "Un titre est un objet JSON ou un JWT.", path)
    elif "specversion" in value and isinstance(value.get("data"), dict):
        # A CloudEvent of the credential event service carries the credential in « data ».
        yield from _items(value["data"], _under(path, "data"), findings, inside=inside)
    elif enveloped := _enveloped(value):
        yield from _of_jwt(enveloped, path, findings, inside=inside)
    elif _is_presentation(value):
        yield from _of_presentation(value, path, findings, inside=inside)
    else:
        yield _of_json(value, path, findings)


def _enveloped(value: dict[str, Any]) -> str | None:
    types = _types(value)
    if not types & {"EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation"}:
        return None
    found = DATA_URL.fullmatch(str(value.get("id", "")))
    if found is None:
        raise Malformed("Un titre enveloppé porte son JWT dans « id » : « data:application/vc+jwt,… ».")
    return found[1]


def _is_presentation(value: dict[str, Any]) -> bool:
    return "VerifiablePresentation" in _types(value) or "verifiableCredential" in value


def _of_presentation(value: dict[str, Any], path: str, findings: Findings, *, inside: bool) -> Iterator[Item]:
    if inside and path and not path.isdigit():
        raise Malformed("Une présentation n’en contient pas une autre.")
    outer = {key: item for key, item in value.items() if key != "verifiableCredential"}
    names = outer.get("@context")
    generation = "tagus" if contexts.VC1 in (names if isinstance(names, list) else [names]) else "loire"
    for message, where in contexts.problems(outer, generation=generation, path=path):
        findings.fail("context", message, where)
    inner = value.get("verifiableCredential", [])
    for index, one in enumerate(inner if isinstance(inner, list) else [inner]):
        yield from _items(one, _under(path, f"verifiableCredential.{index}"), findings, inside=True)


def _of_json(value: dict[str, Any], path: str, findings: Findings) -> Item:
    names = value.get("@context")
    tagus = "proof" in value or contexts.VC1 in (names if isinstance(names, list) else [names])
    document = {key: item for key, item in value.items() if key != "proof"} if tagus else value
    item = Item(path, CREDENTIAL, "tagus" if tagus else "loire", document)
    if not tagus:
        findings.fail("format", "Un titre Loire est un VC-JWT ; ce JSON n’est pas signé.", path)
    elif isinstance(value.get("proof"), dict):
        item.proof = value["proof"]
    else:
        findings.fail(
            "format", "La preuve (« proof ») manque, ou il y en a plusieurs.", _under(path, "proof")
        )
    return item


def _of_jwt(text: str, path: str, findings: Findings, *, inside: bool) -> Iterator[Item]:
    if not COMPACT.fullmatch(text):
        raise Malformed("Ce texte n’est ni du JSON ni un JWT en trois parties.")
    header, payload = (_part(part) for part in text.split(".")[:2])
    kind = TYPES.get(str(header.get("typ", "")).removeprefix("application/"))
    if kind is None:
        findings.fail("format", "L’en-tête « typ » attendu est « vc+jwt » ou « vp+jwt ».", path)
        kind = PRESENTATION if _is_presentation(payload) else CREDENTIAL
    if str(header.get("cty", "")) not in CONTENT_TYPES:
        findings.fail("format", "L’en-tête « cty » attendu est « vc » ou « vp ».", path)
    if (kind == PRESENTATION) != _is_presentation(payload):
        findings.fail("format", "L’en-tête « typ » ne correspond pas au contenu.", path)
    if "vc" in payload or "vp" in payload:
        findings.fail("format", "Le contenu d’un VC-JWT est le titre lui-même, sans enveloppe « vc ».", path)
    document = {key: item for key, item in payload.items() if key != "verifiableCredential"}
    signed = document if kind == PRESENTATION else payload
    yield Item(path, kind, "loire", signed, jws=text, header=header)
    if kind == PRESENTATION:
        yield from _of_presentation(payload, path, findings, inside=inside)


def _part(part: str) -> dict[str, Any]:
    try:
        data = strict_json(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (binascii.Error, UnicodeDecodeError):
        raise Malformed("Une partie du JWT n’est pas en base64url.") from None
    if not isinstance(data, dict):
        raise Malformed("L’en-tête et le contenu d’un JWT sont des objets JSON.")
    return data


def _types(value: dict[str, Any]) -> set[str]:
    found = value.get("type", value.get("@type", []))
    return {str(name) for name in (found if isinstance(found, list) else [found])}


def _under(path: str, key: str) -> str:
    return f"{path}.{key}".strip(".")
