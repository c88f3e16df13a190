"""Every writing operation against bodies that no client should send: a 4xx that says why, never a 500.

Operations come from the committed OpenAPI document, objects from the world of the access matrix: a new
operation is tried without a line here.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import resolve, reverse
from rest_framework.test import APIClient

from tests.habits.access import together, told
from tests.habits.matrix import ROWS
from tests.habits.matrix.rows import EVERYBODY, STRANGER
from tests.habits.matrix.world import World
from tests.habits.who_asks import Memory
from tests.rest.builders import problem_of

pytestmark = pytest.mark.django_db
WRITES = sorted(key for key in ROWS if key.startswith(("POST api:", "PATCH api:")))
# Sent as a form: JSON is refused before it is read. Their own tests send them broken forms.
FILES = {
    "POST api:trust-mark-evidence",
    "POST api:dispute-file",
    "POST api:offer-documents",
    "POST api:evidence-list",
    "POST api:award-add-certificate",
    "POST api:consultation-add-document",
    "POST api:response-draft-add-file",
    "POST api:usage-statement-file",
    "POST api:invoice-upload",
    "POST api:project-documents",
    "POST api:control-file-add-paper",
    "POST api:admission-add-paper",
    "POST api:candidate-add-paper",
}
# The doctrine’s rules, the durations, the queues of moderation and of work are a handful, answered whole; the
# feed of changes has a cursor and no page; dead letters come from four tables and have one form.
WHOLE = "doctrine|moderation-queue|work-queue|dead-letter|duration|change|supplier-diversity"
LISTS = sorted(key for key in ROWS if re.fullmatch(rf"GET api:(?!{WHOLE})[a-z-]+-list", key))
DEEP = '{"a":' * 60 + "1" + "}" * 60
BODIES: dict[str, str] = {
    "array": "[]",
    "text": '"texte"',
    "null": "null",
    "cut": '{"a": ',
    "twice": '{"a": 1, "a": 2}',
    "not a number": '{"a": NaN}',
    "deep": DEEP,
    "unknown name": '{"champ_inconnu": 1}',
    "xml": '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
}
# What two fields of one kind may differ in.
WORDS = {"title", "description", "default", "example", "x-spec-enum-id"}
BOUNDS = {"pattern", "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum"}
# Values that fit no field: wrong type, too long, NUL, negative, an unknown code, a date that is none.
VALUES: list[Any] = [None, True, -1, 10**30, "x" * 5000, "a\u0000b", "\ud800", "2026-02-30", [], {}, [[]]]


@dataclass
class Trial:
    """One operation, by a client that the matrix lets in. ``match``: the object's version before anything."""

    key: str
    world: World
    memory: Memory
    match: str = "*"

    def __post_init__(self) -> None:
        row, name = ROWS[self.key], self.key.split()[1]
        self.url = reverse(name, kwargs=row.kwargs(self.world))
        self.who = min(row.who - {STRANGER})
        self.match = self._current_tag()

    def _current_tag(self) -> str:
        """The ETag of the object that the address is about; « * » where it has none."""
        found = re.match(r"/api/v1/[a-z-]+/[0-9a-f-]{36}/", self.url)
        return str(self.world.api(self.who).get(found[0]).headers.get("ETag", "*")) if found else "*"

    @property
    def method(self) -> str:
        return self.key.split()[0]

    def send(self, body: str, *, url: str = "", match: str = "") -> Any:
        """Whatever it did is undone, so that ``match`` stays the current version and the body is what is
        judged."""
        client, raw = self.world.api(self.who), body.encode("utf-8", "surrogatepass")
        sent = {"content_type": "application/json", "HTTP_IF_MATCH": match or self.match}
        with transaction.atomic(), self.memory.request():
            answer = client.generic(self.method, url or self.url, raw, **sent)
            transaction.set_rollback(True)
        return answer

    def read(self, query: str) -> Any:
        with self.memory.request():
            return self.world.api(self.who).get(f"{self.url}?{query}")


@pytest.mark.parametrize("keys", together(WRITES))
def test_nothing_sent_breaks_an_operation(keys: list[str]) -> None:
    """In one world, which costs more than the requests; each is undone."""
    told(check_nothing_breaks, keys)


def check_nothing_breaks(key: str, world: World, memory: Memory) -> None:
    trial = Trial(key, world, memory)
    try_bodies(trial)
    try_values(trial)
    try_a_foreign_object(trial)


def try_bodies(trial: Trial) -> None:
    for name, body in BODIES.items():
        answer = trial.send(body)
        # Where the object's state already refuses, 409 comes before the body is read.
        wanted = {415} if trial.key in FILES else {400, 409}
        assert answer.status_code in wanted, (name, answer.status_code, answer.content[:300])
        problem_of(answer, answer.status_code)


def path_of(url: str) -> str:
    """The path of the document that this address fills; a literal one first."""
    paths = sorted(served_document()["paths"], key=lambda path: path.count("{"))
    return next(path for path in paths if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", path), url))


def try_values(trial: Trial) -> None:
    for field in fields_of(trial.method, trial.url):
        for value in VALUES:
            answer = trial.send(json.dumps({field: value}, ensure_ascii=True))
            status = answer.status_code
            assert status < 500 and status != 422, (field, value, answer.content[:300])
            if status >= 400:
                problem_of(answer, status)


@cache
def served_document() -> dict[str, Any]:
    """Made once: it takes a second, and says the same to everybody."""
    document: dict[str, Any] = APIClient().get("/api/v1/schema/").json()
    return document


def fields_of(method: str, url: str) -> list[str]:
    """The names the operation takes, read from the served document. Of the fields described alike, the first
    and the last: the 251 questions are of twenty kinds, and each has its own test in the catalogue."""
    document = served_document()
    content = document["paths"][path_of(url)][method.lower()].get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    alike: dict[str, list[str]] = {}
    for name, described in schema.get("properties", {}).items():
        alike.setdefault(json.dumps(shape_of(described), sort_keys=True), []).append(name)
    return [name for names in alike.values() for name in dict.fromkeys((names[0], names[-1]))]


def shape_of(described: Any) -> Any:
    """What of a field's description tells one kind from another: not its words, bounds and choices."""
    if isinstance(described, dict):
        kept = {key: value for key, value in described.items() if key not in WORDS | BOUNDS}
        return {key: key == "enum" or shape_of(value) for key, value in kept.items()}
    return [shape_of(part) for part in described] if isinstance(described, list) else described


def try_a_foreign_object(trial: Trial) -> None:
    """404 before its body is read."""
    found = resolve(trial.url)
    if "uuid" not in found.kwargs or ROWS[trial.key].who == EVERYBODY:
        return
    nobody = {**found.kwargs, "uuid": "00000000-0000-4000-8000-000000000000"}
    url = reverse(trial.key.split()[1], kwargs=nobody)
    problem_of(trial.send("{", url=url, match="*"), 404)


@pytest.mark.parametrize("keys", together(LISTS))
def test_no_query_string_breaks_a_list(keys: list[str]) -> None:
    told(check_no_query_breaks, keys)


def check_no_query_breaks(key: str, world: World, memory: Memory) -> None:
    trial = Trial(key, world, memory)
    for query in ("page=0", "page=x", "page_size=101", "page_size=-1", "page=99999", "fields=mot_de_passe"):
        assert trial.read(query).status_code in {400, 404}, query
    for query in (
        "page=%00",
        "fields=%00",
        "ordering=%00",
        "q=%00",
        "page_size=%D9%A3",
        "%00=1",
        "q=" + "a" * 3000,
    ):
        answer = trial.read(query)
        assert answer.status_code in {200, 400, 404}, (query, answer.content[:300])


@pytest.mark.parametrize("path", ["/api/v1/projects/", "/connexion/"])
def test_a_hundred_megabytes_are_refused_before_being_read(client: Any, path: str) -> None:
    class Unread:
        def read(self, *_: int) -> bytes:
            pytest.fail("the body was read")

        readline = read

    announced = {"CONTENT_LENGTH": str(100 * 2**20), "wsgi.input": Unread()}
    answer = client.generic("POST", path, b"", content_type="application/json", **announced)
    assert answer.status_code == 413
    assert settings.MAX_BODY_BYTES < 100 * 2**20
