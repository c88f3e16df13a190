"""What each file of a release is, told by what it holds, and the whole put in the form that is kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from pyld import jsonld
from rdflib import Graph, URIRef
from rdflib.exceptions import ParserError
from rdflib.plugins.parsers.notation3 import BadSyntax

from qualification.gaiax import contexts, graph, rulebook
from qualification.gaiax.chain import MOST_ANCHORS, BadCertificates, read_pem
from qualification.gaiax.envelope import Malformed, strict_json
from qualification.gaiax.release import BadRelease
from qualification.gaiax.release.packing import NAMESPACES, names, pack, refuse_code
from qualification.gaiax.release.reading import Files

CONTEXTS, SHAPES, ANCHORS = (".jsonld",), (".ttl",), (".pem", ".crt", ".cer")
LAYOUT = (
    "Disposition inconnue : ni contexte (.jsonld), ni forme (.ttl), ni ancre (.pem) n’a été trouvé. "
    "Une version officielle porte au moins ses formes."
)
NO_SHAPES = (
    "Aucune forme Gaia-X n’a été trouvée : aucun fichier .ttl ne vise un type de Tagus ou de Loire. "
    "Vérifiez que c’est bien une version officielle."
)
MOST_PACKED = 12_000_000


def content_of(files: Files) -> dict[str, Any]:
    """`contexts`, `shapes`, `anchors` as they are kept, and `summary`. Raises BadRelease."""
    if not any(name.lower().endswith((*CONTEXTS, *SHAPES, *ANCHORS)) for name in files):
        raise BadRelease(LAYOUT)
    read = dict(_contexts(files))
    with rulebook.judging_with(rulebook.Rulebook("lecture", "lecture", read)):
        shapes = _shapes(files)
    _refuse_unusable(read, shapes)
    anchors = _anchors(files)
    if len(json.dumps([read, shapes])) > MOST_PACKED:
        raise BadRelease("Les formes de cette version sont trop volumineuses pour être gardées.")
    summary = {
        "contexts": sorted(read),
        "types": {generation: sorted(names(packed)) for generation, packed in shapes.items()},
        "anchors": [_told(one) for one in read_pem(anchors)],
        "files": [_file(name, files[name]) for name in sorted(files) if _serves(name)],
        "ignored": sum(1 for name in files if not _serves(name)),
    }
    return {"contexts": read, "shapes": shapes, "anchors": anchors, "summary": summary}


def _serves(name: str) -> bool:
    return name.lower().endswith((*CONTEXTS, *SHAPES, *ANCHORS))


def _of_kind(files: Files, endings: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    return ((name, files[name]) for name in sorted(files) if name.lower().endswith(endings))


def _contexts(files: Files) -> Iterator[tuple[str, Any]]:
    seen: dict[str, str] = {}
    for name, content in _of_kind(files, CONTEXTS):
        try:
            document = strict_json(content)
        except Malformed as error:
            raise BadRelease(f"Le contexte « {name} » n’est pas lisible : {error}") from None
        terms = _terms(document)
        url = _address(terms)
        if url is None:
            raise BadRelease(
                f"Le contexte « {name} » n’est aucun de ceux des titres Gaia-X (VC 1.1, VC 2.0, "
                "JWS 2020, Tagus, Loire). Retirez-le de la version."
            )
        if url in seen:
            raise BadRelease(f"« {name} » et « {seen[url]} » sont le même contexte ({url}).")
        seen[url] = name
        yield url, terms


def _terms(document: Any) -> Any:
    return document.get("@context") if isinstance(document, dict) else None


def _address(terms: Any) -> str | None:
    """The address under which credentials name this context, told by the terms it defines."""
    parts = terms if isinstance(terms, list) else [terms]
    defined: dict[str, Any] = {}
    for part in parts:
        defined |= part if isinstance(part, dict) else {}
    gx = defined.get("gx") or defined.get("@vocab")
    if isinstance(gx, str) and (gx == contexts.TAGUS or contexts.is_loire(gx)):
        return gx
    credential = defined.get("VerifiableCredential")
    if isinstance(credential, dict):
        inner = credential.get("@context")
        return contexts.VC1 if isinstance(inner, dict) and "issuanceDate" in inner else contexts.VC2
    return contexts.JWS2020 if "JsonWebSignature2020" in defined else None


def _shapes(files: Files) -> dict[str, Any]:
    whole = Graph()
    for name, content in _of_kind(files, SHAPES):
        try:
            text = content.decode("utf-8-sig")
            read = Graph().parse(data=text, format="turtle")
        except (BadSyntax, ParserError, UnicodeDecodeError, ValueError, RecursionError) as error:
            line = f", ligne {error.lines + 1}" if isinstance(error, BadSyntax) else ""
            raise BadRelease(
                f"« {name} » n’est pas du Turtle lisible{line}. La version est refusée."
            ) from None
        for triple in read:
            whole.add(tuple(_one_namespace(node) for node in triple))
    refuse_code(whole)
    found = {generation: pack(whole, generation) for generation in NAMESPACES}
    kept = {generation: packed for generation, packed in found.items() if packed is not None}
    if not kept:
        raise BadRelease(NO_SHAPES)
    return kept


def _one_namespace(node: Any) -> Any:
    return URIRef(contexts.in_loire(str(node))) if isinstance(node, URIRef) else node


def _refuse_unusable(read: dict[str, Any], shapes: dict[str, Any]) -> None:
    """Each context is put to use once: one that calls another, or is no JSON-LD, is told here."""
    digest = hashlib.sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()
    with rulebook.judging_with(rulebook.Rulebook("lecture", digest, read, shapes)):
        for url in read:
            document = {"@context": [url], "https://essai.example/mot": "mot"}
            try:
                jsonld.expand(document, graph.options())
            except jsonld.JsonLdError as error:
                cause = graph.cause_of(error)
                asked = f" : il appelle « {cause} »" if isinstance(cause, contexts.ContextRefused) else ""
                raise BadRelease(f"Le contexte de {url} ne peut pas servir{asked}.") from None


def _anchors(files: Files) -> str:
    texts = []
    for name, content in _of_kind(files, ANCHORS):
        try:
            text = content.decode("ascii")
            if not read_pem(text):
                raise BadCertificates("vide")
        except (UnicodeDecodeError, BadCertificates):
            raise BadRelease(f"« {name} » ne porte pas de certificats en PEM.") from None
        texts.append(text.strip())
    joined = "\n".join(texts)
    if len(read_pem(joined)) > MOST_ANCHORS:
        raise BadRelease(f"La version porte plus de {MOST_ANCHORS} ancres.")
    return joined


def _told(certificate: Any) -> dict[str, str]:
    return {
        "subject": certificate.subject.rfc4514_string()[:300],
        "until": certificate.not_valid_after_utc.date().isoformat(),
    }


def _file(name: str, content: bytes) -> dict[str, Any]:
    return {"path": name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
