"""The OpenAPI document: what is committed is what the code says, and the code keeps to it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular import validation
from hypothesis import HealthCheck, Phase, given, settings, strategies
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance, unsupported_method

from tests.builders import make_member, token_for

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db
# « positive_data_acceptance »: rules beyond the schema (a date that must follow another) answer 400.
LEFT_TO_OUR_TESTS = [ignored_auth, positive_data_acceptance, unsupported_method]


def test_the_committed_document_is_what_the_code_says(tmp_path: Path) -> None:
    made = tmp_path / "openapi.json"
    call_command("spectacular", file=str(made), format="openapi-json", fail_on_warn=True)
    document = json.loads(made.read_text())
    # As text again, for the order of what is said: YAML takes ten times as long to write.
    assert json.dumps(document) == json.dumps(committed()), "see « make check », step openapi"
    assert list(specification().iter_errors(document)) == []


def committed() -> dict[str, Any]:
    text = (ROOT / "docs" / "openapi.yaml").read_text()
    found: dict[str, Any] = yaml.load(text, Loader=yaml.CSafeLoader)
    return found


def specification() -> Draft202012Validator:
    """OpenAPI's own schema, as « spectacular --validate » has it; its anchors found once, not at each use."""
    told = json.loads((Path(validation.__file__).parent / "openapi_3_1_schema.json").read_text())
    registry = Resource.from_contents(told) @ Registry()
    return Draft202012Validator(told, registry=registry.crawl())


def test_the_document_is_served(client: Any) -> None:
    served = client.get("/api/v1/schema/")
    assert (served.status_code, served.json()["openapi"]) == (200, "3.1.1")


def test_every_operation_says_its_problems_and_its_summary() -> None:
    document = committed()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert "default" in operation["responses"], (method, path)
            assert "422" not in operation["responses"], (method, path)
            assert operation.get("description"), (method, path)
    ids = [
        operation["operationId"]
        for operations in document["paths"].values()
        for operation in operations.values()
    ]
    assert len(ids) == len(set(ids))


def test_descriptions_speak_to_who_calls() -> None:
    """No docstring written for who reads the code: those of bases name classes and what they raise."""
    text = (ROOT / "docs" / "openapi.yaml").read_text()
    for leak in ("among the bases", "ViewSet", "Raises", "`list`", "`POST", "Lists show", "serializer."):
        assert leak not in text, leak


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """The WSGI application closes the connection after each request; the test's rows live in it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("_one_connection")
def test_answers_keep_to_the_document() -> None:
    """Schemathesis in process: a few made-up requests per operation, the same each time. Fewer where nothing
    is sent but the address and its filters; what is sent broken has tests of its own (test_bad_input.py)."""
    token = token_for(make_member("requester"))
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/", get_wsgi_application())
    for result in schema.get_all_operations():
        try_operation(result.ok(), token)


def try_operation(operation: Any, token: str) -> None:
    cases = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]

    @settings(
        max_examples=3 if operation.body else 2,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategies.one_of(cases))
    def run(case: Any) -> None:
        case.call_and_validate(
            headers={"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"},
            excluded_checks=LEFT_TO_OUR_TESTS,
        )

    run()


def test_describing_the_filters_leaves_no_trace_in_them(client: Any) -> None:
    client.get("/api/v1/schema/")
    assert client.get("/api/v1/offers/?model=nothing").status_code == 400
    assert client.get("/api/v1/offers/").status_code == 200
