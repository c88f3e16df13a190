"""The API's description is where the offer says, and is a valid OpenAPI document."""

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import yaml

from qualification.checks.base import MONTH, Check, Judgement
from qualification.checks.pages import evidence_of, look, not_asked, not_given, unreached
from qualification.enums import Verdict
from qualification.facts_web import ApiFacts
from qualification.fetcher import Limits

LARGEST = Limits(seconds=10.0, bytes=2_000_000)
DEEPEST = 100
METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace", "query"})
MOST_PROBLEMS = 5


def judge(facts: ApiFacts, _on: dt.date) -> Judgement:
    stopped = _without_description(facts) or unreached(facts, "La description de l’API")
    if stopped is not None or facts.page is None:
        return stopped or not_given("La description de l’API", "")
    evidence = evidence_of(facts)
    try:
        document = read(facts.page.body)
    except ValueError:
        return Judgement(
            Verdict.FAIL,
            f"La description de l’API {facts.url} n’est ni du JSON ni du YAML.",
            evidence,
            "Indiquez l’adresse du document OpenAPI lui-même, pas celle d’une page qui le présente.",
        )
    found = problems(document)
    evidence |= {"openapi": str(document.get("openapi") or document.get("swagger") or "")[:20] or None}
    if found:
        return Judgement(
            Verdict.FAIL,
            f"La description de l’API n’est pas un document OpenAPI valide : {' ; '.join(found)}.",
            evidence,
            "Corrigez le document, puis relancez ce contrôle.",
        )
    if document.get("swagger"):
        return Judgement(
            Verdict.WARN,
            "La description de l’API est valide, mais en Swagger 2.0, qui n’évolue plus.",
            evidence,
            "Passez à OpenAPI 3.1.",
        )
    paths = len(document.get("paths") or ())
    return Judgement(
        Verdict.PASS, f"Description OpenAPI {document['openapi']} valide, chemins : {paths}.", evidence
    )


def _without_description(facts: ApiFacts) -> Judgement | None:
    if not facts.applies:
        return not_asked("elle n’a pas de service en ligne")
    if facts.styles is not None and "rest" not in facts.styles:
        return not_asked("elle n’annonce pas d’API REST")
    if facts.styles is None or facts.described is None:
        return Judgement(
            Verdict.UNKNOWN,
            "L’offre ne dit pas si son API est décrite au format OpenAPI.",
            {"url": facts.url or None},
            "Répondez à la section « Interopérabilité et API ».",
        )
    if not facts.described:
        return Judgement(
            Verdict.WARN,
            "L’API REST n’est pas décrite au format OpenAPI.",
            {"url": facts.url or None},
            "Publiez une description OpenAPI : elle évite au client d’écrire contre une page.",
        )
    if not facts.url:
        return not_given(
            "L’adresse de la description OpenAPI", "Indiquez l’adresse du document OpenAPI lui-même."
        )
    return None


def read(body: bytes) -> dict[str, Any]:
    """Raises ValueError when it is no JSON nor YAML object."""
    text = body.decode("utf-8-sig", "strict")
    try:
        found = json.loads(text) if text.lstrip().startswith("{") else _yaml(text)
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError("unreadable") from error
    if not isinstance(found, dict):
        raise ValueError("no object")
    return found


def _yaml(text: str) -> Any:
    """The fast loader recurses in C, without a bound of its own: depth is counted first."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise ValueError("too deep")
    return yaml.load(text, Loader=yaml.CSafeLoader)


def problems(document: Mapping[str, Any]) -> list[str]:
    """What the specification forbids, the first five, in French."""
    version = str(document.get("openapi") or document.get("swagger") or "")
    if not re.fullmatch(r"3\.[0-2](\.\d+)?|2\.0", version):
        return ["la version (« openapi ») manque ou n’est pas connue"]
    found = []
    info = document.get("info")
    if not isinstance(info, dict) or not info.get("title") or not info.get("version"):
        found.append("« info » doit porter un titre et une version")
    paths = document.get("paths")
    if not isinstance(paths, dict) and (paths is not None or not _may_lack_paths(document, version)):
        found.append("« paths » manque")
    found += _path_problems(paths if isinstance(paths, dict) else {})
    found += [f"la référence « {name[:80]} » ne mène à rien" for name in _dangling(document)]
    return found[:MOST_PROBLEMS]


def _may_lack_paths(document: Mapping[str, Any], version: str) -> bool:
    return version >= "3.1" and bool({"webhooks", "components"} & set(document))


def _path_problems(paths: Mapping[str, Any]) -> Iterator[str]:
    for path, item in paths.items():
        if not str(path).startswith(("/", "x-")):
            yield f"le chemin « {str(path)[:60]} » ne commence pas par « / »"
        for method, operation in (item if isinstance(item, dict) else {}).items():
            if method not in METHODS:
                continue
            if not isinstance(operation, dict) or not isinstance(operation.get("responses"), dict):
                yield f"« {method.upper()} {str(path)[:60]} » n’a pas de réponses"


def _dangling(document: Mapping[str, Any]) -> list[str]:
    """Local references that lead nowhere, without repeats."""
    found: dict[str, None] = {}
    for node in _nodes(document):
        name = node.get("$ref")
        if isinstance(name, str) and name.startswith("#/") and not _leads_somewhere(document, name):
            found[name] = None
    return list(found)


def _nodes(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every object once: YAML aliases share them, and may go round."""
    seen: set[int] = set()
    left: list[Any] = [document]
    while left:
        node = left.pop()
        if id(node) in seen or not isinstance(node, dict | list):
            continue
        seen.add(id(node))
        if isinstance(node, dict):
            yield node
        left.extend(node.values() if isinstance(node, dict) else node)


def _leads_somewhere(document: Mapping[str, Any], name: str) -> bool:
    place: Any = document
    for part in name.removeprefix("#/").split("/"):
        key = part.replace("~1", "/").replace("~0", "~").replace("%7B", "{").replace("%7D", "}")
        if isinstance(place, dict) and key in place:
            place = place[key]
        elif isinstance(place, list) and key.isdigit() and int(key) < len(place):
            place = place[int(key)]
        else:
            return False
    return True


def observe(facts: ApiFacts) -> ApiFacts:
    if _without_description(facts) is not None:
        return facts
    return replace(facts, page=look(facts.url, limits=LARGEST))


CHECK = Check(
    code="api_description",
    version="1",
    title="Description de l’API joignable et valide",
    rule="OpenAPI Specification 3.x : version, titre, chemins, réponses, références résolues.",
    judge=judge,
    observe=observe,
    reads=("api_standards", "openapi", "openapi_url"),
    max_age=MONTH,
)
