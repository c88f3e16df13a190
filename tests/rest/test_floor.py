"""The floor by itself, on the sample collection: errors, order of answers, paging, versions, moves."""

import uuid
from typing import Any

import pytest
from django.utils import timezone

from marketplace.accounts.models import Organisation
from tests.builders import client_for, make_member, make_organisation
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.rest.sample")]
URL = "/api/v1/organisations/"
GOOD = {"name": "Essai", "kind": "state", "identifier": "00000001400018"}


@pytest.fixture
def support() -> Any:
    return client_for_token(make_member("support"))


def test_a_stranger_is_asked_to_authenticate(client: Any) -> None:
    response = client.get(URL)
    assert problem_of(response, 401)["code"] == "not_authenticated"
    assert response["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer pmc_unknown", "Bearer \u00e9"])
def test_an_unknown_token_is_401(client: Any, header: str) -> None:
    assert problem_of(client.get(URL, HTTP_AUTHORIZATION=header), 401)["code"] == "token_unknown"


def test_answers_come_in_the_one_order(support: Any) -> None:
    pending = make_organisation(state="pending")
    other = client_for_token(make_member("requester"))
    own = other_membership_url(other)
    close = f"{URL}{pending.uuid}/close/"
    bad = {"nonsense": 1}
    assert client_for_token(None).post(close, bad).status_code == 401
    assert problem_of(other.post(close, bad), 404)["code"] == "not_found"
    assert problem_of(other.post(own + "close/", bad), 403)["code"] == "not_allowed"
    assert problem_of(support.post(close, bad), 428)["code"] == "version_missing"
    assert problem_of(support.post(close, bad, HTTP_IF_MATCH='"9"'), 412)["code"] == "version_stale"
    assert problem_of(support.post(close, bad, HTTP_IF_MATCH='"1"'), 409)["code"] == "wrong_state"
    assert faults(support.post(f"{URL}{pending.uuid}/reject/", bad)) == {"nonsense", "reason"}


def other_membership_url(client: Any) -> str:
    return f"{URL}{client.get(URL).json()['results'][0]['id']}/"


def test_a_move_moves_and_gives_the_new_version(support: Any) -> None:
    pending = make_organisation(state="pending")
    proof = {"proof_kind": "courrier", "proof_reference": "X", "proof_date": timezone.localdate().isoformat()}
    response = support.post(f"{URL}{pending.uuid}/verify/", proof)
    assert response.status_code == 200, response.content
    assert (response.json()["state"], response["ETag"]) == ("verified", '"2"')
    assert problem_of(support.post(f"{URL}{pending.uuid}/verify/", proof), 409)["code"] == "wrong_state"


def test_patch_asks_for_the_version_read(support: Any) -> None:
    url = f"{URL}{make_organisation().uuid}/"
    etag = support.get(url)["ETag"]
    assert problem_of(support.patch(url, {"name": "Un"}), 428)["code"] == "version_missing"
    first = support.patch(url, {"name": "Un"}, HTTP_IF_MATCH=etag)
    assert (first.status_code, first.json()["name"], first["ETag"]) == (200, "Un", '"2"')
    assert (
        problem_of(support.patch(url, {"name": "Deux"}, HTTP_IF_MATCH=etag), 412)["code"] == "version_stale"
    )
    for unreadable in ("abc", '"abc"', '"1", "2"'):
        stale = support.patch(url, {"name": "Deux"}, HTTP_IF_MATCH=unreadable)
        assert problem_of(stale, 412)["code"] == "version_stale"
    # « * » says nothing of what was read: a draft that others also write asks for the version.
    anything = support.patch(url, {"name": "Deux"}, HTTP_IF_MATCH="*")
    assert problem_of(anything, 428)["code"] == "version_missing"
    assert Organisation.objects.filter(name="Deux").count() == 0


def test_the_browser_session_needs_the_csrf_token() -> None:
    browser = client_for(make_member("support"))
    assert browser.get(URL).status_code == 200
    browser.handler.enforce_csrf_checks = True
    answer = browser.post(URL, GOOD, content_type="application/json")
    assert problem_of(answer, 403)["code"] == "permission_denied" or answer.status_code == 403


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", 12),
        ("name", True),
        ("name", ["a"]),
        ("name", "x" * 201),
        ("name", "a\u0000b"),
        ("name", None),
        ("kind", "nobody"),
        ("kind", 1),
        ("amount", "-1"),
        ("amount", True),
        ("amount", "1.234"),
        ("amount", "NaN"),
        ("urgent", "yes"),
        ("urgent", 1),
        ("seats", "3"),
        ("seats", 0),
        ("seats", 1.5),
        ("seats", True),
        ("tags", "a"),
        ("unknown", 1),
        ("state", "verified"),
    ],
)
def test_bad_values_name_their_field(support: Any, field: str, value: object) -> None:
    assert faults(support.post(URL, {**GOOD, field: value})) == {field}


def test_all_faults_are_said_at_once(support: Any) -> None:
    answer = support.post(URL, {"name": 1, "kind": "state", "extra": 1, "tags": ["ok", 3]})
    assert faults(answer) == {"name", "identifier", "extra", "tags.1"}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[1,",
        b"\xff\xfe",
        b'{"name": NaN}',
        b'{"a": 1, "a": 2}',
        b"[" * 100_000,
        b'{"a": ' + b"1" * 10_000 + b"}",
    ],
)
def test_malformed_json_is_400(support: Any, body: bytes) -> None:
    answer = support.generic("POST", URL, body, content_type="application/json")
    assert problem_of(answer, 400)["code"] == "malformed"


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"3", b"null", b""])
def test_a_body_that_is_no_object_is_400(support: Any, body: bytes) -> None:
    assert support.generic("POST", URL, body, content_type="application/json").status_code == 400


def test_decimals_never_pass_through_a_float(support: Any) -> None:
    raw = b'{"name": "E", "kind": "state", "identifier": "1", "amount": 100000.10}'
    assert support.generic("POST", URL, raw, content_type="application/json").status_code == 201


def test_other_formats_and_methods(support: Any) -> None:
    form = support.generic("POST", URL, b"name=a", content_type="application/x-www-form-urlencoded")
    assert problem_of(form, 415)["code"] == "unsupported_media_type"
    assert problem_of(support.get(URL, HTTP_ACCEPT="text/csv"), 406)["code"] == "not_acceptable"
    assert problem_of(support.delete(URL), 405)["code"] == "method_not_allowed"


def test_a_body_over_the_limit_is_413(support: Any) -> None:
    body = b'{"name": "' + b"a" * 2_600_000 + b'"}'
    assert support.generic("POST", URL, body, content_type="application/json").status_code == 413


def test_unknown_addresses_answer_json(client: Any, support: Any) -> None:
    assert problem_of(client.get("/api/v1/nothing/"), 404)["code"] == "unknown_address"
    assert problem_of(client.post("/api/v9/"), 404)["code"] == "unknown_address"
    assert problem_of(support.get(f"{URL}not-a-uuid/"), 404)["code"] == "unknown_address"
    assert problem_of(support.get(f"{URL}{uuid.uuid4()}/"), 404)["code"] == "not_found"
    moved = client.get("/api/v1/organisations?page=2")
    assert (moved.status_code, moved["Location"]) == (308, "/api/v1/organisations/?page=2")


def test_our_own_failure_is_a_problem_too(support: Any) -> None:
    support.raise_request_exception = False
    body = problem_of(support.get(URL, {"q": "boom"}), 500)
    assert body["code"] == "internal_error"
    assert "ZeroDivision" not in str(body)


def test_pages(support: Any) -> None:
    for _ in range(5):
        make_organisation()
    first = support.get(URL, {"page_size": 4}).json()
    assert (first["count"], len(first["results"]), first["previous"]) == (
        Organisation.objects.count(),
        4,
        None,
    )
    assert support.get(first["next"]).json()["previous"]
    assert problem_of(support.get(URL, {"page": 99}), 404)["code"] == "past_the_end"
    for wrong in ("0", "-1", "x", "1.5", "101", "\u0663", "9" * 30, "1\u0000"):
        assert faults(support.get(URL, {"page_size": wrong})) == {"page_size"}


def test_sparse_fields(support: Any) -> None:
    answer = support.get(URL, {"fields": "id,name"}).json()["results"]
    assert all(set(row) == {"id", "name"} for row in answer)
    one = support.get(f"{URL}{answer[0]['id']}/", {"fields": "state"}).json()
    assert set(one) == {"state"}
    assert faults(support.get(URL, {"fields": "id,password"})) == {"fields"}


def test_the_number_of_queries_does_not_grow(support: Any, django_assert_num_queries: Any) -> None:
    support.get(URL)
    for count in (1, 9):
        for _ in range(count):
            make_organisation()
        with django_assert_num_queries(4):  # token, grants, count, rows
            support.get(URL)
